import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** SANE_NET_INIT with version 1.0.3 and no user. SANE standard, section 5.2.1. */
export const saneInit = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 3, 0, 0, 0, 1, 0);

/** Status and protocol version. SANE standard, section 5.2.1. */
export function parseSaneAnswer(bytes: Uint8Array): Outcome<{ readonly status: number; readonly version: string }> {
  const reader = new Reader(bytes);
  const status = reader.u32();
  const version = reader.u32();
  if (reader.overrun) return bytes.subarray(0, 3).every((byte) => byte === 0) ? incomplete : mismatch;
  if (status > 11 || version >>> 24 !== 1 || (version & 0xffff) > 16) return mismatch;
  return match({ status, version: `${version >>> 24}.${(version >>> 16) & 0xff}.${version & 0xffff}` });
}
