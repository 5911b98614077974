import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The first frame of an IEC 60870-5-104 client (control of power grids). */
export interface Iec104Frame {
  /** `STARTDT`, `STOPDT`, `TESTFR`. */
  readonly function: string;
}

const functions: Readonly<Record<number, string>> = { 7: "STARTDT", 19: "STOPDT", 67: "TESTFR" };

/** Proof: an unnumbered frame of four bytes with one of three functions. IEC 60870-5-104, section 5. */
export function parse(bytes: Uint8Array): Outcome<Iec104Frame> {
  const reader = new Reader(bytes);
  const start = reader.u8();
  const length = reader.u8();
  const name = functions[reader.u8()];
  const rest = reader.u24();
  if (bytes.length > 0 && start !== 0x68) return mismatch;
  if (bytes.length > 1 && length !== 4) return mismatch;
  if (bytes.length > 2 && name === undefined) return mismatch;
  if (reader.overrun || name === undefined) return incomplete;
  return rest === 0 ? match({ function: name }) : mismatch;
}

export const iec104 = protocol({
  name: "iec104",
  strength: "medium",
  firstBytes: oneOf(0x68),
  parse,
  describe: (value) => ({ iec104: { ...value } }),
});
