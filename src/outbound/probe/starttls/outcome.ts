import { safeText } from "../../../core/safe-text.ts";
import type { ReadFailure } from "../connection.ts";

/**
 * What came of asking for TLS inside a protocol.
 * - `ready`: the handshake may begin.
 * - `not-offered`: the server speaks the protocol and has no TLS for us.
 * - `other-protocol`: it speaks something else.
 * - `no-answer`: silence, or it went away.
 */
export type StartTlsOutcome =
  | { readonly kind: "ready" }
  | { readonly kind: "not-offered" | "other-protocol" | "no-answer"; readonly reason: string };

/** For the protocols: what a read that brought no message means. */
export function unanswered(failure: ReadFailure): StartTlsOutcome {
  const shown = safeText(failure.bytes.toString("latin1"), { limit: 80 });
  if (failure.kind === "timed-out" && shown === "") return { kind: "no-answer", reason: "no answer in time" };
  if (shown !== "") return { kind: "other-protocol", reason: `the server sent: ${shown}` };
  return { kind: "no-answer", reason: "the server closed the connection" };
}
