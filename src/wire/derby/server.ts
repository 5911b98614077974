import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** DRDA, as used by Apache Derby's network server. The Open Group, DRDA V5 Vol. 3: DDM. */
const codePoint = {
  excsat: 0x1041,
  accsec: 0x106d,
  excsatReply: 0x1443,
  accsecReply: 0x14ac,
  serverClass: 0x1147,
  serverRelease: 0x115a,
  externalName: 0x115e,
  securityMechanism: 0x11a2,
  databaseName: 0x2110,
} as const;

/** EBCDIC (code page 500) of capital letters, digits, dot and space; enough for the names that are sent and read. */
const ebcdic = new Map<number, string>();
for (const [start, letters] of [
  [0xc1, "ABCDEFGHI"],
  [0xd1, "JKLMNOPQR"],
  [0xe2, "STUVWXYZ"],
  [0x81, "abcdefghi"],
  [0x91, "jklmnopqr"],
  [0xa2, "stuvwxyz"],
  [0xf0, "0123456789"],
] as const) {
  for (let at = 0; at < letters.length; at++) ebcdic.set(start + at, letters.charAt(at));
}
for (const [code, character] of [
  [0x40, " "],
  [0x4b, "."],
  [0x61, "/"],
  [0x60, "-"],
  [0x4d, "("],
  [0x5d, ")"],
] as const) {
  ebcdic.set(code, character);
}
const toEbcdic = new Map([...ebcdic].map(([code, character]) => [character, code]));

function parameter(code: number, value: readonly number[]): readonly number[] {
  const length = value.length + 4;
  return [length >> 8, length & 0xff, code >> 8, code & 0xff, ...value];
}

function encoded(text: string, width = text.length): readonly number[] {
  return Array.from(text.padEnd(width), (character) => toEbcdic.get(character) ?? 0x40);
}

/** A DSS of one request. @param chained another one follows immediately */
function dss(code: number, correlation: number, chained: boolean, parameters: readonly number[]): readonly number[] {
  const object = parameter(code, parameters);
  const length = object.length + 6;
  return [length >> 8, length & 0xff, 0xd0, chained ? 0x41 : 0x01, 0, correlation, ...object];
}

/** Exchanges server attributes, then asks whether a user name alone (mechanism 4) is enough. This does not log in. */
export const derbyHello = Uint8Array.from([
  ...dss(codePoint.excsat, 1, true, parameter(codePoint.externalName, encoded("harbinger"))),
  ...dss(codePoint.accsec, 2, false, [
    ...parameter(codePoint.securityMechanism, [0, 4]),
    ...parameter(codePoint.databaseName, encoded("harbinger", 18)),
  ]),
]);

export interface DerbyAnswer {
  /** `Apache Derby`. */
  readonly serverClass: string;
  /** `CSS10141`. */
  readonly release: string;
  /** The mechanisms of ACCSECRD: 3 user and password, 4 user alone. Empty if the server did not answer that. */
  readonly mechanisms: readonly number[];
}

/** EXCSATRD and ACCSECRD. DRDA V5 Vol. 3: DDM. */
export function parseDerbyAnswer(bytes: Uint8Array): Outcome<DerbyAnswer> {
  const reader = new Reader(bytes);
  let serverClass = "";
  let release = "";
  const mechanisms: number[] = [];
  let isDrda = false;
  for (let replies = 0; replies < 8; replies++) {
    const length = reader.u16();
    const magic = reader.u8();
    if (reader.overrun) return incomplete;
    if (magic !== 0xd0 || length < 10) return mismatch;
    const format = reader.u8();
    reader.skip(2);
    const segment = reader.view(length - 6);
    if (segment.cut || reader.overrun) return incomplete;
    segment.skip(2);
    const code = segment.u16();
    isDrda ||= code === codePoint.excsatReply;
    while (segment.remaining >= 4) {
      const value = segment.view(segment.u16() - 2);
      if (segment.overrun) return mismatch;
      const name = value.u16();
      if (name === codePoint.serverClass) serverClass = readable(value);
      else if (name === codePoint.serverRelease) release = readable(value);
      else if (name === codePoint.securityMechanism && code === codePoint.accsecReply) {
        while (value.remaining >= 2 && mechanisms.length < 16) mechanisms.push(value.u16());
      }
    }
    if (!isDrda) return mismatch;
    const isLast = (format & 0x40) === 0 && code !== codePoint.excsatReply;
    if (isLast) return match({ serverClass, release, mechanisms });
    // The two answers may come as two chains of one.
    if ((format & 0x40) === 0 && reader.remaining === 0) return match({ serverClass, release, mechanisms }, false);
  }
  return mismatch;
}

/** Derby encodes its names in EBCDIC, later versions in UTF-8. */
function readable(value: Reader): string {
  const bytes = value.take(Math.min(value.remaining, 128));
  const isEbcdic = bytes.some((byte) => byte >= 0x80);
  const text = isEbcdic
    ? Array.from(bytes, (byte) => ebcdic.get(byte) ?? ".").join("")
    : Buffer.from(bytes).toString("latin1");
  return fact(text.trim());
}
