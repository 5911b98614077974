import type { Address } from "./address.ts";
import type { Identification } from "./identification.ts";
import type { Port } from "./ports.ts";

export interface Endpoint {
  readonly address: Address;
  readonly port: Port;
}

/**
 * How a connection to a decoy ended.
 * - `client-closed`: the client closed the connection (FIN).
 * - `reset`: the client reset the connection (RST).
 * - `heard`: we closed, because the first bytes were complete.
 * - `time-limit`, `byte-limit`: we closed at the limit.
 * - `over-limit`: too many connections at once, in all or from this address: closed without reading.
 * - `shutdown`: Harbinger was shutting down.
 */
export type ConnectionEnd =
  | "client-closed"
  | "reset"
  | "heard"
  | "time-limit"
  | "byte-limit"
  | "over-limit"
  | "shutdown";

/** One connection to a decoy port, from accept to its end. Every accepted connection becomes one, whatever happens. */
export interface Connection {
  /** Unique, given at accept: storing it twice stores it once. */
  readonly id: string;
  readonly listener: string;
  /** Accept; milliseconds since the epoch. */
  readonly at: number;
  /** The client; behind a trusted proxy, the client that the proxy named. */
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** The trusted proxy that forwarded it. */
  readonly via?: Endpoint;
  readonly end: ConnectionEnd;
  readonly durationMs: number;
  /** Bytes received in total. */
  readonly bytes: number;
  /** The first bytes, as sent, up to the configured limit. */
  readonly payload: Uint8Array;
  /** When the client sent its first bytes: before our banner, after it, or never. */
  readonly phase: "client-first" | "after-banner" | "silent";
  readonly identification: Identification;
}

/** When it ended, milliseconds since the epoch: mutes go by that. */
export function endOf({ at, durationMs }: Pick<Connection, "at" | "durationMs">): number {
  return at + durationMs;
}

/** Location, network and name of a peer, as far as known. Untrusted text: use `safeText` before showing it. */
export interface Origin {
  /** ISO 3166-1 alpha-2. */
  readonly countryCode?: string | undefined;
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly city?: string | undefined;
  readonly latitude?: number | undefined;
  readonly longitude?: number | undefined;
  readonly asn?: number | undefined;
  /** Holder of the autonomous system. */
  readonly organization?: string | undefined;
  readonly provider?: string | undefined;
  /** Reverse DNS. */
  readonly hostname?: string | undefined;
  /** The name resolves back to the address (forward-confirmed). */
  readonly hostnameConfirmed?: boolean | undefined;
  /** The source of the place: `maxmind`, `country-data`, `ip-api`. */
  readonly placeSource?: string | undefined;
}
