import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** SOCKS 5 (RFC 1928, 4): CONNECT to an address, given as its 4 or 16 bytes. */
export function socks5Connect(address: Uint8Array, port: number): Uint8Array {
  const type = address.length === 4 ? 1 : 4;
  return Uint8Array.of(5, 1, 0, type, ...address, port >> 8, port & 0xff);
}

/** The answer to it (RFC 1928, 6): 0 is a connection, 2 a rule against it, 5 a refusal by the host. */
export interface Socks5Reply {
  readonly code: number;
  readonly bytes: number;
}

export function parseSocks5Reply(bytes: Uint8Array): Outcome<Socks5Reply> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const code = reader.u8();
  reader.skip(1);
  const type = reader.u8();
  if (reader.overrun) return bytes.length > 0 && bytes[0] !== 5 ? mismatch : incomplete;
  if (version !== 5 || code > 8) return mismatch;
  const addressBytes = type === 1 ? 4 : type === 4 ? 16 : type === 3 ? reader.u8() : undefined;
  if (addressBytes === undefined) return mismatch;
  reader.skip(addressBytes + 2);
  return reader.overrun ? incomplete : match({ code, bytes: reader.offset });
}

/** SOCKS 4 (https://www.openssh.com/txt/socks4.protocol): CONNECT to an address of 4 bytes, with an empty user name. */
export function socks4Connect(address: Uint8Array, port: number): Uint8Array {
  return Uint8Array.of(4, 1, port >> 8, port & 0xff, ...address, 0);
}

/** The answer to it: 90 is a connection, 91 a refusal, 92 and 93 the wish for an ident server. */
export interface Socks4Reply {
  readonly code: number;
  readonly bytes: number;
}

const socks4ReplyBytes = 8;

export function parseSocks4Reply(bytes: Uint8Array): Outcome<Socks4Reply> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const code = reader.u8();
  if (bytes.length > 0 && version !== 0) return mismatch;
  if (bytes.length > 1 && (code < 90 || code > 93)) return mismatch;
  if (bytes.length < socks4ReplyBytes) return incomplete;
  return match({ code, bytes: socks4ReplyBytes });
}
