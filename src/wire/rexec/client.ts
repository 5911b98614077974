import { match, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { latin1 } from "../reader.ts";
import { parse as parseRsh } from "../rsh/client.ts";
import type { Secret } from "../secret.ts";

/** The request of a rexec client. The password is not included. */
export interface RexecRequest {
  /** The client's port for standard error, if it requests that. */
  readonly errorPort?: number | undefined;
  readonly user: string;
  readonly command: string;
}

/** A port, a user, a password and a command. It has the form of rsh, so it counts only if rexec is expected. rexecd(8). */
export function parse(bytes: Uint8Array): Outcome<RexecRequest> {
  const outcome = parseRsh(bytes);
  if (outcome.kind !== "match") return outcome;
  const { errorPort, localUser = "", command = "" } = outcome.value;
  return match({ errorPort, user: localUser, command }, outcome.complete);
}

/** The third of four texts, each of which ends in NUL. */
function rexecSecrets(bytes: Uint8Array): readonly Secret[] {
  const first = bytes.indexOf(0);
  const second = first === -1 ? -1 : bytes.indexOf(0, first + 1);
  const third = second === -1 ? -1 : bytes.indexOf(0, second + 1);
  if (second === -1) return [];
  const [start, end] = [second + 1, third === -1 ? bytes.length : third];
  return end > start ? [{ start, end, text: latin1(bytes, start, end) }] : [];
}

export const rexec = protocol({
  name: "rexec",
  strength: "weak",
  parseExpected: parse,
  describe: (value) => ({ rexec: { ...value } }),
  secrets: rexecSecrets,
});
