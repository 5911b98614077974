import { type Address, familyOf } from "../../core/address.ts";
import { type AddressRange, AddressSet, localRanges, parseRange } from "../../core/network.ts";

/** "This network" and the unspecified address, deprecated site-local, local-use NAT64 (RFC 6890, 3879, 8215). */
const otherInternalRanges: readonly AddressRange[] = ["0.0.0.0/8", "::", "fec0::/10", "64:ff9b:1::/48"].flatMap(
  (text) => parseRange(text) ?? [],
);

const internal = new AddressSet([...localRanges, ...otherInternalRanges]);

/**
 * Whether an address is globally unique. Only such an address has a place, and only such an address is sent to
 * services.
 */
export function isPublicAddress(address: Address): boolean {
  if (familyOf(address) === 6 && address.includes("%")) return false;
  return !internal.has(address);
}
