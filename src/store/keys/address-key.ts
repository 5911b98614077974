import { type Address, addressFromBigInt, ipv4FromNumber, ipv4ToNumber } from "../../core/address.ts";

/**
 * An address as a key that sorts by value when compared byte by byte, as both databases compare binary values: its
 * family (4 or 6), its 4 or 16 bytes in network order, and the zone as text where it has one.
 */
export type AddressKey = Uint8Array;

const ipv4Length = 5;
const ipv6Length = 17;
const colon = 58;

export function addressKeyLength(address: Address): number {
  if (!address.includes(":")) return ipv4Length;
  const percent = address.indexOf("%");
  return percent < 0 ? ipv6Length : ipv6Length + address.length - percent;
}

export function addressKey(address: Address): AddressKey {
  const key = new Uint8Array(addressKeyLength(address));
  writeAddressKey(address, key, 0);
  return key;
}

/** The highest key of a range that ends with `address`: without a zone it takes in the address in every zone. */
export function lastAddressKey(address: Address): AddressKey {
  const key = addressKey(address);
  return key.length === ipv6Length ? Uint8Array.of(...key, 0xff) : key;
}

/** @returns the position after what was written */
export function writeAddressKey(address: Address, target: Uint8Array, position: number): number {
  if (address.includes(":")) return writeIpv6Key(address, target, position);
  const value = ipv4ToNumber(address);
  target[position] = 4;
  target[position + 1] = value >>> 24;
  target[position + 2] = value >>> 16;
  target[position + 3] = value >>> 8;
  target[position + 4] = value;
  return position + ipv4Length;
}

/** Reads the canonical text (RFC 5952, groups of hexadecimal digits alone) digit by digit. */
function writeIpv6Key(address: Address, target: Uint8Array, position: number): number {
  target[position] = 6;
  const first = position + 1;
  const end = position + ipv6Length;
  const percent = address.indexOf("%");
  const length = percent < 0 ? address.length : percent;
  let at = first;
  let gap = -1;
  let group = 0;
  let digits = 0;
  for (let i = 0; i <= length; i++) {
    const code = i < length ? address.charCodeAt(i) : colon;
    if (code !== colon) {
      group = group * 16 + (code < 58 ? code - 48 : (code | 32) - 87);
      digits += 1;
      continue;
    }
    if (digits > 0) {
      target[at] = group >>> 8;
      target[at + 1] = group;
      at += 2;
      group = 0;
      digits = 0;
    } else if (gap < 0 && i > 0) gap = at;
  }
  if (gap >= 0 && at < end) {
    target.copyWithin(end - (at - gap), gap, at);
    target.fill(0, gap, end - (at - gap));
  }
  for (let i = length; i < address.length; i++) target[end + i - length] = address.charCodeAt(i);
  return end + address.length - length;
}

/** The address of a key that {@link addressKey} made. */
export function addressFromKey(key: AddressKey): Address {
  if (key[0] === 4) {
    return ipv4FromNumber((key[1] ?? 0) * 2 ** 24 + (key[2] ?? 0) * 65536 + (key[3] ?? 0) * 256 + (key[4] ?? 0));
  }
  let value = 0n;
  for (const byte of key.subarray(1, ipv6Length)) value = (value << 8n) | BigInt(byte);
  const plain = addressFromBigInt(value, 6);
  if (key.length === ipv6Length) return plain;
  // The zone was part of an address when the key was made.
  return (plain + String.fromCharCode(...key.subarray(ipv6Length))) as Address;
}
