import type { Address } from "../../core/address.ts";
import type { Mac } from "../../core/device.ts";

/**
 * State of an address in this machine's neighbour table:
 * - `reachable`: confirmed recently (Linux: in the last 15 to 45 seconds).
 * - `stale`: confirmed earlier, and not probed since.
 * - `probing`: a request was sent and not answered yet (INCOMPLETE, DELAY, PROBE).
 * - `failed`: probed without an answer.
 * - `static`: configured (PERMANENT), or on an interface without ARP (NOARP). It proves nothing about the host.
 * - `listed`: the system reports only the MAC address.
 */
export type NeighbourState = "reachable" | "stale" | "probing" | "failed" | "static" | "listed";

export interface NeighbourEntry {
  /** A link-local IPv6 address has its zone: `fe80::1%eth0`. */
  readonly address: Address;
  /** Name of the interface; empty if the system does not report it. */
  readonly link: string;
  readonly mac?: Mac | undefined;
  readonly state: NeighbourState;
  readonly isRouter: boolean;
  /** Milliseconds since it answered or a connection made progress, if the system reports that. */
  readonly confirmedMsAgo?: number | undefined;
  /** Milliseconds since its state changed, if the system reports that. */
  readonly updatedMsAgo?: number | undefined;
}

/** Maximum number of entries read from one source. */
export const maxNeighbourEntries = 65_536;
