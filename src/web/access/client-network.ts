import { type Address, addressFromBigInt, addressToBigInt, familyOf } from "../../core/address.ts";

/** What limits for each client count: whoever has an IPv6 address usually has its whole /64. */
export function clientNetwork(address: Address): Address {
  if (familyOf(address) === 4) return address;
  return addressFromBigInt((addressToBigInt(address) >> 64n) << 64n, 6);
}
