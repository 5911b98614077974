import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, latin1, Reader } from "../reader.ts";

/** SOCKS 5 (RFC 1928, 3): a greeting that offers to go without authentication, and nothing else. Nothing is relayed. */
export const socks5Greeting = Uint8Array.of(5, 1, 0);

/** The method that the server takes: 0 is none, 255 says that it wants another than was offered. */
export function parseSocks5Method(bytes: Uint8Array): Outcome<{ readonly method: number }> {
  const [version, method] = bytes;
  if (version !== undefined && version !== 5) return mismatch;
  if (method === undefined) return incomplete;
  const isAnswer = bytes.length === 2 && (method === 0 || method === 2 || method === 0xff);
  return isAnswer ? match({ method }) : mismatch;
}

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

/** How Tor answers a request of HTTP on its SOCKS port (src/core/proto/proto_socks.c). */
const torAnswer = /^HTTP\/1\.0 501 Tor is not an HTTP Proxy/;

export function isTorSocks(opening: Uint8Array): boolean {
  return torAnswer.test(latin1(opening, 0, Math.min(opening.length, 64)));
}

/** Asks whether it is Tor's, by a request of HTTP that it refuses in its own words. */
export const httpRequest = ascii("GET / HTTP/1.0\r\n\r\n");
