import { type Address, addressToBigInt, familyOf, ipv4FromNumber, ipv4ToNumber } from "../../core/address.ts";
import type { Port } from "../../core/ports.ts";

/**
 * An endpoint (address and port) as one whole number, the key of services, presence and discoveries: compact, quick to
 * compare, and the same in every database. IPv4: the address times 65536 plus the port. IPv6: above all of those, by
 * the number that the table `ipv6_addresses` gave to the address. All stay far below 2^53, so that a JavaScript number
 * holds them exactly.
 */
export type Endpoint = number;

/** The lowest endpoint of an IPv6 address. */
export const firstIpv6Endpoint = 2 ** 48;

export function ipv4Endpoint(address: Address, port: Port): Endpoint {
  return ipv4ToNumber(address) * 65536 + port;
}

/** @param addressId the row of `ipv6_addresses` */
export function ipv6Endpoint(addressId: number, port: Port): Endpoint {
  return firstIpv6Endpoint + addressId * 65536 + port;
}

export function portOf(endpoint: Endpoint): Port {
  return endpoint % 65536;
}

/** @param ipv6 the text of `ipv6_addresses` for this endpoint, where it has one */
export function addressOf(endpoint: Endpoint, ipv6: string | null): Address {
  if (endpoint < firstIpv6Endpoint) return ipv4FromNumber(Math.floor(endpoint / 65536));
  // Only canonical addresses are ever written to that table.
  return (ipv6 ?? "::") as Address;
}

/** Orders IPv6 addresses by value, then by zone, when compared as plain bytes. */
export function ipv6SortKey(address: Address): string {
  const zone = address.indexOf("%");
  const value = addressToBigInt(address).toString(16).padStart(32, "0");
  return zone < 0 ? value : value + address.slice(zone);
}

export function isIpv4(address: Address): boolean {
  return familyOf(address) === 4;
}
