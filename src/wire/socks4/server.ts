import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** CONNECT to an address of 4 bytes, with an empty user name. https://www.openssh.com/txt/socks4.protocol */
export function socks4Connect(address: Uint8Array, port: number): Uint8Array {
  return Uint8Array.of(4, 1, port >> 8, port & 0xff, ...address, 0);
}

/** The answer to CONNECT: 90 connected, 91 refused, 92 and 93 the server requires ident. */
export interface Socks4Reply {
  readonly code: number;
  readonly bytes: number;
}

const socks4ReplyBytes = 8;

/** https://www.openssh.com/txt/socks4.protocol */
export function parseSocks4Reply(bytes: Uint8Array): Outcome<Socks4Reply> {
  const reader = new Reader(bytes);
  const version = reader.u8();
  const code = reader.u8();
  if (bytes.length > 0 && version !== 0) return mismatch;
  if (bytes.length > 1 && (code < 90 || code > 93)) return mismatch;
  if (bytes.length < socks4ReplyBytes) return incomplete;
  return match({ code, bytes: socks4ReplyBytes });
}
