import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, latin1 } from "../reader.ts";

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

/** How Tor answers a request of HTTP on its SOCKS port (src/core/proto/proto_socks.c). */
const torAnswer = /^HTTP\/1\.0 501 Tor is not an HTTP Proxy/;

export function isTorSocks(opening: Uint8Array): boolean {
  return torAnswer.test(latin1(opening, 0, Math.min(opening.length, 64)));
}

/** Asks whether it is Tor's, by a request of HTTP that it refuses in its own words. */
export const httpRequest = ascii("GET / HTTP/1.0\r\n\r\n");
