import { type AddressRange, localRanges, subtractRanges } from "../../../core/network.ts";

/** What may be probed at all. */
export interface Scope {
  /** Added to the private, loopback and link-local addresses, which are always allowed. */
  readonly allow: readonly AddressRange[];
  /** Never probed, even if a target or `allow` lists it. */
  readonly exclude: readonly AddressRange[];
}

/** Private, loopback and link-local addresses only: a typing error must not probe machines of others. */
export const defaultScope: Scope = { allow: [], exclude: [] };

/** The part of `ranges` that lies outside what `scope` allows. */
export function outOfScope(ranges: readonly AddressRange[], scope: Scope): AddressRange[] {
  return subtractRanges(ranges, [...localRanges, ...scope.allow]);
}
