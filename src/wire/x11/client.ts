import { isPrintableAscii, nonEmptyFact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { anyOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The connection set-up of an X client. The authorisation data is not included. */
export interface X11Setup {
  readonly byteOrder: "big" | "little";
  /** `11.0`. */
  readonly version: string;
  /** `MIT-MAGIC-COOKIE-1`; absent if the client has none. */
  readonly authorization?: string | undefined;
}

/** Proof: the byte order, version 11, and zero as padding. X Window System Protocol, chapter 8. */
export function parse(bytes: Uint8Array): Outcome<X11Setup> {
  const reader = new Reader(bytes);
  const first = reader.u8();
  if (reader.overrun) return incomplete;
  if (first !== 0x42 && first !== 0x6c) return mismatch;
  const isLittle = first === 0x6c;
  const u16 = () => (isLittle ? reader.u16le() : reader.u16());
  const padding = reader.u8();
  if (padding !== 0) return mismatch;
  const major = u16();
  const minor = u16();
  if (reader.overrun) return incomplete;
  if (major !== 11 || minor > 9) return mismatch;
  const nameBytes = u16();
  const dataBytes = u16();
  reader.skip(2);
  if (reader.overrun) return incomplete;
  if (nameBytes > 64 || dataBytes > 1024) return mismatch;
  const value = { byteOrder: isLittle ? ("little" as const) : ("big" as const), version: `${major}.${minor}` };
  const name = reader.latin1(nameBytes);
  if (reader.overrun) return match(value, false);
  if (!isPrintableAscii(name)) return mismatch;
  reader.skip(padded(nameBytes) - nameBytes + padded(dataBytes));
  return match({ ...value, authorization: nonEmptyFact(name) }, !reader.overrun);
}

/** Fields are padded to a multiple of four bytes. */
function padded(length: number): number {
  return (length + 3) & ~3;
}

export const x11 = protocol({
  name: "x11",
  strength: "strong",
  firstBytes: anyOf("Bl"),
  parse,
  describe: (value) => ({ x11: { ...value } }),
});
