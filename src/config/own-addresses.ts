import { type Address, parseAddress } from "../core/address.ts";
import { AddressSet, linkLocalRanges, localRanges } from "../core/network.ts";
import type { Interfaces } from "./local-networks.ts";

/** The addresses of this machine, for a scan of itself. */
export interface OwnAddresses {
  /** Loopback first, then private and IPv4 link-local addresses of interfaces that are up. */
  readonly scanned: readonly Address[];
  /** Public addresses: scanned only if configured. */
  readonly leftOut: readonly Address[];
}

/** A limit, because a machine with many containers has an interface for each. */
const maxAddresses = 16;

const nearby = new AddressSet(localRanges);
const linkLocal = new AddressSet(linkLocalRanges);

/** @param interfaces the result of `os.networkInterfaces()` */
export function ownAddresses(interfaces: Interfaces): OwnAddresses {
  const found = Object.values(interfaces).flatMap((entries) =>
    (entries ?? []).flatMap(({ address, family }) => {
      const parsed = parseAddress(address);
      // A link-local IPv6 address is valid on one interface only; services on it usually listen on :: as well.
      return parsed === undefined || (family === "IPv6" && linkLocal.has(parsed)) ? [] : [parsed];
    }),
  );
  const all = [...new Set<Address>([...loopback, ...found])];
  return {
    scanned: all.filter((address) => nearby.has(address)).slice(0, maxAddresses),
    leftOut: all.filter((address) => !nearby.has(address)),
  };
}

const loopback: readonly Address[] = ["127.0.0.1", "::1"].flatMap((text) => parseAddress(text) ?? []);
