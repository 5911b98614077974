import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/** 9P (version(5) of Plan 9): Tversion, 8 kB, the dialect of Linux. Nothing is attached. */
export const ninePVersion = Uint8Array.of(21, 0, 0, 0, 100, 0xff, 0xff, 0, 0x20, 0, 0, 8, 0, ...ascii("9P2000.L"));

/** Rversion. version(5) of Plan 9. */
export function parseNinePVersion(bytes: Uint8Array): Outcome<{ readonly dialect: string }> {
  const reader = new Reader(bytes);
  const length = reader.u32le();
  const type = reader.u8();
  const tag = reader.u16();
  if (reader.overrun) {
    const isSmall = (bytes[1] ?? 0) === 0 && (bytes[2] ?? 0) === 0 && (bytes[3] ?? 0) === 0;
    return isSmall && (bytes[0] ?? 13) >= 13 && (bytes[4] ?? 101) === 101 ? incomplete : mismatch;
  }
  if (type !== 101 || tag !== 0xffff || length < 13 || length > 64) return mismatch;
  reader.skip(4);
  const dialect = reader.latin1(reader.u16le());
  if (reader.overrun) return incomplete;
  return /^9P|^unknown$/.test(dialect) ? match({ dialect: fact(dialect) }) : mismatch;
}
