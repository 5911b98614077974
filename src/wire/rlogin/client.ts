import { fact, isPrintableAscii } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first bytes of an rlogin client. */
export interface RloginStart {
  readonly localUser: string;
  /** The user to log in as. */
  readonly user: string;
  /** `xterm`. */
  readonly terminal: string;
  readonly speed: number;
}

const maxNameBytes = 64;

/** Proof: a NUL, two names, and a terminal with a speed, each of which ends in NUL. RFC 1282. */
export function parse(bytes: Uint8Array): Outcome<RloginStart> {
  const reader = new Reader(bytes);
  if (reader.u8() !== 0) return mismatch;
  if (reader.overrun || reader.remaining === 0) return incomplete;
  const texts: string[] = [];
  for (let at = 0; at < 3; at++) {
    const available = reader.remaining;
    const text = reader.cString(maxNameBytes);
    if (reader.overrun) {
      const rest = new Reader(bytes, bytes.length - available, bytes.length).latin1(available);
      return reader.failed() === "mismatch" || !isName(rest) ? mismatch : incomplete;
    }
    if (text === "" || !isName(text)) return mismatch;
    texts.push(fact(text));
  }
  const [localUser = "", user = "", last = ""] = texts;
  const [, terminal, speed] = /^([\w.+-]{1,40})\/(\d{1,7})$/.exec(last) ?? [];
  if (terminal === undefined) return mismatch;
  return match({ localUser, user, terminal, speed: Number(speed) });
}

function isName(text: string): boolean {
  return isPrintableAscii(text) && !text.includes(" ");
}

export const rlogin = protocol({
  name: "rlogin",
  strength: "medium",
  firstBytes: oneOf(0),
  parse,
  describe: (value) => ({ rlogin: { ...value } }),
});
