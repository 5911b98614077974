import { fact, nonEmptyList } from "../fact.ts";
import { match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { ascii, Reader, startsWith } from "../reader.ts";

/** A job for the compile server distccd. */
export interface DistccJob {
  /** Of the protocol: 1, 2, 3. */
  readonly version: number;
  /** The compiler and its arguments, at most 32. An attacker names another program here. */
  readonly arguments?: readonly string[] | undefined;
}

const magic = ascii("DIST0000000");
const maxArguments = 4096;
const maxShown = 32;

/** Proof: `DIST` and a version of eight digits, then `ARGC`. distcc, doc/protocol-1.txt. */
export function parse(bytes: Uint8Array): Outcome<DistccJob> {
  const agreement = startsWith(bytes, magic);
  if (agreement !== "match") return { kind: agreement };
  const reader = new Reader(bytes, magic.length);
  const version = reader.u8() - 0x30;
  if (reader.overrun) return { kind: "incomplete" };
  if (version < 1 || version > 3) return mismatch;
  const count = readToken(reader, "ARGC");
  if (count.kind !== "match") return count;
  if (count.value > maxArguments) return mismatch;
  const words: string[] = [];
  for (let at = 0; at < Math.min(count.value, maxShown); at++) {
    const length = readToken(reader, "ARGV");
    if (length.kind === "mismatch") return mismatch;
    if (length.kind === "incomplete") return match(jobOf(version, words), false);
    const word = reader.text(length.value);
    if (reader.overrun) return match(jobOf(version, words), false);
    words.push(fact(word));
  }
  return match(jobOf(version, words));
}

function jobOf(version: number, words: readonly string[]): DistccJob {
  return { version, arguments: nonEmptyList(words) };
}

/** Four letters and a number of eight hexadecimal digits. */
function readToken(reader: Reader, name: string): Outcome<number> {
  const length = Math.min(12, reader.remaining);
  const text = reader.latin1(length);
  if (!name.startsWith(text.slice(0, 4)) || !/^[0-9a-f]*$/.test(text.slice(4))) return mismatch;
  return length === 12 ? match(Number.parseInt(text.slice(4), 16)) : { kind: "incomplete" };
}

export const distcc = protocol({
  name: "distcc",
  strength: "strong",
  firstBytes: anyOf("D"),
  parse,
  describe: (value) => ({ distcc: { ...value } }),
});
