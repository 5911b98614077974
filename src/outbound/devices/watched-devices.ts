import { type Address, familyOf } from "../../core/address.ts";
import type { DeviceRecord, Mac, Neighbour } from "../../core/device.ts";
import type { Link } from "../../core/link-survey.ts";
import { type AddressRange, AddressSet, rangeSize, subtractRanges } from "../../core/network.ts";

/** Addresses of known devices that one survey probes in addition to its ranges. */
const maxKnown = 4096;

/**
 * Addresses of known devices to probe for a watch. IPv6 addresses are included where the device has an IPv4 address in
 * `ranges`, or no IPv4 address: IPv6 ranges are never swept.
 */
export function addressesToProbe(known: readonly DeviceRecord[], ranges: readonly AddressRange[]): Address[] {
  const inRanges = new AddressSet(ranges);
  const present = known.filter(({ state }) => state !== "gone").sort((a, b) => b.lastSeen - a.lastSeen);
  return present
    .flatMap((device) => {
      const current = device.addresses.filter(({ isCurrent }) => isCurrent).map(({ address }) => address);
      const four = current.filter((address) => familyOf(address) === 4);
      const watched = four.filter((address) => inRanges.has(address));
      const six = current.filter((address) => familyOf(address) === 6);
      return four.length === 0 || watched.length > 0
        ? [...watched, ...six]
        : six.filter((address) => inRanges.has(address));
    })
    .slice(0, maxKnown);
}

/**
 * The devices of a watch among those that answered: devices that have or had an address in its ranges, and devices without
 * an IPv4 address on a network of which the watch covers at least half. A watch of three hosts does not report
 * their neighbours.
 */
export function devicesOfWatch(
  present: readonly Neighbour[],
  watch: {
    readonly ranges: readonly AddressRange[];
    readonly links: readonly Link[];
    /** Whether the device had an address in the ranges before. */
    readonly isKnown: (mac: Mac) => boolean;
  },
): Neighbour[] {
  const inRanges = new AddressSet(watch.ranges);
  const covered = linksCovered(watch.links, watch.ranges);
  return [...Map.groupBy(present, ({ mac }) => mac)].flatMap(([mac, neighbours]) => {
    const isIpv6Only = neighbours.every(({ address }) => familyOf(address) === 6);
    const isMine =
      watch.isKnown(mac) ||
      neighbours.some(({ address, link }) => inRanges.has(address) || (isIpv6Only && covered.has(link)));
    return isMine ? neighbours : [];
  });
}

/** Names of links of which at least half is covered. */
function linksCovered(links: readonly Link[], ranges: readonly AddressRange[]): ReadonlySet<string> {
  const isCovered = ({ range }: Link) => {
    const left = subtractRanges([range], ranges).reduce((sum, each) => sum + rangeSize(each), 0n);
    return left * 2n <= rangeSize(range);
  };
  return new Set(links.filter(isCovered).map(({ name }) => name));
}
