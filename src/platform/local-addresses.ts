import os from "node:os";
import { type Address, parseAddress } from "../core/address.ts";
import { AddressSet, loopbackRanges } from "../core/network.ts";

const loopback = new AddressSet(loopbackRanges);

/** Whether an address belongs to this machine, according to its current interfaces. */
export function localAddressTest(): (address: Address) => boolean {
  const known = new Set<string>();
  for (const addresses of Object.values(os.networkInterfaces())) {
    for (const { address } of addresses ?? []) known.add(withoutZone(parseAddress(address) ?? address));
  }
  return (address) => loopback.has(address) || known.has(withoutZone(address));
}

function withoutZone(address: string): string {
  return address.split("%", 1)[0] ?? address;
}
