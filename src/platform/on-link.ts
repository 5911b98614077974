import type { Address } from "../core/address.ts";
import type { Clock } from "../core/clock.ts";
import { AddressSet } from "../core/network.ts";
import { type InterfaceNetwork, interfaceNetworks } from "./interface-networks.ts";

/** The networks of interfaces rarely change. */
const freshMs = 60_000;

/**
 * Whether an IPv6 address is in a network of one of this machine's interfaces, except loopback. Each host there has an address
 * of its own. The interfaces are read again after a minute.
 * @param networks replaced in tests
 */
export function onLinkTest(clock: Clock, networks: () => readonly InterfaceNetwork[] = interfaceNetworks) {
  let known = new AddressSet([]);
  let readAt = Number.NEGATIVE_INFINITY;
  return (address: Address): boolean => {
    const now = clock.monotonic();
    if (now - readAt >= freshMs) {
      readAt = now;
      known = new AddressSet(networks().flatMap(({ range, isLoopback }) => (isLoopback ? [] : [range])));
    }
    return known.has(address);
  };
}
