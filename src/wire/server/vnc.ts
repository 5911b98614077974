import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** Security types. RFC 6143, 7.1.2 and 8.1; the registry of IANA. */
const names: Readonly<Record<number, string>> = {
  1: "None",
  2: "VNC Authentication",
  5: "RA2",
  6: "RA2ne",
  16: "Tight",
  17: "Ultra",
  18: "TLS",
  19: "VeNCrypt",
  20: "GTK-VNC SASL",
  30: "Apple Remote Desktop",
};

export type VncSecurity =
  | { readonly kind: "offers"; readonly none: boolean; readonly types: readonly string[] }
  | { readonly kind: "refused"; readonly reason: string };

/** @param minorVersion of the protocol that was agreed upon: up to 6 the server decides, from 7 on it lists types */
export function parseVncSecurity(bytes: Uint8Array, minorVersion: number): Outcome<VncSecurity> {
  const reader = new Reader(bytes);
  if (minorVersion < 7) {
    const type = reader.u32();
    if (reader.overrun) return incomplete;
    return type === 0 ? readReason(reader) : match({ kind: "offers", none: type === 1, types: [nameOf(type)] });
  }
  const count = reader.u8();
  if (reader.overrun) return incomplete;
  if (count === 0) return readReason(reader);
  const types = reader.take(count);
  if (reader.overrun) return incomplete;
  return match({ kind: "offers", none: types.includes(1), types: Array.from(types.subarray(0, 16), nameOf) });
}

function readReason(reader: Reader): Outcome<VncSecurity> {
  const length = reader.u32();
  if (reader.overrun) return incomplete;
  if (length > 4096) return mismatch;
  const reason = reader.latin1(length);
  return reader.overrun ? incomplete : match({ kind: "refused", reason: fact(reason) });
}

function nameOf(type: number): string {
  return names[type] ?? `type ${type}`;
}
