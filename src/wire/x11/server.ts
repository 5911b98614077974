import { withoutTrailing } from "../../core/trailing.ts";
import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** Connection set-up: most significant byte first, protocol 11.0, no authorization. X Window System Protocol, chapter 8. */
export const x11Setup = Uint8Array.of(0x42, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0);

export type X11Answer =
  | { readonly kind: "success"; readonly vendor: string; readonly release: number }
  | { readonly kind: "failed" | "authenticate"; readonly reason: string };

/** Success, Failed or Authenticate. X Window System Protocol, chapter 8. */
export function parseX11Answer(bytes: Uint8Array): Outcome<X11Answer> {
  const reader = new Reader(bytes);
  const kind = reader.u8();
  if (kind > 2) return mismatch;
  const reasonBytes = reader.u8();
  if (kind === 2) {
    reader.skip(4);
    const units = reader.u16();
    const reason = reader.latin1(Math.min(units * 4, 256));
    if (reader.overrun) return incomplete;
    return match({ kind: "authenticate", reason: fact(withoutTrailing(reason, "\0")) });
  }
  const major = reader.u16();
  reader.skip(2);
  const units = reader.u16();
  if (reader.overrun) return incomplete;
  if (major !== 11 || units * 4 < reasonBytes) return mismatch;
  if (kind === 0) {
    const reason = reader.latin1(reasonBytes);
    return reader.overrun ? incomplete : match({ kind: "failed", reason: fact(reason.trim()) });
  }
  const release = reader.u32();
  reader.skip(12);
  const vendorBytes = reader.u16();
  reader.skip(14);
  const vendor = reader.latin1(Math.min(vendorBytes, 256));
  return reader.overrun ? incomplete : match({ kind: "success", vendor: fact(vendor), release });
}

/** X.Org's release number: 12101007 is 21.1.7; below 12000000 the first digits count too: 11804000 is 1.18.4. */
export function xorgVersion(release: number): string {
  const parts = [
    Math.floor(release / 10_000_000),
    Math.floor(release / 100_000) % 100,
    Math.floor(release / 1000) % 100,
  ];
  const [major = 0, minor = 0, patch = 0] = parts;
  return release >= 12_000_000
    ? `${minor + (major - 1) * 100}.${patch}.${release % 1000}`
    : `${major}.${minor}.${patch}`;
}
