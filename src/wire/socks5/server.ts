import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, latin1, Reader } from "../reader.ts";

/** A greeting that offers only "no authentication". It requests no connection. RFC 1928 section 3. */
export const socks5Greeting = Uint8Array.of(5, 1, 0);

/**
 * The method that the server selects: 0 no authentication, 2 user and password, 255 none of the offered ones. RFC 1928 section
 * 3.
 */
export function parseSocks5Method(bytes: Uint8Array): Outcome<{ readonly method: number }> {
  const [version, method] = bytes;
  if (version !== undefined && version !== 5) return mismatch;
  if (method === undefined) return incomplete;
  const isAnswer = bytes.length === 2 && (method === 0 || method === 2 || method === 0xff);
  return isAnswer ? match({ method }) : mismatch;
}

/** CONNECT to an address of 4 or 16 bytes. RFC 1928 section 4. */
export function socks5Connect(address: Uint8Array, port: number): Uint8Array {
  const type = address.length === 4 ? 1 : 4;
  return Uint8Array.of(5, 1, 0, type, ...address, port >> 8, port & 0xff);
}

/** The answer to CONNECT: 0 connected, 2 not allowed by a rule, 5 refused by the host. */
export interface Socks5Reply {
  readonly code: number;
  readonly bytes: number;
}

/** RFC 1928 section 6. */
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

/** Tor's answer to an HTTP request on its SOCKS port (src/core/proto/proto_socks.c). */
const torAnswer = /^HTTP\/1\.0 501 Tor is not an HTTP Proxy/;

export function isTorSocks(opening: Uint8Array): boolean {
  return torAnswer.test(latin1(opening, 0, Math.min(opening.length, 64)));
}

/** An HTTP request, which Tor's SOCKS port refuses with its own text. */
export const httpRequest = ascii("GET / HTTP/1.0\r\n\r\n");
