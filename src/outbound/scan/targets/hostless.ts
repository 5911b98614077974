import { addressToBigInt } from "../../../core/address.ts";
import {
  type AddressRange,
  formatRange,
  hostlessRanges,
  intersectRanges,
  mergeRanges,
  subtractRanges,
} from "../../../core/network.ts";
import type { InterfaceNetwork } from "../../../platform/interface-networks.ts";

/** Ranges that a note lists. */
const shown = 4;

/**
 * Addresses that cannot be hosts: multicast and reserved ones, and on the networks of this machine the network and the broadcast
 * address of an IPv4 network (not of a /31 or /32, RFC 3021) and the Subnet-Router anycast address of an IPv6 network (RFC 4291
 * section 2.6.1; not of a /127 or /128, RFC 6164). Broadcast addresses behind a router are not known, so they are probed.
 */
export function hostlessAddresses(networks: readonly InterfaceNetwork[]): AddressRange[] {
  const edges = networks.flatMap(({ range, prefixLength }) => {
    const { family, first, last } = range;
    if (family === 4) return prefixLength > 30 ? [] : [one(4, first), one(4, last)];
    return prefixLength > 126 ? [] : [one(6, first)];
  });
  // Where an interface has such an address in another's network, it is a host: this machine.
  const own = networks.map(({ range, address }) => one(range.family, addressToBigInt(address)));
  return mergeRanges([...hostlessRanges, ...subtractRanges(edges, own)]);
}

function one(family: 4 | 6, value: bigint): AddressRange {
  return { family, first: value, last: value };
}

/** `ranges` without the addresses that cannot be hosts, and these. */
export function splitHostless(
  ranges: readonly AddressRange[],
  hostless: readonly AddressRange[],
): { readonly hosts: readonly AddressRange[]; readonly leftOut: readonly AddressRange[] } {
  const leftOut = intersectRanges(ranges, hostless);
  return { hosts: leftOut.length === 0 ? ranges : subtractRanges(ranges, leftOut), leftOut };
}

/** `10.0.0.0, 10.0.0.255 and 3 more`; `10.0.0.0, 10.0.0.255 and others` where these are not all. */
export function nameRanges(ranges: readonly AddressRange[], { areAll = true } = {}): string {
  const first = ranges.slice(0, shown).map(formatRange);
  if (!areAll) return `${first.join(", ")} and others`;
  const more = ranges.length - first.length;
  return more === 0 ? joinWithAnd(first) : `${first.join(", ")} and ${more} more`;
}

function joinWithAnd(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join() : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
}

/** The note about addresses that were left out; `undefined` where there are none. */
export function describeLeftOut(leftOut: readonly AddressRange[]): string | undefined {
  if (leftOut.length === 0) return undefined;
  return `Left out of the scan, because no host can have such an address (network, broadcast, multicast, reserved): ${nameRanges(leftOut)}`;
}
