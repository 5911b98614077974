import { Reader } from "../reader.ts";
import type { Secret } from "../secret.ts";

/** The password of the login after the offered methods. RFC 1929 section 2. */
export function socks5Secrets(bytes: Uint8Array): readonly Secret[] {
  const reader = new Reader(bytes);
  reader.skip(1);
  reader.skip(reader.u8());
  if (reader.u8() !== 1) return [];
  reader.skip(reader.u8());
  const length = reader.u8();
  if (reader.overrun || length === 0) return [];
  const start = reader.offset;
  const end = Math.min(start + length, reader.end);
  const text = new Reader(bytes, start, end, false).text(end - start);
  return end > start ? [{ start, end, text }] : [];
}
