import { readFileSync } from "node:fs";
import os from "node:os";
import { type Address, addressFromBigInt, parseAddress } from "../core/address.ts";
import { isUnicastMac, type Mac, parseMac } from "../core/device.ts";
import type { Link } from "../core/link-survey.ts";
import { type AddressRange, parseRange, rangeSize } from "../core/network.ts";
import { interfaceOfLabel } from "./interface-names.ts";
import { kernelAddresses } from "./kernel-addresses.ts";
import { zoned } from "./neighbours/zoned.ts";

/**
 * The IPv4 networks of this machine: one for each address of each interface that is up and has a carrier, because without one no neighbour
 * can answer. Loopback, interfaces without a MAC
 * address (tunnels) and networks of one address have no neighbours and are omitted.
 */
export function ownLinks(): readonly Link[] {
  return allLinks().filter((link) => link.range.family === 4 && rangeSize(link.range) > 1n);
}

/** The same for IPv6; link-local addresses have their zone. A network of one address is this machine's own. */
export function ownIpv6Links(): readonly Link[] {
  return allLinks().filter((link) => link.range.family === 6);
}

function allLinks(): readonly Link[] {
  return interfaceEntries().flatMap(({ name, entry }): Link[] => {
    const range = entry.internal || entry.cidr === null ? undefined : parseRange(entry.cidr);
    const address = parseAddress(entry.address);
    const mac = parseMac(entry.mac);
    if (range === undefined || address === undefined || mac === undefined || !isUnicastMac(mac)) return [];
    return [{ name, range, address: zoned(address, zoneOf(name, entry)), mac }];
  });
}

interface InterfaceEntry {
  /** Of the interface. */
  readonly name: string;
  readonly entry: os.NetworkInterfaceInfo;
}

function interfaceEntries(): readonly InterfaceEntry[] {
  try {
    return Object.entries(os.networkInterfaces()).flatMap(([label, entries]) =>
      (entries ?? []).map((entry) => ({ name: interfaceOfLabel(label), entry })),
    );
  } catch {
    // Fails if no descriptor is free; every probe would fail then, too.
    return [];
  }
}

/** The zone is a number on Windows, and the name of the interface on other systems. */
function zoneOf(name: string, entry: os.NetworkInterfaceInfo): string {
  return process.platform === "win32" && entry.family === "IPv6" ? String(entry.scopeid) : name;
}

/**
 * All addresses of this machine, also those of loopback and, on Linux, of interfaces without a carrier; link-local IPv6 addresses have
 * their zone.
 */
export function ownAddresses(): readonly Address[] {
  const listed = interfaceEntries().flatMap(({ name, entry }) => {
    const address = parseAddress(entry.address);
    return address === undefined ? [] : [zoned(address, zoneOf(name, entry))];
  });
  const { local4, interfaces6 } = kernelAddresses();
  const others = interfaces6.map(({ address, link }) => zoned(address, link));
  return [...new Set([...listed, ...local4.addresses, ...others])];
}

/** MAC addresses of this machine, which are not neighbours. */
export function ownMacs(): ReadonlySet<Mac> {
  return new Set(interfaceEntries().flatMap(({ entry }) => parseMac(entry.mac) ?? []));
}

/** Routers of default routes; only Linux lists them in a file. */
export function defaultGateways(): readonly Address[] {
  return [...gateways4(readOptional("/proc/net/route")), ...gateways6(readOptional("/proc/net/ipv6_route"))];
}

/** Columns of `/proc/net/route`: interface, destination, gateway, flags, ..., mask; numbers in the machine's byte order. */
export function gateways4(text: string): readonly Address[] {
  return text.split("\n", maxRoutes).flatMap((line): Address[] => {
    const [, destination, gateway = "", , , , , mask] = line.split("\t", 9);
    if (destination !== "00000000" || mask !== "00000000" || !/^[0-9A-F]{8}$/.test(gateway)) return [];
    const bytes = Buffer.from(gateway, "hex");
    const value = os.endianness() === "LE" ? bytes.readUInt32LE() : bytes.readUInt32BE();
    return value === 0 ? [] : [addressFromBigInt(BigInt(value), 4)];
  });
}

/** Columns of `/proc/net/ipv6_route`: destination, its prefix length, source, its length, next hop, ..., interface. */
export function gateways6(text: string): readonly Address[] {
  return text.split("\n", maxRoutes).flatMap((line): Address[] => {
    const [destination = "", length, , , hop = "", , , , , link = ""] = line.trim().split(/\s+/, 10);
    if (!/^0{32}$/.test(destination) || length !== "00" || !/^[0-9a-f]{32}$/.test(hop) || /^0{32}$/.test(hop))
      return [];
    return [zoned(addressFromBigInt(BigInt(`0x${hop}`), 6), link)];
  });
}

/** IPv6 networks that an interface reaches without a router, from its routes: the address alone may be a /128 of DHCPv6. */
export function onLinkRoutes6(
  text = readOptional("/proc/net/ipv6_route"),
): readonly { link: string; range: AddressRange }[] {
  return text.split("\n", maxRoutes).flatMap((line): { link: string; range: AddressRange }[] => {
    const [destination = "", length = "", , , hop = "", , , , , link = ""] = line.trim().split(/\s+/, 10);
    if (!/^[0-9a-f]{32}$/.test(destination) || !/^[0-9a-f]{2}$/.test(length) || !/^0{32}$/.test(hop)) return [];
    const bits = Number.parseInt(length, 16);
    // Omits default routes, multicast (ff00::/8), and /128, which is a single host.
    if (bits < 8 || bits > 127 || link === "" || link === "lo" || destination.startsWith("ff")) return [];
    const range = parseRange(`${addressFromBigInt(BigInt(`0x${destination}`), 6)}/${bits}`);
    return range === undefined ? [] : [{ link, range }];
  });
}

const maxRoutes = 20_000;

function readOptional(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
