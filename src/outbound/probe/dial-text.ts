import type { DialFailure } from "./dial.ts";

/** Why a port could not be asked, as a sentence. A trouble of ours is never called closed. */
export function dialText({ kind, reason }: DialFailure): string {
  switch (kind) {
    case "closed":
      return "port is closed";
    case "filtered":
      return "port is timed out";
    case "unreachable":
      return `port is unreachable: ${reason}`;
    case "unresolved":
    case "local-error":
      return `port could not be tested: ${reason}`;
  }
}
