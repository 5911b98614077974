import type { Address } from "../../../core/address.ts";
import type { Port } from "../../../core/ports.ts";
import type { ServiceVersion, Sighting } from "../../../core/sighting.ts";

/** One host of nmap's output with its open TCP ports; text is from outside and not yet made safe. */
export interface NmapHost {
  readonly address: Address;
  readonly hostname?: string;
  readonly mac?: string;
  readonly vendor?: string;
  readonly openPorts: readonly NmapOpenPort[];
  /** nmap gave this host up (`--host-timeout`), so its other ports were not all asked. */
  readonly timedOut: boolean;
  /** nmap says that it completed the handshakes (`-sT`, which it does without privileges). */
  readonly handshakesCompleted: boolean;
}

export interface NmapOpenPort {
  readonly port: Port;
  readonly service?: ServiceVersion;
}

/** @param unconfirmed what a SYN-ACK alone is worth in this scan */
export function sightingsOf(host: NmapHost, unconfirmed: Sighting["unconfirmed"]): readonly Sighting[] {
  return host.openPorts.map(({ port, service }) => ({
    address: host.address,
    port,
    ...(host.hostname === undefined ? {} : { hostname: host.hostname }),
    ...(host.mac === undefined ? {} : { mac: host.mac }),
    ...(host.vendor === undefined ? {} : { vendor: host.vendor }),
    ...(service === undefined ? {} : { service }),
    ...(unconfirmed === undefined || host.handshakesCompleted ? {} : { unconfirmed }),
  }));
}
