import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** X.224 Connection Request that offers TLS without network level authentication. [MS-RDPBCGR] 2.2.1.1. */
export const rdpNegotiate = Uint8Array.of(3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 1, 0, 0, 0);

/** The security that the server selects or requires. [MS-RDPBCGR] 2.2.1.2.1 and 2.2.1.2.2. */
export type RdpAnswer = "nla-required" | "tls" | "standard-security" | "refused";

const hybridRequired = 5;
const sslNotAllowed = 2;

/** X.224 Connection Confirm. [MS-RDPBCGR] 2.2.1.2. */
export function parseRdpAnswer(bytes: Uint8Array): Outcome<RdpAnswer> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const reserved = reader.u8();
  if ((bytes.length > 0 && version !== 3) || (bytes.length > 1 && reserved !== 0)) return mismatch;
  const length = reader.u16();
  if (reader.overrun) return incomplete;
  if (length < 11 || length > 64) return mismatch;
  const body = reader.view(length - 4);
  const indicator = body.u8();
  const code = body.u8();
  if (body.cut) return incomplete;
  if (indicator !== length - 5 || (code & 0xf0) !== 0xd0) return mismatch;
  body.skip(5);
  if (body.remaining === 0) return match("standard-security");
  const kind = body.u8();
  body.skip(3);
  const value = body.u32le();
  if (body.overrun) return mismatch;
  if (kind === 2) return match(value === 0 ? "standard-security" : "tls");
  if (kind !== 3) return mismatch;
  return match(value === hybridRequired ? "nla-required" : value === sslNotAllowed ? "standard-security" : "refused");
}
