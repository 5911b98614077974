import type { Address } from "../../core/address.ts";
import type { Mac } from "../../core/device.ts";

/**
 * What this machine's neighbour table says of one address:
 * - `reachable`: it answered a short time ago (Linux: within 15 to 45 seconds).
 * - `stale`: it answered once; nobody has asked since.
 * - `probing`: the question is under way.
 * - `failed`: it was asked and did not answer.
 * - `static`: somebody wrote it down (PERMANENT), or it needs no question (NOARP): evidence of nothing.
 * - `listed`: this system does not tell more than the MAC address.
 */
export type NeighbourState = "reachable" | "stale" | "probing" | "failed" | "static" | "listed";

export interface NeighbourEntry {
  /** A link-local IPv6 address has its zone: `fe80::1%eth0`. */
  readonly address: Address;
  /** Name of the interface; empty where the system does not tell. */
  readonly link: string;
  readonly mac?: Mac | undefined;
  readonly state: NeighbourState;
  readonly isRouter: boolean;
  /** How long ago, in milliseconds, it answered or a connection made progress; only where the system tells. */
  readonly confirmedMsAgo?: number | undefined;
  /** How long ago, in milliseconds, its state changed; only where the system tells. */
  readonly updatedMsAgo?: number | undefined;
}

/** Entries read from one source, at most. */
export const maxNeighbourEntries = 65_536;
