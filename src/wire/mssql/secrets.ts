import { Reader } from "../reader.ts";
import type { Secret } from "../secret.ts";

const headerBytes = 8;
/** Position of the password's offset and length: after 36 fixed bytes, host and user. [MS-TDS] 2.2.6.4. */
const passwordField = headerBytes + 36 + 8;

/** The password of LOGIN7, which is only scrambled: the halves of each byte are swapped, then XOR 0xA5. */
export function mssqlSecrets(bytes: Uint8Array): readonly Secret[] {
  // A prelogin may come first.
  const login = bytes[0] === 0x12 ? (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0) : 0;
  if (bytes[login] !== 0x10) return [];
  const reader = new Reader(bytes, login + passwordField, bytes.length);
  const start = login + headerBytes + reader.u16le();
  const length = reader.u16le() * 2;
  const end = Math.min(bytes.length, start + length);
  if (reader.overrun || end <= start) return [];
  const plain = bytes.slice(start, end).map((byte) => {
    const swapped = byte ^ 0xa5;
    return ((swapped << 4) | (swapped >>> 4)) & 0xff;
  });
  return [{ start, end, text: Buffer.from(plain).toString("utf16le") }];
}
