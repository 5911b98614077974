import type { Address } from "./address.ts";
import type { Identification } from "./identification.ts";
import type { Port } from "./ports.ts";

export interface Endpoint {
  readonly address: Address;
  readonly port: Port;
}

/**
 * How a connection to a decoy ended.
 * - `client-closed`: the client said goodbye (FIN).
 * - `reset`: the client broke off (RST).
 * - `heard`: we closed, because its first bytes were complete: more of them would have told no more.
 * - `time-limit`, `byte-limit`: we closed, because the time was up or so many bytes had come.
 * - `over-limit`: too many connections at once, in all or from this address: closed unheard.
 * - `shutdown`: we went away first.
 */
export type ConnectionEnd =
  | "client-closed"
  | "reset"
  | "heard"
  | "time-limit"
  | "byte-limit"
  | "over-limit"
  | "shutdown";

/** One connection to a decoy port, from accept to its end. It exists from accept on, whatever came of it. */
export interface Connection {
  /** Unique, given at accept: storing it twice stores it once. */
  readonly id: string;
  readonly listener: string;
  /** Accept; milliseconds since the epoch. */
  readonly at: number;
  /** Who connected; behind a trusted proxy, who the proxy says. */
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** The trusted proxy that handed it over. */
  readonly via?: Endpoint;
  readonly end: ConnectionEnd;
  readonly durationMs: number;
  /** Received in all. */
  readonly bytes: number;
  /** The first bytes, as sent, up to the configured limit. */
  readonly payload: Uint8Array;
  /** When the client spoke: at once, only after our banner, or never. */
  readonly phase: "client-first" | "after-banner" | "silent";
  readonly identification: Identification;
}

/** Where a peer is and whose its network is, as far as known. Text from outside, not yet made safe. */
export interface Origin {
  /** ISO 3166-1 alpha-2. */
  readonly countryCode?: string;
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  readonly latitude?: number;
  readonly longitude?: number;
  readonly asn?: number;
  /** Holder of the autonomous system. */
  readonly organization?: string;
  readonly provider?: string;
  /** Reverse DNS. */
  readonly hostname?: string;
  /** The name resolves back to the address (forward-confirmed). */
  readonly hostnameConfirmed?: boolean;
  /** Where the place comes from: `maxmind`, `country-data`, `ip-api`. */
  readonly placeSource?: string;
}
