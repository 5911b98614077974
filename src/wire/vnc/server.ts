import { fact } from "../fact.ts";
import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** Security types. RFC 6143 section 7.1.2; IANA, "RFB Security Types". */
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

/** VeNCrypt's own types. https://github.com/rfbproto/rfbproto/blob/master/rfbproto.rst#vencrypt */
const veNCryptNames: Readonly<Record<number, string>> = {
  256: "Plain",
  257: "TLSNone",
  258: "TLSVnc",
  259: "TLSPlain",
  260: "X509None",
  261: "X509Vnc",
  262: "X509Plain",
  263: "TLSSASL",
  264: "X509SASL",
};
/** None, and None within TLS: neither requires a login. */
const veNCryptNone = new Set([1, 257, 260]);

export type VncSecurity =
  | {
      readonly kind: "offers";
      readonly none: boolean;
      /** VeNCrypt, whose own types the server sends after it has been chosen. */
      readonly veNCrypt: boolean;
      readonly types: readonly string[];
    }
  | { readonly kind: "refused"; readonly reason: string };

/** RFC 6143 section 7.1.2. @param minorVersion negotiated version: up to 6 the server decides, from 7 on it lists types */
export function parseVncSecurity(bytes: Uint8Array, minorVersion: number): Outcome<VncSecurity> {
  const reader = new Reader(bytes);
  if (minorVersion < 7) {
    const type = reader.u32();
    if (reader.overrun) return incomplete;
    if (type === 0) return readReason(reader);
    return match({ kind: "offers", none: type === 1, veNCrypt: false, types: [nameOf(type)] });
  }
  const count = reader.u8();
  if (reader.overrun) return incomplete;
  if (count === 0) return readReason(reader);
  const types = reader.take(count);
  if (reader.overrun) return incomplete;
  return match({
    kind: "offers",
    none: types.includes(1),
    veNCrypt: types.includes(19),
    types: Array.from(types.subarray(0, 16), nameOf),
  });
}

/** Selects security type 19. This does not log in. */
export const veNCryptChoice = Uint8Array.of(19);
/** The only version in use: 0.2. */
export const veNCryptVersion = Uint8Array.of(0, 2);

/** The highest version of the server, in two bytes. rfbproto.rst, "VeNCrypt". */
export function parseVeNCryptVersion(bytes: Uint8Array): Outcome<{ readonly isKnown: boolean }> {
  const reader = new Reader(bytes);
  const major = reader.u8();
  const minor = reader.u8();
  if (reader.overrun) return incomplete;
  return match({ isKnown: major > 0 || minor >= 2 });
}

/** The acceptance of version 0.2, and the list of types. rfbproto.rst, "VeNCrypt". */
export function parseVeNCryptTypes(
  bytes: Uint8Array,
): Outcome<{ readonly none: boolean; readonly types: readonly string[] }> {
  const reader = new Reader(bytes);
  const refused = reader.u8();
  if (reader.overrun) return incomplete;
  if (refused !== 0) return mismatch;
  const count = reader.u8();
  const types: number[] = [];
  for (let read = 0; read < count; read++) types.push(reader.u32());
  if (reader.overrun) return incomplete;
  return match({
    none: types.some((type) => veNCryptNone.has(type)),
    types: types.slice(0, 16).map((type) => veNCryptNames[type] ?? nameOf(type)),
  });
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
