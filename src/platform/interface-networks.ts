import { existsSync, readFileSync } from "node:fs";
import os, { type NetworkInterfaceInfo } from "node:os";
import { type Address, parseAddress } from "../core/address.ts";
import { systemCode } from "../core/errors.ts";
import { type AddressRange, parseRange } from "../core/network.ts";

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

/** The networks of all interfaces that are up and have a carrier. Empty if they cannot be read. */
export function interfaceNetworks(): readonly InterfaceNetwork[] {
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
