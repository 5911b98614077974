import { type Reader, wireText } from "../reader.ts";

const encodedBytes = 32;

/**
 * A NetBIOS name in first-level encoding (RFC 1001 section 14.1): each half byte is a letter from `A` to `P`. Returns the name
 * without padding and type byte, or `undefined` if it is not such a name. Scopes are skipped.
 */
export function readNetbiosName(reader: Reader): string | undefined {
  const length = reader.u8();
  if (reader.overrun) return undefined;
  if (length !== encodedBytes) return undefined;
  const letters = reader.take(encodedBytes);
  if (letters.some((letter) => letter < 0x41 || letter > 0x50)) return undefined;
  const name = new Uint8Array(encodedBytes / 2 - 1);
  for (let at = 0; at < letters.length - 2; at += 2) {
    name[at / 2] = (((letters[at] ?? 0) - 0x41) << 4) | ((letters[at + 1] ?? 0) - 0x41);
  }
  for (let label = reader.u8(); label !== 0 && !reader.overrun; label = reader.u8()) reader.skip(label);
  return wireText(name).trimEnd();
}
