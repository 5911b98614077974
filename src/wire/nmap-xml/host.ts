import type { Address } from "../../core/address.ts";
import type { Port } from "../../core/ports.ts";
import type { ServiceVersion, Sighting } from "../../core/sighting.ts";

/** One host of nmap's output with its open TCP ports. Text is untrusted and not yet made safe. */
export interface NmapHost {
  readonly address: Address;
  readonly hostname?: string | undefined;
  /** The target name on the command line that resolved to this address. */
  readonly targetName?: string | undefined;
  readonly mac?: string | undefined;
  readonly vendor?: string | undefined;
  readonly openPorts: readonly NmapOpenPort[];
  /** Watched ports that nmap probed and that are not open; absent if there are none. */
  readonly notOpen?: ReadonlyMap<Port, NotOpen> | undefined;
  /** nmap gave up on this host (`--host-timeout`), so it did not probe all ports. */
  readonly timedOut: boolean;
  /** Whether nmap considers it up; false in the list of hosts that are down (`-v`). Absent if the output has no status. */
  readonly isUp?: boolean | undefined;
  /** When nmap finished it, otherwise when it started; milliseconds since the epoch. */
  readonly seenAt?: number | undefined;
  /** nmap completed the handshakes (`-sT`, the default without privileges). */
  readonly handshakesCompleted: boolean;
}

/** `refused`: an answer rejected the probe. `silent`: there was no answer. */
export type NotOpen = "refused" | "silent";

/**
 * What a state and its reason (`--reason`) prove. Without a route nmap reports `filtered` although it did not probe the port,
 * and only half of its scan types distinguish that from the answer of a router: such a state proves nothing.
 */
export function notOpenBy(state: string | undefined, reason: string | undefined): NotOpen | undefined {
  if (state === "closed") return "refused";
  if (state !== "filtered") return undefined;
  if (reason === "no-response") return "silent";
  return reason === "admin-prohibited" || reason === "port-unreach" ? "refused" : undefined;
}

export interface NmapOpenPort {
  readonly port: Port;
  readonly service?: ServiceVersion | undefined;
}

/** @param unconfirmed how to mark ports without a completed handshake */
export function sightingsOf(host: NmapHost, unconfirmed: Sighting["unconfirmed"]): readonly Sighting[] {
  return host.openPorts.map(({ port, service }) => ({
    address: host.address,
    port,
    hostname: host.hostname,
    mac: host.mac,
    vendor: host.vendor,
    service,
    unconfirmed: unconfirmed === undefined || host.handshakesCompleted ? undefined : unconfirmed,
  }));
}
