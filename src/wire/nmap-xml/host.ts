import type { Address } from "../../core/address.ts";
import type { Port } from "../../core/ports.ts";
import type { ServiceVersion, Sighting } from "../../core/sighting.ts";

/** One host of nmap's output with its open TCP ports; text is from outside and not yet made safe. */
export interface NmapHost {
  readonly address: Address;
  readonly hostname?: string | undefined;
  /** The name in the command line by which nmap came to this address. */
  readonly targetName?: string | undefined;
  readonly mac?: string | undefined;
  readonly vendor?: string | undefined;
  readonly openPorts: readonly NmapOpenPort[];
  /** Watched ports that nmap asked, and that are not open. Absent: none that it tells of. */
  readonly notOpen?: ReadonlyMap<Port, NotOpen> | undefined;
  /** nmap gave this host up (`--host-timeout`), so its other ports were not all asked. */
  readonly timedOut: boolean;
  /** Whether nmap took it for up; false in a list of hosts that are down (`-v`). Absent where the output does not tell. */
  readonly isUp?: boolean | undefined;
  /** When nmap was done with it, else when it began; milliseconds since the epoch. */
  readonly seenAt?: number | undefined;
  /** nmap says that it completed the handshakes (`-sT`, which it does without privileges). */
  readonly handshakesCompleted: boolean;
}

/** `refused`: an answer said so. `silent`: there was no answer. */
export type NotOpen = "refused" | "silent";

/**
 * What a state and its reason (`--reason`) prove. A port that is `filtered` for want of a route was never asked, and nmap
 * tells that from an answer of a router only in half of its scan types: so that proves nothing.
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

/** @param unconfirmed what a SYN-ACK alone is worth in this scan */
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
