import type { Address } from "./address.ts";

/** Six octets, lower-case hexadecimal with colons: `52:54:00:12:34:56`. Made by `parseMac` alone. */
export type Mac = string & { readonly __brand: "mac" };

/** Where a device's name comes from; earlier ones are shown before later ones. */
export const nameSources = ["owner", "dhcp", "dns", "mdns", "netbios"] as const;
export type NameSource = (typeof nameSources)[number];

export interface DeviceName {
  /** Made safe, bounded, without a trailing dot. */
  readonly name: string;
  readonly source: NameSource;
}

/** One entry of a neighbour table, or one answer to ARP or neighbour discovery: this device has this address now. */
export interface Neighbour {
  readonly address: Address;
  readonly mac: Mac;
  /** Name of the interface: `eth0`. */
  readonly link: string;
  /** It sent the IPv6 router flag, or it is the default gateway. */
  readonly isRouter?: boolean;
}

/** A device as it is remembered. */
export interface DeviceRecord {
  readonly mac: Mac;
  /** The owner's own name. */
  readonly name?: string | undefined;
  /** Its names from the network, best source first; without the owner's. */
  readonly names: readonly DeviceName[];
  /** Holder of the registered MAC prefix. */
  readonly vendor?: string | undefined;
  readonly approved: boolean;
  /** The current ones first, then the latest. Bounded. */
  readonly addresses: readonly DeviceAddress[];
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** `inherited`: another program knew it, and no survey has found it yet. */
  readonly state: "present" | "gone" | "flapping" | "inherited";
}

export interface DeviceAddress {
  readonly address: Address;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly isCurrent: boolean;
}

/** The device of a discovery, as it is known when the discovery is read. */
export interface DeviceBrief {
  readonly mac: Mac;
  /** The owner's name, else the best of the others. */
  readonly name?: string | undefined;
  readonly vendor?: string | undefined;
  /** A locally administered address, as phones make one for each network. */
  readonly randomised: boolean;
  readonly approved: boolean;
  readonly addresses: readonly Address[];
  /** It answered in the last survey that probed it, with open ports or without. */
  readonly isThere?: true | undefined;
}

/** A device on an own network that has the address of a peer. Text from outside, not yet made safe. */
export type PeerDevice = Pick<DeviceBrief, "mac" | "name" | "vendor">;

/** Reads a MAC address as systems and people write it: `52-54-0-12-34-56`, `5254.0012.3456`, `525400123456`. */
export function parseMac(text: string): Mac | undefined {
  const octets = octetsOf(text.trim());
  if (octets === undefined) return undefined;
  return octets.map((octet) => octet.toLowerCase().padStart(2, "0")).join(":") as Mac;
}

const separated = /^[0-9a-f]{1,2}(?:[:-][0-9a-f]{1,2}){5}$/i;
const dotted = /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i;
const bare = /^[0-9a-f]{12}$/i;

function octetsOf(text: string): readonly string[] | undefined {
  if (text.length > 17) return undefined;
  if (separated.test(text)) return text.split(/[:-]/);
  if (!dotted.test(text) && !bare.test(text)) return undefined;
  return text.replaceAll(".", "").match(/../g) ?? undefined;
}

/**
 * Whether this address is not registered: the locally administered bit is set (IEEE 802, 0x02 of the first octet).
 * Phones make such addresses by chance for each network. 52:54:00 has the bit, too, but is the fixed prefix of QEMU
 * and KVM guests.
 */
export function isRandomised(mac: Mac): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 2) !== 0 && !mac.startsWith("52:54:00");
}

/** Whether it names one device: neither a group address (0x01 of the first octet) nor all zeros. */
export function isUnicastMac(mac: Mac): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0 && mac !== "00:00:00:00:00:00";
}
