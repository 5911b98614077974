import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader, startsWith } from "../reader.ts";

/** Milter, libmilter/docs and mfdef.h: SMFIC_OPTNEG, version 6, no actions, no steps. */
export const milterNegotiation = Uint8Array.of(0, 0, 0, 13, 0x4f, 0, 0, 0, 6, 0, 0, 1, 0xff, 0, 0x1f, 0xff, 0xff);

/** SMFIC_OPTNEG of the filter. libmilter, mfdef.h. */
export function parseMilterAnswer(bytes: Uint8Array): Outcome<{ readonly version: number }> {
  const reader = new Reader(bytes);
  const length = reader.u32();
  const command = reader.u8();
  const version = reader.u32();
  if (reader.overrun) {
    return startsWith(bytes, Uint8Array.of(0, 0, 0, 13, 0x4f, 0, 0, 0)) === "mismatch" ? mismatch : incomplete;
  }
  return length === 13 && command === 0x4f && version >= 2 && version <= 6 ? match({ version }) : mismatch;
}
