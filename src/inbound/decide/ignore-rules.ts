import { type Address, familyOf } from "../../core/address.ts";
import type { Connection } from "../../core/connection.ts";
import { type AddressRange, AddressSet, linkLocalRanges, loopbackRanges, privateRanges } from "../../core/network.ts";
import type { Port } from "../../core/ports.ts";

export interface IgnoreSettings {
  /** No alerts about connections from loopback: health checks of containers. */
  readonly loopback: boolean;
  /** No alerts about connections that this machine makes to itself from its other addresses: its own scans. */
  readonly thisMachine: boolean;
  /** No alerts about connections from private and link-local networks. */
  readonly privates: boolean;
  /** No alerts about connections from these addresses. */
  readonly networks: readonly AddressRange[];
  /** No alerts about connections to these local ports. */
  readonly ports: readonly Port[];
  /** No alerts about connections from these addresses to these local ports. */
  readonly pairs: readonly IgnoredPair[];
  /** Ignored connections are not recorded either. */
  readonly alsoUnrecorded: boolean;
}

interface IgnoredPair {
  readonly networks: readonly AddressRange[];
  readonly ports: readonly Port[];
}

/**
 * What happens with a connection.
 * - `alert`: recorded, and it may become an alert.
 * - `record`: recorded, without an alert.
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

/** Rules about connections that raise no alert. Prepared once; checking an IPv4 peer allocates nothing. */
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

  /** All rules for a connection, including those about proxies and this machine. */
  handlingOf(connection: Pick<Connection, "peer" | "local" | "via">): Handling {
    if (isOfProxy(connection)) return "record";
    if (this.ofThisMachine !== "alert" && isOfThisMachine(connection)) return this.ofThisMachine;
    return this.handlingFrom(connection.peer.address, connection.local.port);
  }

  /** @param port the local port */
  handlingFrom(peer: Address, port: Port): Handling {
    if (this.#ports?.[port] === 1) return this.#ignored;
    // Comparing an IPv6 address needs a BigInt: skipped where no rule has IPv6 ranges.
    if ((this.#hasIpv6 || familyOf(peer) === 4) && this.#networks.has(peer)) return this.#ignored;
    for (const pair of this.#pairs) {
      if (pair.ports[port] === 1 && pair.networks.has(peer)) return this.#ignored;
    }
    return "alert";
  }
}

/** A trusted proxy connected for itself: its header named no client, or the proxy. Its health checks raise no alert. */
export function isOfProxy({ peer, via }: Pick<Connection, "peer" | "via">): boolean {
  return via !== undefined && via.address === peer.address;
}

/** Same source and destination address: a self-connection, such as an own scan or a health check. */
export function isOfThisMachine({ peer, local, via }: Pick<Connection, "peer" | "local" | "via">): boolean {
  return peer.address === local.address && via === undefined;
}

function portMap(ports: readonly Port[]): Uint8Array {
  const map = new Uint8Array(65536);
  for (const port of ports) map[port] = 1;
  return map;
}
