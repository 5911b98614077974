/**
 * The checksum of ICMPv6 (RFC 4443 section 2.3) over a pseudo-header and the message. It is 0 for a message with a valid
 * checksum; for a message with zeros in that field it is the value to set.
 * @param addresses source and destination, 32 bytes
 */
export function icmp6Checksum(addresses: Uint8Array, message: Uint8Array): number {
  const next = 58;
  let sum = message.length + next;
  for (const bytes of [addresses, message]) {
    for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
