import { ascii, type Reader } from "../reader.ts";

/** The connection preface (RFC 9113 section 3.4). */
export const preface = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export const frameType = { data: 0, headers: 1, settings: 4, continuation: 9 } as const;
export const flag = { endHeaders: 0x04, padded: 0x08, priority: 0x20 } as const;

/** The header block fragment of a HEADERS frame (RFC 9113 section 6.2). */
export function withoutPadding(payload: Reader, flags: number): Reader {
  const padding = (flags & flag.padded) === 0 ? 0 : payload.u8();
  if ((flags & flag.priority) !== 0) payload.skip(5);
  return payload.cut ? payload : payload.view(payload.remaining - padding);
}
