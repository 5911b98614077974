import { readFileSync } from "node:fs";
import os from "node:os";
import type { AddressRange } from "../../../core/network.ts";
import { AddressSet, parseRange, rangeSize, subtractRanges } from "../../../core/network.ts";
import type { TargetSpace } from "../targets/target-space.ts";
import { Pace } from "./pace.ts";

/**
 * The neighbour table: before this machine can send to an address on its own link it must learn the MAC address, and
 * each address that does not answer occupies an entry for about three seconds. Linux keeps 1,024 entries by default
 * (`gc_thresh3`); past that a SYN is dropped without an error, and whole networks look silent.
 */
export interface NeighbourTable {
  /** Addresses that are reached without a router. */
  readonly onLink: readonly AddressRange[];
  /** Entries that the table holds. */
  readonly entries: number;
}

const usualEntries = 1024;
/** ARP and neighbour discovery ask three times, a second apart (RFC 4861 section 10); then the entry can be reused. */
const occupiedMs = 3500;

export function neighbourTable(): NeighbourTable {
  return { onLink: [...interfaceRanges(), ...gatewaylessRoutes()], entries: tableEntries() };
}

function interfaceRanges(): AddressRange[] {
  try {
    const known = Object.values(os.networkInterfaces()).flatMap((addresses) => addresses ?? []);
    return known.flatMap(({ cidr, internal }) => (internal || cidr === null ? [] : (parseRange(cidr) ?? [])));
  } catch {
    // Without a free descriptor even this question fails; the scan itself will say so.
    return [];
  }
}

/** IPv4 routes of Linux that name an interface but no gateway. */
function gatewaylessRoutes(): AddressRange[] {
  const text = readOptional("/proc/net/route");
  return text.split("\n").flatMap((line): AddressRange[] => {
    const [link, destination, gateway, , , , , mask] = line.split("\t");
    if (link === undefined || link === "lo" || destination === undefined || mask === undefined) return [];
    if (gateway !== "00000000" || mask === "00000000") return [];
    const first = littleEndian(destination);
    const length = littleEndian(mask) ^ 0xffff_ffffn;
    return [{ family: 4, first, last: first + length }];
  });
}

function littleEndian(hex: string): bigint {
  return /^[0-9A-F]{8}$/.test(hex) ? BigInt(Buffer.from(hex, "hex").readUInt32LE()) : 0n;
}

function tableEntries(): number {
  const value = Number(readOptional("/proc/sys/net/ipv4/neigh/default/gc_thresh3"));
  return Number.isInteger(value) && value > 0 ? value : usualEntries;
}

function readOptional(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

/** Slows down probes to addresses on the own link, where these are more than the neighbour table holds. */
export class NeighbourPace {
  readonly #onLink: AddressSet;
  readonly #pace: Pace;
  readonly isNeeded: boolean;

  constructor(table: NeighbourTable, targets: readonly AddressRange[]) {
    const elsewhere = subtractRanges(targets, table.onLink);
    const onLink = countAll(targets) - countAll(elsewhere);
    // What is sent at once and what is sent while those entries age must fit together, with room for other traffic.
    const burst = Math.max(1, Math.floor((table.entries * 3) / 8));
    this.isNeeded = onLink > BigInt(burst);
    this.#onLink = new AddressSet(this.isNeeded ? table.onLink : []);
    this.#pace = new Pace({ perSecond: burst * (1000 / occupiedMs), burst });
  }

  /** Takes the next moment for this address. @returns when, on the clock of `now` */
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
