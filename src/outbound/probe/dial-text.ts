import type { DialFailure } from "./dial.ts";

/** Why there is no connection, as a sentence. A local error is never reported as a closed port. */
export function dialText({ kind, reason }: DialFailure): string {
  switch (kind) {
    case "closed":
      return "port is closed";
    case "filtered":
      return "port does not answer in time";
    case "unreachable":
      return `port is unreachable: ${reason}`;
    case "unresolved":
    case "local-error":
      return `port could not be tested: ${reason}`;
  }
}
