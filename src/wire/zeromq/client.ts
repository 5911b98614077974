import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { oneOf, protocol } from "../protocol.ts";
import { Reader } from "../reader.ts";

/** The greeting of a ZeroMQ peer. */
export interface ZeromqGreeting {
  /** `3.0`. */
  readonly version: string;
  /** `NULL`, `PLAIN`, `CURVE`. */
  readonly mechanism?: string | undefined;
}

const signatureBytes = 10;
const greetingBytes = 64;

/** Proof: 0xFF, eight bytes, 0x7F, and a version of ZMTP from 1 to 3. https://rfc.zeromq.org/spec/23/ */
export function parse(bytes: Uint8Array): Outcome<ZeromqGreeting> {
  const reader = new Reader(bytes);
  if (reader.remaining === 0) return incomplete;
  if (reader.u8() !== 0xff) return mismatch;
  const length = reader.take(8);
  // Peers send zeros, or a length for older versions.
  if (!reader.overrun && length.subarray(0, 7).some((byte) => byte !== 0)) return mismatch;
  if (reader.overrun) return bytes.subarray(1, 8).every((byte) => byte === 0) ? incomplete : mismatch;
  if (reader.remaining === 0) return incomplete;
  if (reader.u8() !== 0x7f) return mismatch;
  if (reader.remaining === 0) return incomplete;
  const major = reader.u8();
  if (major > 3) return mismatch;
  if (major < 3) return match({ version: `${major}.0` });
  if (bytes.length < signatureBytes + 2) return incomplete;
  const minor = reader.u8();
  if (bytes.length < greetingBytes) return match({ version: `3.${minor}` }, false);
  const mechanism = reader.latin1(20).split("\0", 1)[0] ?? "";
  return match({ version: `3.${minor}`, mechanism: /^[A-Z]+$/.test(mechanism) ? fact(mechanism) : undefined });
}

export const zeromq = protocol({
  name: "zeromq",
  strength: "strong",
  firstBytes: oneOf(0xff),
  parse,
  describe: (value) => ({ zeromq: { ...value } }),
});
