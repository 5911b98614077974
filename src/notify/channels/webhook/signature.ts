import { createHmac } from "node:crypto";

/**
 * Headers that let a receiver check that a message is from this program and recent: `X-Harbinger-Timestamp`, seconds since the epoch,
 * and `X-Harbinger-Signature`, `sha256=` and the HMAC-SHA256 (RFC 2104) in hex over timestamp, a dot, and the body, with
 * the shared secret. The receiver compares in constant time and rejects old timestamps.
 */
export function signatureHeaders(body: string, secret: string, at: number): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
  return { "x-harbinger-timestamp": timestamp, "x-harbinger-signature": `sha256=${signature}` };
}
