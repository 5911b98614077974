import { type Address, familyOf } from "../../core/address.ts";
import type { Connection } from "../../core/connection.ts";
import { type AddressRange, AddressSet, linkLocalRanges, loopbackRanges, privateRanges } from "../../core/network.ts";
import type { Port } from "../../core/ports.ts";

export interface IgnoreSettings {
  /** Nobody is told of connections from this machine: health checks of containers. */
  readonly loopback: boolean;
  /** Nor of those that this machine makes to itself by another of its addresses: its own scans. */
  readonly thisMachine: boolean;
  /** Nor of those from private and link-local networks. */
  readonly privates: boolean;
  /** Nor of those from these addresses. */
  readonly networks: readonly AddressRange[];
  /** Nor of those to these of our ports. */
  readonly ports: readonly Port[];
  /** Nor of those from these addresses to these of our ports. */
  readonly pairs: readonly IgnoredPair[];
  /** What nobody is told of is not recorded either. */
  readonly alsoUnrecorded: boolean;
}

interface IgnoredPair {
  readonly networks: readonly AddressRange[];
  readonly ports: readonly Port[];
}

/**
 * What is done with a connection.
 * - `alert`: recorded, and it may become an alert.
 * - `record`: recorded; nobody is told.
 * - `drop`: neither.
 */
export type Handling = "alert" | "record" | "drop";

export const ignoreNothing: IgnoreSettings = {
  loopback: false,
  thisMachine: false,
  privates: false,
  networks: [],
  ports: [],
  pairs: [],
  alsoUnrecorded: false,
};

/** Rules about connections that are nobody's business. Prepared once; a question about an IPv4 peer allocates nothing. */
export class IgnoreRules {
  readonly #networks: AddressSet;
  readonly #hasIpv6: boolean;
  readonly #ports: Uint8Array | undefined;
  readonly #pairs: readonly { readonly networks: AddressSet; readonly ports: Uint8Array }[];
  readonly #ignored: Handling;
  /** For connections of this machine to itself: see {@link isOfThisMachine}. */
  readonly ofThisMachine: Handling;

  constructor(settings: IgnoreSettings) {
    const ranges = [
      ...(settings.loopback ? loopbackRanges : []),
      ...(settings.privates ? [...privateRanges, ...linkLocalRanges] : []),
      ...settings.networks,
    ];
    this.#networks = new AddressSet(ranges);
    this.#hasIpv6 = ranges.some((range) => range.family === 6);
    this.#ports = settings.ports.length === 0 ? undefined : portMap(settings.ports);
    this.#pairs = settings.pairs.map((pair) => ({
      networks: new AddressSet(pair.networks),
      ports: portMap(pair.ports),
    }));
    this.#ignored = settings.alsoUnrecorded ? "drop" : "record";
    this.ofThisMachine = settings.thisMachine ? this.#ignored : "alert";
  }

  /** What is done with a whole connection: {@link handlingFrom}, and whether it comes from this machine by its own address. */
  handlingOf(connection: Pick<Connection, "peer" | "local" | "via">): Handling {
    if (isOfProxy(connection)) return "record";
    if (this.ofThisMachine !== "alert" && isOfThisMachine(connection)) return this.ofThisMachine;
    return this.handlingFrom(connection.peer.address, connection.local.port);
  }

  /** @param port ours, that the peer connected to */
  handlingFrom(peer: Address, port: Port): Handling {
    if (this.#ports?.[port] === 1) return this.#ignored;
    // An IPv6 address becomes a large number to be compared: not where no rule is about one.
    if ((this.#hasIpv6 || familyOf(peer) === 4) && this.#networks.has(peer)) return this.#ignored;
    for (const pair of this.#pairs) {
      if (pair.ports[port] === 1 && pair.networks.has(peer)) return this.#ignored;
    }
    return "alert";
  }
}

/** A trusted proxy made it for itself: its header named no client, or the proxy. Nobody is told of its health checks. */
export function isOfProxy({ peer, via }: Pick<Connection, "peer" | "via">): boolean {
  return via !== undefined && via.address === peer.address;
}

/** Whoever speaks from the very address that it speaks to is this machine: its own scan, a health check. */
export function isOfThisMachine({ peer, local, via }: Pick<Connection, "peer" | "local" | "via">): boolean {
  return peer.address === local.address && via === undefined;
}

function portMap(ports: readonly Port[]): Uint8Array {
  const map = new Uint8Array(65536);
  for (const port of ports) map[port] = 1;
  return map;
}
