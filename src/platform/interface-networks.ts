import { existsSync, readFileSync } from "node:fs";
import os, { type NetworkInterfaceInfo } from "node:os";
import { type Address, parseAddress } from "../core/address.ts";
import { systemCode } from "../core/errors.ts";
import { type AddressRange, AddressSet, loopbackRanges, parseRange } from "../core/network.ts";
import { interfaceOfLabel } from "./interface-names.ts";
import { type KernelAddresses, kernelAddresses, type OnLinkRoute4, onLinkRoutes4 } from "./kernel-addresses.ts";

/** The network of an interface of this machine. */
export interface InterfaceNetwork {
  readonly link: string;
  /** This machine's address in it, without a zone. */
  readonly address: Address;
  readonly range: AddressRange;
  /** Prefix length of `range`, in bits. */
  readonly prefixLength: number;
  readonly isLoopback: boolean;
}

/**
 * The networks of all interfaces that are up; on Linux also of those without a carrier, whose addresses are still this machine's.
 * Empty if they cannot be read.
 */
export function interfaceNetworks(): readonly InterfaceNetwork[] {
  const listed = listedNetworks();
  return [...listed, ...withoutCarrier(listed, kernelAddresses(), onLinkRoutes4)];
}

function listedNetworks(): readonly InterfaceNetwork[] {
  try {
    return networksOf(os.networkInterfaces());
  } catch {
    // Fails if no descriptor is free; the caller reports the shortage.
    return [];
  }
}

/** @param interfaces the result of `os.networkInterfaces()` */
export function networksOf(
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): readonly InterfaceNetwork[] {
  return Object.entries(interfaces).flatMap(([link, addresses]) =>
    (addresses ?? []).flatMap(({ address: text, cidr, internal: isLoopback }): InterfaceNetwork[] => {
      const address = parseAddress(text);
      const range = cidr === null ? undefined : parseRange(cidr);
      if (address === undefined || range === undefined || cidr === null) return [];
      const prefixLength = Number(cidr.slice(cidr.indexOf("/") + 1));
      return [{ link, address, range, prefixLength, isLoopback }];
    }),
  );
}

const loopback = new AddressSet(loopbackRanges);

/**
 * The networks of addresses that the kernel knows and `os.networkInterfaces()` did not list, as of an unplugged cable. The network of an
 * IPv4 address is the smallest that a route shows; without one (the interface is down) the address is a network of its own on loopback.
 * @param routes called only if it is needed
 */
export function withoutCarrier(
  listed: readonly InterfaceNetwork[],
  { local4, interfaces6 }: KernelAddresses,
  routes: () => readonly OnLinkRoute4[],
): readonly InterfaceNetwork[] {
  // Several interfaces may have the same link-local address.
  const known = new Set(listed.flatMap(({ link, address }) => [address, `${address}%${interfaceOfLabel(link)}`]));
  const unlisted4 = local4.addresses.filter((address) => !known.has(address) && !loopback.has(address));
  const routeTo = unlisted4.length === 0 ? () => undefined : smallestRoute(routes());
  const four = unlisted4.flatMap((address): InterfaceNetwork[] => {
    const own = parseRange(address);
    if (own === undefined) return [];
    const route = routeTo(own.first);
    if (route === undefined) return [{ link: "lo", address, range: own, prefixLength: 32, isLoopback: true }];
    return [{ ...route, address, isLoopback: false }];
  });
  const six = interfaces6.flatMap(({ link, address, prefixLength }): InterfaceNetwork[] => {
    if (known.has(`${address}%${link}`) || loopback.has(address)) return [];
    const range = parseRange(`${address}/${prefixLength}`);
    return range === undefined ? [] : [{ link, address, range, prefixLength, isLoopback: false }];
  });
  return [...four, ...six];
}

/** Finds the smallest network that has an address; one look-up for each prefix length, because there may be thousands of both. */
function smallestRoute(routes: readonly OnLinkRoute4[]): (address: bigint) => OnLinkRoute4 | undefined {
  const byLength = [...Map.groupBy(routes, ({ prefixLength }) => prefixLength)]
    .sort(([a], [b]) => b - a)
    .map(([length, all]) => ({
      hostBits: BigInt(32 - length),
      networks: new Map(all.map((route) => [route.range.first, route])),
    }));
  return (address) => {
    for (const { hostBits, networks } of byLength) {
      const found = networks.get((address >> hostBits) << hostBits);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** IFF_NOARP of Linux's if.h. */
const noArp = 0x80;

/** Whether an interface learns MAC addresses (ARP, neighbour discovery): tunnels do not. True if unknown. */
export function learnsNeighbours(link: string): boolean {
  try {
    const flags = Number(readFileSync(`/sys/class/net/${link}/flags`, "latin1"));
    return Number.isNaN(flags) || (flags & noArp) === 0;
  } catch {
    return true;
  }
}

/** Whether this machine has the interface, whether it is up or not. False if unknown. */
export function interfaceExists(link: string): boolean {
  return /^(?!\.{1,2}$)[^/]+$/.test(link) && existsSync(`/sys/class/net/${link}`);
}

/** Whether an interface has a carrier: a cable, a radio link. True if unknown; false if the interface is gone. */
export function hasCarrier(link: string): boolean {
  try {
    return readFileSync(`/sys/class/net/${link}/carrier`, "latin1").trim() !== "0";
  } catch (error) {
    // An interface that is down returns EINVAL.
    if (systemCode(error) === "EINVAL") return false;
    return !existsSync("/sys/class/net") || existsSync(`/sys/class/net/${link}`);
  }
}
