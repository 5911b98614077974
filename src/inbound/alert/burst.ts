import type { Address } from "../../core/address.ts";
import type { ProtocolName } from "../../core/identification.ts";
import type { Port } from "../../core/ports.ts";

/** Suppressed connections of one address, or of one network. */
export interface Burst {
  /** The address that made the last connection. */
  readonly address: Address;
  /** The IPv6 /64 whose addresses share a cooldown. */
  readonly network?: string | undefined;
  /** How many addresses of the network, including the one of the last alert; at most {@link maxBurstAddresses}. Absent: one. */
  readonly addresses?: number;
  /** There were more. */
  readonly moreAddresses?: boolean;
  readonly connections: number;
  /** Milliseconds since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Local ports; the first {@link maxBurstPorts} of them, sorted. */
  readonly ports: readonly Port[];
  /** There were more. */
  readonly morePorts: boolean;
  /** The most frequent first. */
  readonly protocols: readonly ProtocolCount[];
}

export interface ProtocolCount {
  readonly protocol: ProtocolName;
  readonly connections: number;
}

/** The part of a connection that is counted. */
export interface CountedConnection {
  readonly address: Address;
  readonly port: Port;
  readonly protocol: ProtocolName;
  readonly at: number;
}

/** Many bursts are in memory at once, and their lists are searched linearly. */
const maxBurstPorts = 32;
const maxBurstAddresses = 32;

/** Counts the connections of a burst. */
export class BurstCount {
  #connections = 0;
  #firstAt = 0;
  #lastAt = 0;
  readonly #ports: Port[] = [];
  #morePorts = false;
  readonly #addresses: Address[] = [];
  #moreAddresses = false;
  readonly #protocols = new Map<ProtocolName, number>();

  get connections(): number {
    return this.#connections;
  }

  add({ address, at, port, protocol }: CountedConnection): void {
    if (this.#connections === 0 || at < this.#firstAt) this.#firstAt = at;
    if (this.#connections === 0 || at > this.#lastAt) this.#lastAt = at;
    this.#connections += 1;
    this.#protocols.set(protocol, (this.#protocols.get(protocol) ?? 0) + 1);
    if (!this.#addresses.includes(address)) {
      if (this.#addresses.length < maxBurstAddresses) this.#addresses.push(address);
      else this.#moreAddresses = true;
    }
    if (this.#ports.includes(port)) return;
    if (this.#ports.length < maxBurstPorts) this.#ports.push(port);
    else this.#morePorts = true;
  }

  /** @param alerted the address of the last alert; it counts as one of the addresses */
  read(address: Address, alerted?: Address): Burst {
    const others = alerted === undefined || this.#addresses.includes(alerted) ? 0 : 1;
    const addresses = Math.min(this.#addresses.length + others, maxBurstAddresses);
    const isMore = this.#moreAddresses || this.#addresses.length + others > maxBurstAddresses;
    return {
      address,
      ...(addresses > 1 ? { addresses } : {}),
      ...(isMore ? { moreAddresses: true } : {}),
      connections: this.#connections,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      ports: this.#ports.toSorted((one, other) => one - other),
      morePorts: this.#morePorts,
      protocols: protocolCounts(this.#protocols),
    };
  }
}

export function protocolCounts(counts: ReadonlyMap<ProtocolName, number>): ProtocolCount[] {
  return [...counts]
    .map(([protocol, connections]) => ({ protocol, connections }))
    .sort((one, other) => other.connections - one.connections || (one.protocol < other.protocol ? -1 : 1));
}

/** The IPv6 /64 of a burst, where more than one address of it connected. */
export function sharedNetwork({ network, addresses = 1 }: Burst): string | undefined {
  return addresses > 1 ? network : undefined;
}
