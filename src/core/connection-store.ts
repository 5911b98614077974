import type { Address } from "./address.ts";
import type { Connection, Origin } from "./connection.ts";
import type { FingerprintKind, maxCounted, maxSummaryMs } from "./connection-counts.ts";
import type { ChannelName, Message } from "./delivery.ts";
import type { Mac } from "./device.ts";
import type { Page, PageQuery } from "./page.ts";
import type { Port } from "./ports.ts";

/** Stored connections to decoys. Times are milliseconds since the epoch; errors as in `Store`. */
export interface ConnectionStore {
  /** An empty batch, to be filled and passed to {@link record} of the same store. */
  newBatch(): ConnectionBatch;
  /**
   * Stores a batch of connections with their alerts, in one transaction. Connections and alerts whose id exists
   * already are left unchanged, so that a batch can be repeated after an uncertain result. Where a mute covers a connection, it is
   * marked, and its alerts are not stored.
   * @returns the approximate size of all connections in the store, in bytes
   */
  record(batch: ConnectionBatch, alerts: readonly DueAlert[]): Promise<number>;
  /** Stores what was found about peers. */
  setOrigins(origins: readonly FoundOrigin[]): Promise<void>;
  /** By time and id: `descending`, newest first, by default. */
  list(query: ConnectionQuery): Promise<Page<StoredConnection>>;
  get(id: string): Promise<StoredConnection | undefined>;
  /** The payloads of these connections, by id; at most `maxBytes` of {@link list} for connections that it listed. */
  payloads(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  count(): Promise<number>;
  /** Everything of one source together; `undefined` where it never connected. */
  source(address: Address): Promise<ConnectionSource | undefined>;
  /** All sources, by their latest connection or by their number of connections: `descending` by default. */
  sources(query: SourceQuery): Promise<Page<ListedSource>>;
  /**
   * Counts the connections of a time span, also those that were recorded late. The first call reads them, which takes seconds for a million; for
   * ten minutes after the last call only what is new is read. The latest {@link maxCounted} of all connections are counted.
   */
  summary(query: ConnectionSummaryQuery): Promise<ConnectionSummary>;
  /**
   * Deletes connections before a time, and the oldest ones past a number or a size; `oldest` deletes about so many
   * bytes of those before a time.
   * @returns how many were deleted
   */
  prune(options: {
    readonly before?: number;
    readonly keepAtMost?: number;
    readonly keepBytes?: number;
    readonly oldest?: { readonly bytes: number; readonly before: number };
  }): Promise<number>;
}

/**
 * Connections on their way into the store, already serialised: in a flood no object per connection is kept.
 */
/** What was found about an address, and when. */
export interface FoundOrigin {
  readonly address: Address;
  readonly origin: Origin;
  readonly at: number;
  /** Not all sources were asked: it replaces only what is older than {@link maxOriginAgeMs}. Default: false. */
  readonly isPartial?: boolean | undefined;
}

/** 30 days: until then a name that was found is worth more than a place that is newer. */
export const maxOriginAgeMs = 30 * 86_400_000;

export interface ConnectionBatch {
  readonly count: number;
  /** Size in memory. */
  readonly bytes: number;
  add(connection: Connection): void;
  /** Empties it for reuse, after it was stored or given up. */
  clear(): void;
}

export interface StoredConnection extends Connection {
  readonly origin?: Origin;
  /** A mute of its source covered it when it ended, until then: it sent no alert. */
  readonly mutedUntil?: number;
  /** A scan found a service at its source, or a device of an own network had that address then. */
  readonly isKnown?: true;
  readonly holder?: SourceHolder | undefined;
}

/** The device of an own network that had the address of a source when it connected: see `staysAt`. */
export interface SourceHolder {
  /** Several, where any of them can have connected: nothing else is known then. */
  readonly macs: readonly Mac[];
  /** Your own name for it, or the best of the others. */
  readonly name?: string | undefined;
  readonly approved: boolean;
}

/** One address that connected to decoys. */
export interface ConnectionSource {
  readonly address: Address;
  /** Its connections. */
  readonly count: number;
  /** When the first and the last of them were accepted. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly origin?: Origin | undefined;
  /** As in {@link StoredConnection}. */
  readonly isKnown: boolean;
  readonly holder?: SourceHolder | undefined;
}

/** A source in a list of all of them. */
export interface ListedSource extends ConnectionSource {
  /** Of its latest connections, each once. */
  readonly protocols: readonly string[];
}

/** What is known about a source. */
export interface OriginFilter {
  /** Code or name of its country, whatever the case. */
  readonly country?: string | undefined;
  readonly asn?: number | undefined;
  /** A part of the name of its network or provider, whatever the case. */
  readonly organization?: string | undefined;
  /** A part of its host name, whatever the case. */
  readonly hostname?: string | undefined;
}

/**
 * What {@link OriginFilter} and `known` look for is compared with a bounded number of sources for each page, so it may have fewer rows than
 * its limit, or none, and a next one nevertheless.
 */
export interface SourceQuery extends PageQuery, OriginFilter {
  readonly sort?: "lastSeen" | "count" | undefined;
  /** An address, or a range of addresses by its first and last one. */
  readonly peer?: { readonly first: Address; readonly last: Address } | undefined;
  /** Whether it is a host or a device that scans know. */
  readonly known?: boolean | undefined;
}

export interface ConnectionQuery extends PageQuery, OriginFilter {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** An address, or a range of addresses by its first and last one; of a range with many connections as below. */
  readonly peer?: { readonly first: Address; readonly last: Address } | undefined;
  /** The local port. */
  readonly port?: Port | undefined;
  readonly protocol?: string | undefined;
  /** The listener's name. */
  readonly listener?: string | undefined;
  // There is no index for what follows, nor for {@link OriginFilter}: each page reads at most `scannedConnections` rows, so it may have fewer rows than its limit,
  // or none, and a next one nevertheless.
  /** Only those that a mute covered, or that none did. */
  readonly muted?: boolean | undefined;
  readonly end?: Connection["end"] | undefined;
  /** Leaves out most connections none of whose texts, except the payload, contains each of these; a hint that saves time. */
  readonly words?: readonly string[] | undefined;
  /** Every payload is empty; `maxBytes` counts it nevertheless. */
  readonly withoutPayload?: boolean | undefined;
}

/** Rows that one page reads at most where there is no index for what is looked for. */
export const scannedConnections = 6000;

export interface ConnectionSummaryQuery {
  readonly since: number;
  /** Not included. Default: no end. Hours past {@link maxSummaryMs} after `since` are not listed. */
  readonly until?: number | undefined;
  /** Entries of each list at most. */
  readonly top: number;
  /** What a connection must be to be counted: all of these. */
  readonly conditions?: readonly ConnectionCondition[] | undefined;
}

/** One condition of a search. Texts are compared regardless of case. */
export type ConnectionCondition = { readonly isNegated: boolean } & (
  | { readonly field: "port" | "asn"; readonly value: number }
  /** The whole text; a country by its code or its name. */
  | { readonly field: "protocol" | "listener" | "country" | "ja4" | "hassh"; readonly value: string }
  /** A part of the text. */
  | { readonly field: "organization" | "agent"; readonly value: string }
  | { readonly field: "peer"; readonly first: Address; readonly last: Address }
);

/** The most frequent ones first in each list, `top` at most; of peers with as many connections the one that came last is first. */
export interface ConnectionSummary {
  readonly total: number;
  /** Where there are more than are counted: all connections since then are, none before. */
  readonly countedSince?: number | undefined;
  /** How many different addresses they came from. */
  readonly sources: number;
  /** `hour`: hours since the epoch, in their order. Hours without connections are left out. */
  readonly hours: readonly { readonly hour: number; readonly count: number }[];
  /** All listeners; `hours` as above. */
  readonly listeners: readonly {
    readonly listener: string;
    readonly count: number;
    readonly hours: readonly { readonly hour: number; readonly count: number }[];
  }[];
  readonly peers: readonly {
    readonly address: Address;
    readonly count: number;
    readonly lastAt: number;
    readonly origin?: Origin | undefined;
    /** As in {@link StoredConnection}. */
    readonly isKnown?: true;
    readonly holder?: SourceHolder | undefined;
  }[];
  /** All, as far as they are known. */
  readonly countries: readonly {
    readonly countryCode: string;
    readonly country?: string | undefined;
    readonly count: number;
  }[];
  readonly networks: readonly {
    readonly asn?: number | undefined;
    readonly organization?: string | undefined;
    readonly count: number;
  }[];
  readonly protocols: readonly { readonly protocol: string; readonly count: number }[];
  readonly ports: readonly { readonly port: Port; readonly count: number }[];
  /** `top` of each kind. */
  readonly fingerprints: readonly {
    readonly kind: FingerprintKind;
    readonly value: string;
    readonly count: number;
  }[];
}

/**
 * An alert to one recipient before it is a message: it waits for enrichment. It is stored with its connection, so
 * that a crash delays it but never loses it.
 */
export interface DueAlert {
  /** Unique; storing it twice stores it once. */
  readonly id: string;
  readonly at: number;
  /** Groups alerts as `label` groups reports: the listener's name. */
  readonly label: string;
  readonly channel: ChannelName;
  readonly recipient: string;
  /** What the announce stage needs to compose it, as JSON text. */
  readonly data: string;
  /**
   * Whose connections it is about: an address or a range, and when that ended which it is about. Where a mute of that source covers it, it
   * is not stored. Not stored itself; absent for a digest, which is about many sources.
   */
  readonly source?: { readonly first: Address; readonly last: Address; readonly at: number } | undefined;
}

export interface AlertStore {
  /** Not composed yet, oldest first. */
  pending(query: {
    readonly limit: number;
    readonly after?: { readonly at: number; readonly id: string };
  }): Promise<readonly DueAlert[]>;
  /** Turns alerts into queued deliveries, in one transaction. One that is composed already is left unchanged. */
  compose(composed: readonly { readonly id: string; readonly message: Message }[], at: number): Promise<void>;
  /** The latest alerts, newest first, composed or not: used to restore the gates after a restart. */
  recent(query: { readonly since: number; readonly limit: number }): Promise<readonly DueAlert[]>;
}
