import { incomplete, match, mismatch, type Outcome } from "../outcome.ts";
import { ascii, Reader } from "../reader.ts";

/** HTTP/2 with prior knowledge (RFC 9113 section 3.4): the preface of a client, and an empty SETTINGS frame. No request. */
export const http2Preface = Uint8Array.of(...ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 0, 0, 0, 4, 0, 0, 0, 0, 0);

const settingsType = 4;

/** The preface of a server: a SETTINGS frame on stream 0, with six bytes per setting. RFC 9113 sections 3.4 and 6.5. */
export function parseHttp2Settings(bytes: Uint8Array): Outcome<true> {
  const reader = new Reader(bytes);
  const length = reader.u24();
  const type = reader.u8();
  const flags = reader.u8();
  const stream = reader.u32();
  if (reader.overrun) return bytes.length >= 4 && bytes[3] !== settingsType ? mismatch : incomplete;
  if (type !== settingsType || flags !== 0 || stream !== 0 || length % 6 !== 0 || length > 384) return mismatch;
  for (let setting = 0; setting < length / 6; setting++) {
    const identifier = reader.u16();
    reader.skip(4);
    if (reader.overrun) return incomplete;
    // Any identifier except 0: known, reserved (GREASE) or experimental.
    if (identifier === 0) return mismatch;
  }
  return match(true);
}
