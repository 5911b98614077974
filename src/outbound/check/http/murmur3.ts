/**
 * MurmurHash3, the 32-bit variant for x86, as a signed number: as search engines for services write the
 * hash of an icon. https://github.com/aappleby/smhasher/wiki/MurmurHash3
 */
export function murmur3(bytes: Uint8Array, seed = 0): number {
  let hash = seed | 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks = bytes.length - (bytes.length % 4);
  for (let at = 0; at < blocks; at += 4) {
    hash ^= scramble(view.getInt32(at, true));
    hash = (Math.imul(rotateLeft(hash, 13), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let at = bytes.length - 1; at >= blocks; at--) rest = (rest << 8) | (bytes[at] ?? 0);
  if (blocks < bytes.length) hash ^= scramble(rest);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function scramble(block: number): number {
  return Math.imul(rotateLeft(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** The hash by which Shodan and others find an icon: of its Base64 in lines of 76 characters (RFC 2045 section 6.8). */
export function faviconHash(icon: Uint8Array): number {
  const base64 = Buffer.from(icon.buffer, icon.byteOffset, icon.byteLength).toString("base64");
  return murmur3(Buffer.from(base64.replace(/.{1,76}/g, "$&\n"), "latin1"));
}
