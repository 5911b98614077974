import type { Address } from "./address.ts";
import type { Connection, Origin } from "./connection.ts";
import type { ChannelName, Message } from "./delivery.ts";
import type { Port } from "./ports.ts";

/** Stored connections to decoys. Times are milliseconds since the epoch; errors as in `Store`. */
export interface ConnectionStore {
  /** An empty batch, to be filled and passed to {@link record} of the same store. */
  newBatch(): ConnectionBatch;
  /**
   * Stores a batch of connections and the alerts that are due for them, in one transaction. A connection or an alert
   * whose id is known already is left as it is, so that a batch whose outcome is uncertain can be repeated.
   * @returns the approximate size of all connections in the store now, in bytes
   */
  record(batch: ConnectionBatch, alerts: readonly DueAlert[]): Promise<number>;
  /** Stores origins of peers that became known later; shown with their connections. */
  setOrigins(
    origins: readonly { readonly address: Address; readonly origin: Origin; readonly at: number }[],
  ): Promise<void>;
  /** Newest first. */
  list(query: ConnectionQuery): Promise<readonly StoredConnection[]>;
  count(): Promise<number>;
  /**
   * Deletes the oldest past a number or a size in bytes, and those before a time; with `oldest`, about that many
   * bytes of those before its time.
   * @returns how many
   */
  prune(options: {
    readonly before?: number;
    readonly keepAtMost?: number;
    readonly keepBytes?: number;
    readonly oldest?: { readonly bytes: number; readonly before: number };
  }): Promise<number>;
}

/**
 * Connections on their way into the store, in its own form. `add` serialises at once, so that no connection object is
 * kept in a flood.
 */
export interface ConnectionBatch {
  readonly count: number;
  /** Its size in memory. */
  readonly bytes: number;
  add(connection: Connection): void;
  /** Empties it for reuse: once it is stored, or given up. */
  clear(): void;
}

export interface StoredConnection extends Connection {
  readonly origin?: Origin;
}

export interface ConnectionQuery {
  readonly since?: number;
  readonly until?: number;
  /** An address, or a range of addresses by its first and last one. */
  readonly peer?: { readonly first: Address; readonly last: Address };
  /** The local port. */
  readonly port?: Port;
  readonly protocol?: string;
  /** The listener's name. */
  readonly listener?: string;
  readonly limit: number;
  /** The last row of the page before. */
  readonly before?: { readonly at: number; readonly id: string };
}

/**
 * An alert before its message is composed: it waits for the results of enrichment. It is stored with its connections,
 * so that a crash delays it and never loses it.
 */
export interface DueAlert {
  /** Unique; storing it twice stores it once. */
  readonly id: string;
  readonly at: number;
  /** Groups alerts as `label` groups reports: the listener's name. */
  readonly label: string;
  readonly channel: ChannelName;
  readonly recipient: string;
  /** What the alert stage needs to compose it, as JSON text. */
  readonly data: string;
}

export interface AlertStore {
  /** Due and not yet composed, oldest first. */
  pending(query: {
    readonly limit: number;
    readonly after?: { readonly at: number; readonly id: string };
  }): Promise<readonly DueAlert[]>;
  /** Due alerts become queued deliveries, in one transaction. One that is composed already is left as it is. */
  compose(composed: readonly { readonly id: string; readonly message: Message }[], at: number): Promise<void>;
  /** The latest alerts, newest first, composed or not: to restore which recipient was alerted of what. */
  recent(query: { readonly since: number; readonly limit: number }): Promise<readonly DueAlert[]>;
}
