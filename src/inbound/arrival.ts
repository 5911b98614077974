import type { Socket } from "node:net";
import type { Endpoint } from "../core/connection.ts";

/** One accepted connection, as the listen stage hands it to the capture stage. */
export interface Arrival {
  /** Unique; later arrivals at one listener sort after earlier ones. */
  readonly id: string;
  readonly listener: string;
  /** Time of accept; milliseconds since the epoch. */
  readonly at: number;
  /** Time of accept on the monotonic clock. */
  readonly startedAt: number;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** It comes from a trusted proxy: a PROXY protocol header must precede the client's own bytes. */
  readonly proxied: boolean;
  /**
   * Counts the connection for the client that the proxy named. @returns false where the limit of that address is
   * reached
   */
  admit(peer: Endpoint): boolean;
  /** The connection has ended. To be called once for each connection that was taken. */
  leave(): void;
}

/** The capture stage, as the listen stage sees it. Each call must be cheap: the next accept waits for it. */
export interface Reception {
  take(socket: Socket, arrival: Arrival): void;
  /** A connection limit was reached: the connection is closed already, but must be recorded. */
  rejected(arrival: Arrival): void;
  /** Ends every open connection. */
  close(): void;
}
