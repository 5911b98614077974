import ipaddr from "ipaddr.js";

declare const addressBrand: unique symbol;

/**
 * One IPv4 or IPv6 address in its canonical text: dotted decimal, or RFC 5952. An IPv4-mapped IPv6 address
 * (`::ffff:10.0.0.1`) is the IPv4 address. Two equal addresses are two equal strings.
 */
export type Address = string & { readonly [addressBrand]: true };

export type Family = 4 | 6;

const dottedShape = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

/** `undefined` where `text` is not an address. A zone (`fe80::1%eth0`) is kept: without it a link-local address names no host. */
export function parseAddress(text: string): Address | undefined {
  // The shape first: the library throws and catches within, and foreign files have many words that are not addresses.
  if (dottedShape.test(text)) return ipaddr.IPv4.isValidFourPartDecimal(text) ? (text as Address) : undefined;
  if (!text.includes(":") || text.length > 80 || !/^[0-9a-fA-F:.]+(?:%|$)/.test(text)) return undefined;
  const percent = text.indexOf("%");
  const plain = withoutDottedEnd(percent < 0 ? text : text.slice(0, percent));
  const zone = percent < 0 ? "" : text.slice(percent);
  if (!ipaddr.IPv6.isValid(plain) || !validZone.test(zone)) return undefined;
  const parsed = ipaddr.IPv6.parse(plain);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString() as Address;
  return (parsed.toString() + zone) as Address;
}

/**
 * RFC 4291 section 2.2, form 3, as form 1: `::127.0.0.1` is `::7f00:1`. The library reads the former as the mapped
 * `::ffff:127.0.0.1`, which is another address.
 */
function withoutDottedEnd(text: string): string {
  const colon = text.lastIndexOf(":");
  const end = text.slice(colon + 1);
  if (!ipaddr.IPv4.isValidFourPartDecimal(end)) return text;
  const value = ipv4ToNumber(end as Address);
  return `${text.slice(0, colon + 1)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
}

/** Names of network interfaces, as systems have them: `%eth0.100`, `%br-lan`. */
const validZone = /^(?:%[A-Za-z0-9_.:-]{1,32})?$/;

export function familyOf(address: Address): Family {
  return address.includes(":") ? 6 : 4;
}

/** The 32 bits of an IPv4 address as an unsigned number. */
export function ipv4ToNumber(address: Address): number {
  let value = 0;
  let octet = 0;
  for (let i = 0; i < address.length; i++) {
    const code = address.charCodeAt(i);
    if (code === 46) {
      value = value * 256 + octet;
      octet = 0;
    } else {
      octet = octet * 10 + code - 48;
    }
  }
  return value * 256 + octet;
}

export function ipv4FromNumber(value: number): Address {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}` as Address;
}

/** The address as an unsigned integer of 32 or 128 bits; a zone is left out. */
export function addressToBigInt(address: Address): bigint {
  if (familyOf(address) === 4) return BigInt(ipv4ToNumber(address));
  let value = 0n;
  for (const part of ipaddr.IPv6.parse(withoutZone(address)).parts) value = (value << 16n) | BigInt(part);
  return value;
}

function withoutZone(address: Address): string {
  const percent = address.indexOf("%");
  return percent < 0 ? address : address.slice(0, percent);
}

export function addressFromBigInt(value: bigint, family: Family): Address {
  if (family === 4) return ipv4FromNumber(Number(value));
  const parts = new Array<number>(8);
  for (let i = 7; i >= 0; i--) {
    parts[i] = Number(value & 0xffffn);
    value >>= 16n;
  }
  return new ipaddr.IPv6(parts).toString() as Address;
}

/** Orders IPv4 before IPv6 and each by value, as a person would list them. */
export function compareAddresses(a: Address, b: Address): number {
  const family = familyOf(a);
  if (family !== familyOf(b)) return family === 4 ? -1 : 1;
  if (family === 4) return ipv4ToNumber(a) - ipv4ToNumber(b);
  const left = addressToBigInt(a);
  const right = addressToBigInt(b);
  return left < right ? -1 : left > right ? 1 : 0;
}
