import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { protocol } from "../protocol.ts";
import { utf8 } from "../reader.ts";
import { codePoints, type DdmObject, readMessages } from "./message.ts";
import { drdaSecrets } from "./secrets.ts";

/** The first messages of a Db2 or Derby client. The password is not included. */
export interface DrdaStart {
  readonly externalName?: string;
  /** The client's own server class: `QDERBY/JVM`. */
  readonly client?: string;
  readonly database?: string;
  readonly user?: string;
}

const externalName = 0x115e;
const serverClass = 0x1147;
const databaseName = 0x2110;
const userName = 0x11a0;
const minBytes = 10;

/** Proof: a DDM message that exchanges server attributes, which every client sends first. DRDA, volume 3: DDM, EXCSAT. */
export function parse(bytes: Uint8Array): Outcome<DrdaStart> {
  if (bytes.length < minBytes) return mayBegin(bytes) ? incomplete : mismatch;
  const value: { -readonly [Name in keyof DrdaStart]: DrdaStart[Name] } = {};
  let isFirst = true;
  let isWhole = true;
  for (const message of readMessages(bytes)) {
    if (message === undefined) return isFirst ? mismatch : match(value);
    if (isFirst && message.command !== codePoints.exchangeServerAttributes) return mismatch;
    isFirst = false;
    isWhole = message.isWhole;
    if (!isWhole) break;
    for (const parameter of message.parameters) read(parameter, bytes, value);
  }
  return isFirst ? incomplete : match(value, isWhole);
}

/** Length, 0xD0, chained or not, correlation, length, 0x1041. */
function mayBegin(bytes: Uint8Array): boolean {
  const [, , magic = 0xd0, format = 0x01, , , , , high = 0x10, low = 0x41] = bytes;
  return magic === 0xd0 && (format & 0x0f) === 1 && high === 0x10 && low === 0x41;
}

function read(
  { codePoint, start, end }: DdmObject,
  bytes: Uint8Array,
  value: { externalName?: string; client?: string; database?: string; user?: string },
): void {
  const text = textOf(bytes.subarray(start, end));
  if (text === "") return;
  if (codePoint === externalName) value.externalName ??= text;
  else if (codePoint === serverClass) value.client ??= text;
  else if (codePoint === databaseName) value.database ??= text;
  else if (codePoint === userName) value.user ??= text;
}

/** Decodes ASCII, otherwise EBCDIC (code page 500): letters, digits and the characters of names. */
function textOf(bytes: Uint8Array): string {
  const part = bytes.subarray(0, 256);
  const plain = part.every((byte) => byte < 0x80) ? utf8(part) : undefined;
  if (plain !== undefined && /^[ -~]+$/.test(plain) && !/^[@ ]+$/.test(plain)) return fact(plain.trim());
  return fact(
    Array.from(part, (byte) => ebcdic.get(byte) ?? ".")
      .join("")
      .trim(),
  );
}

const ebcdic = new Map<number, string>();
const runs: readonly (readonly [number, string])[] = [
  [0x40, " "],
  [0x4b, "."],
  [0x5b, "$"],
  [0x60, "-/"],
  [0x6d, "_"],
  [0x7a, ":#@"],
  [0x81, "abcdefghi"],
  [0x91, "jklmnopqr"],
  [0xa2, "stuvwxyz"],
  [0xc1, "ABCDEFGHI"],
  [0xd1, "JKLMNOPQR"],
  [0xe2, "STUVWXYZ"],
  [0xf0, "0123456789"],
];
for (const [from, characters] of runs) {
  for (let at = 0; at < characters.length; at++) ebcdic.set(from + at, characters.charAt(at));
}

export const drda = protocol({
  name: "drda",
  strength: "strong",
  // A length of two bytes: clients begin with far less than 4 KiB.
  firstBytes: (byte) => byte < 0x10,
  parse,
  describe: (value) => ({ drda: { ...value } }),
  secrets: drdaSecrets,
});
