import { type Address, addressToBigInt, familyOf } from "./address.ts";

/** The name under which DNS keeps the names of `address` (RFC 1035 section 3.5, RFC 3596 section 2.5). */
export function reverseNameOf(address: Address): string {
  if (familyOf(address) === 4) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  const nibbles = addressToBigInt(address).toString(16).padStart(32, "0");
  return `${[...nibbles].reverse().join(".")}.ip6.arpa`;
}
