import { readFileSync } from "node:fs";
import { familyOf, ipv4ToNumber, parseAddress } from "../../../core/address.ts";
import type { AddressRange } from "../../../core/network.ts";
import { AddressSet, parseRange, rangeSize, subtractRanges } from "../../../core/network.ts";
import { hasCarrier, interfaceNetworks, learnsNeighbours } from "../../../platform/interface-networks.ts";
import { neighbourTableEntries } from "../../../platform/neighbours/neighbour-limit.ts";
import type { TargetSpace } from "../targets/target-space.ts";
import { Pace } from "./pace.ts";
import { gatewaylessRoutes, type LinkRange, type Route, systemRoutes } from "./routes.ts";

/**
 * The neighbour table: before this machine can send to an address on its own link it must learn the MAC address, and
 * each address that does not answer occupies an entry for about three seconds. Linux keeps 1,024 entries by default
 * (`gc_thresh3`); past that a SYN is dropped without an error, and whole networks look silent.
 */
export interface NeighbourTable {
  /** Addresses that are reached without a router, and through which interface. */
  readonly onLink: readonly LinkRange[];
  /** Through which interface this machine sends; none where the system does not show it. */
  readonly routes: readonly Route[];
  /** Entries that the table holds. */
  readonly entries: number;
  /** The IPv4 entries now; `undefined` where the system does not show them. */
  readonly read: () => NeighbourStates | undefined;
  /** Whether the interface exists and has a link now. */
  readonly isUp: (link: string) => boolean;
}

/** The entry of each IPv4 address that has one, by its number: whether the MAC address is known. */
export type NeighbourStates = ReadonlyMap<number, "resolved" | "unresolved">;

/** ARP and neighbour discovery send three requests, a second apart (RFC 4861 section 10); then the entry can be reused. */
const occupiedMs = 3500;

export function neighbourTable(): NeighbourTable {
  const routes = systemRoutes();
  return {
    onLink: [...interfaceRanges(), ...gatewaylessRoutes(routes)],
    routes: [...ownRoutes(), ...routes],
    entries: neighbourTableEntries(),
    read: readArpTable,
    isUp: hasCarrier,
  };
}

function interfaceRanges(): LinkRange[] {
  return interfaceNetworks().flatMap(({ link, range, isLoopback }) =>
    isLoopback || !learnsNeighbours(link) ? [] : [{ ...range, link }],
  );
}

/** What this machine sends to itself uses no link. */
function ownRoutes(): Route[] {
  return interfaceNetworks().flatMap(({ address, range, isLoopback }): Route[] => {
    const own = isLoopback ? range : parseRange(address);
    return own === undefined ? [] : [{ ...own, link: "lo", hasGateway: false, metric: 0 }];
  });
}

/** Linux's /proc/net/arp (arp(7)), readable by every user. */
function readArpTable(): NeighbourStates | undefined {
  const text = readOptional("/proc/net/arp");
  return text === "" ? undefined : parseArpTable(text);
}

/** ATF_COM of Linux's if_arp.h: the MAC address is known. */
const isComplete = 0x02;

/** Parses /proc/net/arp; lines that are not an IPv4 entry are skipped. */
export function parseArpTable(text: string): NeighbourStates {
  const states = new Map<number, "resolved" | "unresolved">();
  for (const line of text.split("\n")) {
    const [address = "", , flags = ""] = line.split(/\s+/, 3);
    const parsed = parseAddress(address);
    if (parsed === undefined || familyOf(parsed) === 6 || !/^0x[0-9a-f]+$/.test(flags)) continue;
    const number = ipv4ToNumber(parsed);
    // An address may have an entry on several interfaces.
    if (states.get(number) === "resolved") continue;
    states.set(number, (Number(flags) & isComplete) === 0 ? "unresolved" : "resolved");
  }
  return states;
}

/** Entries that are not in lasting use; those without a MAC address expire by themselves. */
export function freeEntries({ entries, read }: NeighbourTable): number {
  let resolved = 0;
  for (const state of read()?.values() ?? []) if (state === "resolved") resolved += 1;
  return entries - resolved;
}

function readOptional(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

/** Slows down probes to addresses on the own link, where there are more of these than the neighbour table holds. */
export class NeighbourPace {
  readonly #onLink: AddressSet;
  readonly #pace: Pace;
  readonly isNeeded: boolean;

  constructor(table: Pick<NeighbourTable, "onLink" | "entries">, targets: readonly AddressRange[]) {
    const elsewhere = subtractRanges(targets, table.onLink);
    const onLink = countAll(targets) - countAll(elsewhere);
    // The entries of a burst, and of what is sent while they age, must fit into the table, with room for other traffic.
    const burst = Math.max(1, Math.floor((table.entries * 3) / 8));
    this.isNeeded = onLink > BigInt(burst);
    this.#onLink = new AddressSet(this.isNeeded ? table.onLink : []);
    this.#pace = new Pace({ perSecond: burst * (1000 / occupiedMs), burst });
  }

  /** Reserves the next moment for this address. @returns that moment, on the clock of `now` */
  reserve(space: TargetSpace, index: number, now: number): number {
    if (!this.isNeeded) return now;
    const key = space.hostKeyAt(index);
    const isOnLink = key >= 0 ? this.#onLink.hasIpv4(key) : this.#onLink.has(space.addressAt(index));
    if (!isOnLink) return now;
    const due = now + this.#pace.waitMs(now);
    this.#pace.spend(now);
    return due;
  }
}

function countAll(ranges: readonly AddressRange[]): bigint {
  return ranges.reduce((sum, range) => sum + rangeSize(range), 0n);
}
