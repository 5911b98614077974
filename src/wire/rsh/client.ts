import { fact, isPrintableAscii } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The request of a remote shell client. */
export interface RshRequest {
  /** The client's port for standard error, if it requests that. */
  readonly errorPort?: number | undefined;
  readonly localUser?: string | undefined;
  /** The user to run the command as. */
  readonly user?: string | undefined;
  readonly command?: string | undefined;
}

const maxNameBytes = 64;
const maxCommandBytes = 4096;

/** Proof: a port in decimal digits, two names and a command, each of which ends in NUL. rcmd(3), rshd(8). */
export function parse(bytes: Uint8Array): Outcome<RshRequest> {
  const reader = new Reader(bytes);
  let digits = 0;
  while (digits < 6 && reader.peek(digits) >= 0x30 && reader.peek(digits) <= 0x39) digits += 1;
  const next = reader.peek(digits);
  if (next === -1) return digits <= 5 ? incomplete : mismatch;
  if (next !== 0 || digits > 5) return mismatch;
  const port = Number(reader.latin1(digits));
  reader.skip(1);
  if (port > 65_535) return mismatch;
  const texts: string[] = [];
  for (const limit of [maxNameBytes, maxNameBytes, maxCommandBytes]) {
    const isName = limit === maxNameBytes;
    const available = reader.remaining;
    const text = reader.cString(limit);
    if (reader.overrun) {
      const rest = new Reader(bytes, bytes.length - available, bytes.length).latin1(available);
      return reader.failed() === "mismatch" || !isPlainText(rest) ? mismatch : incomplete;
    }
    if (text === "" || !isPlainText(text) || (isName && text.includes(" "))) return mismatch;
    texts.push(text);
  }
  const [localUser = "", user = "", command = ""] = texts.map(fact);
  // A terminal and its speed: rlogin.
  if (digits === 0 && /^[\w.+-]{1,40}\/\d{1,7}$/.test(command)) return mismatch;
  return match({ errorPort: port > 0 ? port : undefined, localUser, user, command });
}

function isPlainText(text: string): boolean {
  return isPrintableAscii(text.replace(/[\t\n\r\x80-\xff]/g, ""));
}

export const rsh = protocol({
  name: "rsh",
  strength: "weak",
  firstBytes: (byte) => byte === 0 || (byte >= 0x30 && byte <= 0x39),
  parse,
  describe: (value) => ({ rsh: { ...value } }),
});
