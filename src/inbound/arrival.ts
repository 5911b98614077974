import type { Socket } from "node:net";
import type { Endpoint } from "../core/connection.ts";

/** One accepted connection, as the listening stage hands it to the capturing one. */
export interface Arrival {
  /** Unique; later arrivals at one listener sort after earlier ones. */
  readonly id: string;
  readonly listener: string;
  /** Accept; milliseconds since the epoch. */
  readonly at: number;
  /** Accept, on the clock that never runs backwards. */
  readonly startedAt: number;
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** It comes from a trusted proxy: a PROXY protocol header is due before the client's own bytes. */
  readonly proxied: boolean;
  /** The proxy has said who the client really is. @returns false where there are too many from that address */
  admit(peer: Endpoint): boolean;
  /** The connection is over. To be called once for each that was taken. */
  leave(): void;
}

/** Where the listening stage hands connections to. Each call must be cheap: it stands in the way of the next accept. */
export interface Reception {
  take(socket: Socket, arrival: Arrival): void;
  /** Too many were here: the connection is closed already, and is to be recorded all the same. */
  rejected(arrival: Arrival): void;
  /** Ends every connection in hand. */
  close(): void;
}
