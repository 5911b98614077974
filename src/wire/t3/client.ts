import { match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** The greeting of an Oracle WebLogic client (T3), often the beginning of a deserialisation attack. */
export interface T3Greeting {
  /** `t3` or `t3s`. */
  readonly scheme: string;
  /** WebLogic version: `12.2.1`. */
  readonly version: string;
}

const mark = ascii("t3");

/** Proof: a line of `t3` and a version of at least two numbers. No public specification; see nmap's script weblogic-t3-info. */
export function parse(bytes: Uint8Array): Outcome<T3Greeting> {
  const agreement = startsWith(bytes, mark);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes);
  const available = reader.remaining;
  const line = reader.line(64);
  if (line === undefined) {
    if (available >= 64) return mismatch;
    return /^t3s?(?: [\d.]*\r?)?$/.test(reader.latin1(available)) ? { kind: "incomplete" } : mismatch;
  }
  const [, scheme = "", version = ""] = /^(t3s?) (\d+(?:\.\d+){1,5})$/.exec(line) ?? [];
  return scheme === "" ? mismatch : match({ scheme, version });
}

export const t3 = protocol({
  name: "t3",
  strength: "strong",
  firstBytes: anyOf("t"),
  parse,
  describe: (value) => ({ t3: { ...value } }),
});
