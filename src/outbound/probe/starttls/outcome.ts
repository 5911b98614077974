import { safeText } from "../../../core/safe-text.ts";
import type { ReadFailure } from "../connection.ts";

/**
 * The outcome of STARTTLS.
 * - `ready`: the handshake may begin.
 * - `not-offered`: the server speaks the protocol, but does not offer TLS to this client.
 * - `other-protocol`: the server speaks another protocol.
 * - `no-answer`: the server did not answer, or closed.
 */
export type StartTlsOutcome =
  | { readonly kind: "ready" }
  | { readonly kind: "not-offered" | "other-protocol" | "no-answer"; readonly reason: string };

/** What a read without a message means. */
export function unanswered(failure: ReadFailure): StartTlsOutcome {
  const shown = safeText(failure.bytes.toString("latin1"), { limit: 80 });
  if (failure.kind === "timed-out" && shown === "") return { kind: "no-answer", reason: "no answer in time" };
  if (shown !== "") return { kind: "other-protocol", reason: `the server sent: ${shown}` };
  return { kind: "no-answer", reason: "the server closed the connection" };
}
