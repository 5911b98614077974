import type { Address } from "./address.ts";
import type { AlertStore, ConnectionStore } from "./connection-store.ts";
import type {
  Audience,
  ChannelName,
  ClosedLane,
  Delivery,
  DeliveryState,
  DeliverySummary,
  Message,
  SendOutcome,
} from "./delivery.ts";
import type { Mac } from "./device.ts";
import type { DeviceStore } from "./device-store.ts";
import type { Discovery } from "./discovery.ts";
import type { EventStore } from "./event.ts";
import type { ExaminationStore } from "./examination.ts";
import type { ImportStore } from "./import-store.ts";
import type { MuteStore } from "./mute.ts";
import type { Page, PageQuery } from "./page.ts";
import type { Port } from "./ports.ts";
import type { ChosenGroup, Grouping, RowGroup, WatchLabels } from "./row-groups.ts";
import type { ScanStore } from "./scan-store.ts";

/**
 * All persistent data. One implementation per database, one contract suite for all. Times are milliseconds since the
 * epoch. A method rejects with a `HarbingerError`: `store-busy` (another process holds it), `store-full` (no space),
 * `store-newer` (schema of a later version) or `store`; then nothing of that call is stored.
 */
export interface Store extends AsyncDisposable {
  readonly scans: ScanStore;
  readonly services: ServiceStore;
  readonly discoveries: DiscoveryStore;
  readonly examinations: ExaminationStore;
  readonly devices: DeviceStore;
  readonly deliveries: DeliveryStore;
  readonly connections: ConnectionStore;
  readonly alerts: AlertStore;
  readonly imports: ImportStore;
  readonly mutes: MuteStore;
  readonly events: EventStore;
  /**
   * Takes the lock that only one process that scans and delivers can hold. Disposing releases it, and so does the
   * operating system or the database server when the process dies. Scans that a dead process left running become
   * abandoned.
   * @returns the lock, or a description of its holder
   */
  lock(holder: string): Promise<StoreLock>;
  /** The time by which records may be pruned: see `trustTime`. The result is stored. */
  trustedTime(now: number): Promise<number>;
  /**
   * Deletes deliveries that were delivered or superseded before `before`, and scans of that age with their
   * discoveries. Undelivered messages and what they announce stay, and so does the last scan of each watch.
   * Certificates that no service has presented since are deleted, and devices that are gone since, unless they were
   * named or approved. So are alerts that were delivered, or given up, before `alertsBefore` (default: `before`).
   */
  prune(options: {
    readonly before: number;
    readonly alertsBefore?: number;
    /** Services that every watch has missed since before then are deleted. Default: none. */
    readonly hostsBefore?: number;
    /**
     * Of scans and of discoveries: past this the oldest scans are deleted, with their discoveries. Default: no limit.
     */
    readonly scansAtMost?: number;
    readonly discoveriesAtMost?: number;
  }): Promise<PruneResult>;
  /**
   * Deletes some of the oldest messages that were delivered or superseded, or of the oldest scans with their
   * discoveries, in one short transaction: about `bytes`, older than `before`, and nothing that {@link prune} keeps.
   * @returns how many; 0 where none may be deleted
   */
  pruneOldest(options: {
    readonly kind: "deliveries" | "scans";
    readonly bytes: number;
    readonly before: number;
  }): Promise<number>;
  /**
   * Bytes used by stored data, indices included, without free space of the database. Up to `limit` it may be an
   * overestimate; past it, it is approximately right.
   */
  usedBytes(limit: number): Promise<number>;
  /** The size of each table, indices included, largest first; empty where the database does not report it. */
  tableSizes(): Promise<readonly TableSize[]>;
  /** Releases unused space to the file system, in short steps. @returns how many bytes */
  releaseSpace(): Promise<number>;
}

export interface TableSize {
  readonly table: string;
  readonly bytes: number;
}

export interface PruneResult {
  readonly deliveries: number;
  readonly scans: number;
  readonly certificates: number;
  readonly services: number;
}

export type StoreLock =
  | ({ readonly kind: "held" } & AsyncDisposable)
  /** `trouble`: what is wrong with the database of the holder, in words. */
  | { readonly kind: "busy"; readonly holder: string; readonly trouble?: string | undefined };

/** A service is (address, port) at this site; the rest is attributes. */
export interface ServiceRecord extends DevicesThere {
  readonly address: Address;
  /** `everyPort` where all tried ports of the host answer. */
  readonly port: Port;
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly hostname?: string | undefined;
  readonly mac?: string | undefined;
  readonly vendor?: string | undefined;
  readonly name?: string | undefined;
  readonly product?: string | undefined;
  readonly version?: string | undefined;
  /** The last exposure check found it open to everybody; only in a `detailed` list. */
  readonly exposed?: true | undefined;
  /** Its current state for each watch that knows it. */
  readonly watches: readonly { readonly watch: string; readonly state: PresenceState }[];
}

/** Which devices have the address of a row now; only in a `detailed` list. */
export interface DevicesThere {
  /** Missing where it is not certain which one: see `sharedBy`. */
  readonly device?: DeviceThere | undefined;
  /** Where several have the address: all of them. */
  readonly sharedBy?: readonly DeviceThere[] | undefined;
}

/** A device, as far as rows about its addresses show it. Text from outside, not yet made safe. */
export interface DeviceThere {
  readonly mac: Mac;
  /** The owner's name, else the best of the others. */
  readonly name?: string | undefined;
  /** All of them, the owner's first. */
  readonly names: readonly string[];
  readonly vendor?: string | undefined;
  readonly approved: boolean;
}

/** `inherited`: taken over from the earlier tool's database and not yet seen by this watch itself. */
export type PresenceState = "present" | "gone" | "flapping" | "inherited";

export interface ServiceStore {
  /** By address (by value, IPv4 first) and port, or by a time: `ascending` by default. */
  list(query: ServiceQuery): Promise<Page<ServiceRecord>>;
  /** Hosts with at least one service that fits, by address as in {@link list}. */
  hosts(query: HostQuery): Promise<Page<HostRecord>>;
  /** The groups of all services that fit, or of the hosts that have them, in the order of `compareGroups`. */
  groups(query: ServiceGroupQuery): Promise<Page<RowGroup>>;
  count(): Promise<number>;
}

/** Which services; of hosts, those with a service that fits in all. */
export interface ServiceFilter {
  readonly port?: Port | undefined;
  readonly watch?: string | undefined;
  readonly state?: PresenceState | undefined;
  /** Addresses from the first to the last one, in any zone. */
  readonly range?: { readonly first: Address; readonly last: Address } | undefined;
  /** Of the service, or of the device that has its address now; so is the vendor. */
  readonly mac?: string | undefined;
  // Parts of texts, in printable ASCII, whatever the case.
  readonly hostname?: string | undefined;
  readonly vendor?: string | undefined;
  /** Of the host name, or of one of the names of the device that has its address now. */
  readonly deviceName?: string | undefined;
  /** Whether the last exposure check found it open to everybody. */
  readonly exposed?: boolean | undefined;
  /** Whether the owner approved the device that has the address now; not where there is none. */
  readonly approved?: boolean | undefined;
  /** Of one group: see {@link ServiceStore.groups}. */
  readonly group?: ChosenGroup | undefined;
}

export interface ServiceGroupQuery extends Omit<ServiceQuery, "sort" | "order" | "detailed" | "maxBytes"> {
  readonly rows: "services" | "hosts";
  readonly by: Grouping;
  /** Where services are grouped by the label of their watches; a watch that is missing has its name as label. */
  readonly labels?: WatchLabels | undefined;
  /** Only these; of hosts the port does not matter. */
  readonly only?: readonly { readonly address: Address; readonly port: Port }[] | undefined;
}

export interface HostQuery extends PageQuery, ServiceFilter {
  /** As of services. */
  readonly detailed?: boolean | undefined;
}

/** All services at one address, summarised. */
export interface HostRecord extends DevicesThere {
  readonly address: Address;
  /** Of any of its services. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Of its services, each once, from the service that was seen last; so are the next two. */
  readonly hostnames: readonly string[];
  readonly macs: readonly string[];
  readonly vendors: readonly string[];
  /** One of its services is `exposed`; only in a `detailed` list. */
  readonly exposed?: true | undefined;
  /** All of its services, not only those that fit the query. */
  readonly serviceCount: number;
  /** Of its services for their watches, each state once. */
  readonly states: readonly PresenceState[];
}

export interface ServiceQuery extends PageQuery, ServiceFilter {
  /** Adds the devices of the addresses, and what is exposed: a few more queries for a page. */
  readonly detailed?: boolean | undefined;
  /** Default: `address`. Services with the same time are in no order that a reader may rely on. */
  readonly sort?: "address" | "firstSeen" | "lastSeen" | undefined;
  readonly address?: Address | undefined;
  /** A part of the name of the service or its product, as `hostname`. */
  readonly service?: string | undefined;
  /** As `hostname`. */
  readonly version?: string | undefined;
  /** First seen at this time or later. */
  readonly since?: number | undefined;
}

export interface DiscoveryStore {
  /**
   * Discoveries `new` and `returned` of `watch` without evidence that some open delivery announces; oldest first.
   * Hosts on which every port answers are not among them: there is nothing to check.
   */
  awaitingEvidence(query: {
    readonly watch: string;
    readonly limit: number;
    readonly afterId?: number;
  }): Promise<readonly Discovery[]>;
  setEvidence(entries: readonly { readonly id: number; readonly evidence: string }[]): Promise<void>;
  /** By number: `descending`, newest first, by default. */
  list(query: DiscoveryQuery): Promise<Page<Discovery>>;
  /** The numbers of those that {@link list} lists. */
  listIds(query: DiscoveryQuery): Promise<Page<Discovery["id"]>>;
  get(id: number): Promise<Discovery | undefined>;
  /**
   * Notes that somebody has seen discoveries: one, or those of a host up to one, at most {@link maxAcknowledgedAtOnce} of the newest.
   * An earlier acknowledgement is replaced where one discovery is named, and stays where a host is.
   * @returns how many were acknowledged now
   */
  acknowledge(
    which: AcknowledgedDiscoveries,
    acknowledgement: { readonly at: number; readonly by: string; readonly note: string },
  ): Promise<number>;
  /**
   * Notes that somebody has seen these discoveries, as far as they exist; earlier acknowledgements stay. All of them or none, in one transaction.
   * @returns the ids of those that were acknowledged now
   */
  acknowledgeAll(
    ids: readonly number[],
    acknowledgement: { readonly at: number; readonly by: string; readonly note: string },
  ): Promise<readonly number[]>;
  /** @returns whether it was acknowledged */
  withdrawAcknowledgement(id: number): Promise<boolean>;
  /**
   * Withdraws those of these discoveries that were made at this time; later ones stay. All of them or none, as {@link acknowledgeAll}.
   * @param which `at` in milliseconds since the epoch
   * @returns the ids of the discoveries
   */
  withdrawAcknowledgements(which: { readonly ids: readonly number[]; readonly at: number }): Promise<readonly number[]>;
  /** What the overview shows of the latest discoveries, at most {@link maxCountedDiscoveries} of them. */
  digest(query: DiscoveryDigestQuery): Promise<DiscoveryDigest>;
}

export interface DiscoveryDigestQuery {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The same, for those that nobody acknowledged. */
  readonly unacknowledgedSince: number;
  readonly urgentKinds: readonly Discovery["kind"][];
  /** Of the newest, at most. */
  readonly limit: number;
  readonly maxFirstScans: number;
}

export interface DiscoveryDigest {
  /** Since `since`, by kind; not those of first scans. `over`: how many of them have ended. */
  readonly counts: readonly { readonly kind: Discovery["kind"]; readonly count: number; readonly over: number }[];
  /** Those of `counts`. */
  readonly recent: NewestDiscoveries;
  /** Of first scans since `since`; the newest scan first. */
  readonly firstScans: readonly FirstScan[];
  /** Since `unacknowledgedSince`; not those that were muted or in a first scan. */
  readonly unacknowledged: number;
  /** Those of the urgent kinds that nobody acknowledged, since `unacknowledgedSince`, also of first scans; not those that were muted or have ended. */
  readonly urgent: NewestDiscoveries;
}

/** How many there are, and the newest of them, newest first. */
export interface NewestDiscoveries {
  readonly count: number;
  readonly newest: readonly Discovery[];
}

/** The scan in which everything that its watch sees is new. */
export interface FirstScan {
  readonly scanId: number;
  readonly watch: string;
  readonly at: number;
  /** Devices that were never seen before. */
  readonly devices: number;
  /** Open ports; a host on which every port answers counts as one. */
  readonly openPorts: number;
}

/** Discoveries that {@link DiscoveryStore.digest} reads at most. */
export const maxCountedDiscoveries = 50_000;

/** Discoveries of a host that are acknowledged at once, at most. */
export const maxAcknowledgedAtOnce = 1000;

export type AcknowledgedDiscoveries =
  | { readonly id: number }
  /** As in {@link DiscoveryQuery}; not those that were recorded after `upTo`, because nobody has seen them. */
  | { readonly address: Address; readonly upTo: number };

export interface DiscoveryQuery extends PageQuery {
  readonly watch?: string | undefined;
  /** Number of the scan. */
  readonly scan?: number | undefined;
  /** Of the services at this address, and of the devices that have it now. */
  readonly address?: Address | undefined;
  /** One of these; none for an empty list. */
  readonly kinds?: readonly Discovery["kind"][] | undefined;
  /** Recorded at this time or later, and before `until`. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Only this one and those that were recorded before it. */
  readonly upTo?: Discovery["id"] | undefined;
  readonly port?: Port | undefined;
  readonly firstScan?: boolean | undefined;
  /** Only those that somebody has acknowledged, or that nobody has. */
  readonly acknowledged?: boolean | undefined;
  /** Only those that a mute covered, or that none did. */
  readonly muted?: boolean | undefined;
  /** Whether it is over: see `DiscoveryEnd`. */
  readonly ended?: boolean | undefined;
}

/** Deliveries in the same state. */
export interface Backlog {
  readonly channel: ChannelName;
  readonly state: Exclude<DeliveryState, "delivered" | "superseded">;
  readonly wasTried: boolean;
  readonly count: number;
  /** How many of them are reports, and not alerts or other messages. */
  readonly reports: number;
  /** When the oldest of them was created. */
  readonly oldestAt: number;
}

/** How many deliveries of a backlog are in one of these states. */
export function countIn(backlog: readonly Backlog[], ...states: readonly Backlog["state"][]): number {
  return backlog.reduce((total, { state, count }) => total + (states.includes(state) ? count : 0), 0);
}

/** How many reports are among those that were given up. */
export function deadReportsIn(backlog: readonly Backlog[]): number {
  return backlog.reduce((total, { state, reports }) => total + (state === "dead" ? reports : 0), 0);
}

export interface DeliveryQuery extends PageQuery {
  readonly id?: number | undefined;
  readonly states?: readonly DeliveryState[] | undefined;
  readonly label?: string | undefined;
  readonly channel?: ChannelName | undefined;
  /** Created at this time or later, and before `until`. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly uncertain?: boolean | undefined;
  /** The present time: rows have `waitsFor` where they wait for another delivery. Default: none has it. */
  readonly waitingAt?: number | undefined;
}

export interface DeliveryStore {
  /**
   * Whether a report to this audience is unfinished: open, or queued with every attempt known to have failed. A dead one
   * is finished: it alone is no reason for a report, but `gather` adds its content to the next one.
   */
  hasUnfinished(audience: Audience): Promise<boolean>;
  /**
   * Gathers everything that has not yet reached this audience into its open delivery (creating one where there is
   * none): what earlier messages announced that are still queued or dead moves over, and they are superseded. A
   * message that is being sent, or whose outcome is uncertain, keeps its discoveries. From then on the delivery is
   * being composed: later discoveries go to the audience's next one, so that nothing is linked to a message that does
   * not mention it. Gathering again before it is composed replaces it; composing the replaced one then fails.
   */
  gather(audience: Audience, at: number): Promise<{ readonly deliveryId: number }>;
  /** What a delivery announces, in order of watch (as first announced), address, port and id; devices last, by MAC address. */
  announced(query: {
    readonly deliveryId: number;
    readonly watch?: string;
    readonly limit: number;
    readonly offset: number;
  }): Promise<readonly Discovery[]>;
  /** How many discoveries of each kind a delivery announces, by watch (as first announced) and kind. */
  tally(
    deliveryId: number,
  ): Promise<readonly { readonly watch: string; readonly kind: Discovery["kind"]; readonly count: number }[]>;
  /** `open` becomes `queued`: due at once. */
  compose(deliveryId: number, message: Message): Promise<void>;
  /** Deletes an open delivery that announces nothing and is not needed; fails for one that announces something. */
  discard(deliveryId: number): Promise<void>;
  /**
   * Messages that another process, which is gone or has lost the lock, was sending become queued and uncertain, due
   * at once. Only for the holder of the lock.
   * @param inHand deliveries that this process is sending
   */
  recover(at: number, inHand?: readonly number[]): Promise<number>;
  /**
   * Takes up to `limit` due deliveries for sending: the oldest of each lane, so that no lane waits for the backlog of
   * another; of a closed lane only its scout.
   */
  claim(options: {
    readonly at: number;
    readonly limit: number;
    readonly closed?: readonly ClosedLane[];
  }): Promise<readonly Delivery[]>;
  /**
   * Records the outcome of an attempt. `nextAttemptAt` is needed for `retry`; without it the delivery is dead. Where
   * another process took the delivery over meanwhile, only a successful delivery is recorded.
   */
  recordOutcome(
    deliveryId: number,
    outcome: SendOutcome,
    options: { readonly at: number; readonly nextAttemptAt?: number },
  ): Promise<void>;
  /** Claimed but not attempted: back to queued, unchanged. */
  release(deliveryId: number): Promise<void>;
  /** Makes dead or waiting deliveries due now; held ones without a message are composed again. @returns how many */
  retry(ids: readonly number[] | "all", at: number): Promise<number>;
  /**
   * For a database that was restored from a copy: messages that waited when the copy was made may have been sent
   * since. `hold`: none is sent until {@link retry}; each is `dead` and uncertain, with `reason` as its error.
   * `drop`: they are never sent.
   * @returns how many messages
   */
  withhold(options: { readonly how: "hold" | "drop"; readonly reason: string; readonly at: number }): Promise<number>;
  /** By number: `descending`, newest first, by default. */
  list(query: DeliveryQuery): Promise<Page<DeliverySummary>>;
  get(id: number): Promise<Delivery | undefined>;
  /** How many deliveries are unfinished or given up, by state and by whether an attempt has failed. */
  backlog(): Promise<readonly Backlog[]>;
  /** When the next queued delivery is due; of a closed lane only its scout counts. */
  nextDueAt(options?: { readonly closed?: readonly ClosedLane[] }): Promise<number | undefined>;
}
