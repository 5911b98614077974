import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** A DNP3 link frame from a master. */
export interface Dnp3Frame {
  readonly source: number;
  readonly destination: number;
  /** Function of the link layer: `request-link-status`. */
  readonly linkFunction: string;
  /** Function of the application layer, if the frame has one: `read`. */
  readonly function?: string;
}

const linkFunctions: Readonly<Record<number, string>> = {
  0: "reset-link",
  1: "reset-user-process",
  2: "test-link",
  3: "confirmed-user-data",
  4: "unconfirmed-user-data",
  9: "request-link-status",
};
const functions: Readonly<Record<number, string>> = {
  0: "confirm",
  1: "read",
  2: "write",
  3: "select",
  4: "operate",
  5: "direct-operate",
  13: "cold-restart",
  14: "warm-restart",
  18: "stop-application",
  20: "enable-unsolicited",
  21: "disable-unsolicited",
  23: "delay-measure",
};
const headerBytes = 10;

/** Proof: the start bytes 05 64 and a valid checksum of the header. IEEE 1815-2012, section 9.2. */
export function parse(bytes: Uint8Array): Outcome<Dnp3Frame> {
  const reader = new Reader(bytes);
  if (reader.remaining > 0 && reader.peek() !== 0x05) return mismatch;
  if (reader.remaining > 1 && reader.peek(1) !== 0x64) return mismatch;
  reader.skip(2);
  const length = reader.u8();
  const control = reader.u8();
  const destination = reader.u16le();
  const source = reader.u16le();
  const checksum = reader.u16le();
  if (reader.overrun) return incomplete;
  const isFromPrimary = (control & 0x40) !== 0;
  const linkFunction = linkFunctions[control & 0x0f];
  if (length < 5 || !isFromPrimary || linkFunction === undefined) return mismatch;
  if (checksum !== dnpChecksum(bytes.subarray(0, headerBytes - 2))) return mismatch;
  const value = { source, destination, linkFunction };
  // The transport octet, the application control, then the function.
  if (length < 8) return match(value);
  reader.skip(2);
  const number = reader.u8();
  if (reader.overrun) return match(value, false);
  return match({ ...value, function: functions[number] ?? String(number) }, reader.end >= frameBytes(length));
}

/** The size of a frame: a checksum of two bytes follows each block of up to sixteen bytes of user data. */
function frameBytes(length: number): number {
  const userBytes = length - 5;
  return headerBytes + userBytes + Math.ceil(userBytes / 16) * 2;
}

/** CRC-16/DNP: polynomial 0x3d65, reflected, inverted at the end. IEEE 1815-2012, section 9.2. */
export function dnpChecksum(bytes: Uint8Array): number {
  let remainder = 0;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder & 1) === 0 ? remainder >>> 1 : (remainder >>> 1) ^ 0xa6bc;
  }
  return ~remainder & 0xffff;
}

export const dnp3 = protocol({
  name: "dnp3",
  strength: "strong",
  firstBytes: oneOf(5),
  parse,
  describe: (value) => ({ dnp3: { ...value } }),
});
