import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { Reader } from "../reader.ts";

/** CoAP over TCP (RFC 8323 section 3.2): our capabilities (code 7.01), which must come first, and a ping (7.02). */
export const coapPing = Uint8Array.of(0, 0xe1, 0, 0xe2);

const capabilities = 0xe1;
const pong = 0xe3;

/** The capabilities of the server (RFC 8323 section 5.3), and its answer to the ping (section 5.4). */
export function parseCoapSignals(bytes: Uint8Array): Outcome<true> {
  const reader = new Reader(bytes);
  for (let messages = 0; messages < 4; messages++) {
    const start = reader.offset;
    const head = reader.u8();
    const length = lengthOf(head >> 4, reader);
    const code = reader.u8();
    if (messages === 0 && !reader.overrun && (code !== capabilities || (head & 15) !== 0 || length > 64))
      return mismatch;
    if (reader.overrun && start > 0) break;
    if (reader.overrun) return (bytes[0] ?? 0) >> 4 > 13 || ((bytes[0] ?? 0) & 15) !== 0 ? mismatch : incomplete;
    if (code === pong) return match(true);
    reader.skip((head & 15) + length);
    if (reader.overrun) return messages === 0 ? incomplete : mismatch;
  }
  return incomplete;
}

/** The length of options and payload (RFC 8323 section 3.2). The longest form cannot occur in capabilities or in a pong. */
function lengthOf(nibble: number, reader: Reader): number {
  if (nibble < 13) return nibble;
  if (nibble === 13) return reader.u8() + 13;
  return nibble === 14 ? reader.u16() + 269 : Number.MAX_SAFE_INTEGER;
}
