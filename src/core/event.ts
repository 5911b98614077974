import type { StoredConnection } from "./connection-store.ts";
import type { DeliverySummary } from "./delivery.ts";
import type { Discovery } from "./discovery.ts";
import type { ScanRecord } from "./scan-record.ts";

/**
 * A place in the feed of events, as text: what a client sends as `Last-Event-ID`. Four numbers with base 36 and hyphens
 * between them, 47 characters at most. It stays valid across restarts and migrations of the schema.
 */
export type EventId = string & { readonly __brand: "event id" };

export const eventKinds = ["connection", "discovery", "delivery", "scan"] as const;
export type EventKind = (typeof eventKinds)[number];

/**
 * What happened, with the row as it is when it is read: of several changes of one delivery or scan that were not read
 * in time, only the last one is in the feed.
 */
export type StoreEvent = { readonly id: EventId } & (
  | { readonly kind: "connection"; readonly connection: StoredConnection }
  | { readonly kind: "discovery"; readonly discovery: Discovery }
  /** A delivery was created, or its state changed. */
  | { readonly kind: "delivery"; readonly delivery: DeliverySummary }
  /** A scan began, when it is `running`; otherwise it ended. */
  | { readonly kind: "scan"; readonly scan: ScanRecord }
);

export interface EventQuery {
  /** The id of the last event that was read. Default: the start of what is stored. */
  readonly after?: EventId | undefined;
  /** Default: all. */
  readonly kinds?: readonly EventKind[] | undefined;
  /** 1 to {@link maxEvents}. */
  readonly limit: number;
}

/** Events that one call reads at most. */
export const maxEvents = 500;

/**
 * The feed of events: everything in the order in which it was recorded, each event once. Between events of different
 * kinds the time decides. What was pruned is not in it.
 */
export interface EventStore {
  /** @returns the next events; fewer than `limit` where there are no more for now */
  list(query: EventQuery): Promise<readonly StoreEvent[]>;
  /** The place after everything that was recorded by now. */
  latest(): Promise<EventId>;
  /**
   * Calls `listener` when this process recorded something, after it was committed. Other processes with the same database
   * do not: see `watchEvents`.
   * @returns ends it
   */
  subscribe(listener: () => void): Disposable;
}

/** How far a reader is in each source of the feed. */
export interface EventPosition {
  /** `rowid` of the last connection. */
  readonly connection: number;
  /** `id` of the last discovery. */
  readonly discovery: number;
  /** Of the last change of a scan or a delivery: the number of the change, and what sorts rows with the same number. */
  readonly change: number;
  readonly row: number;
}

export const feedStart: EventPosition = { connection: 0, discovery: 0, change: 0, row: 0 };

const form = /^[0-9a-z]{1,11}(?:-[0-9a-z]{1,11}){3}$/;

export function formatEventId({ connection, discovery, change, row }: EventPosition): EventId {
  return [connection, discovery, change, row].map((part) => part.toString(36)).join("-") as EventId;
}

/** Reads what a client sent. `undefined`: it is not the id of an event. */
export function parseEventId(text: string): EventId | undefined {
  return positionIn(text) === undefined ? undefined : (text as EventId);
}

export function positionOf(id: EventId): EventPosition {
  return positionIn(id) ?? feedStart;
}

/** Whether an event comes after what was read up to `id`. Both are compared within the source of the event. */
export function isAfter(event: StoreEvent, id: EventId): boolean {
  const [one, other] = [positionOf(event.id), positionOf(id)];
  if (event.kind === "connection") return one.connection > other.connection;
  if (event.kind === "discovery") return one.discovery > other.discovery;
  return one.change > other.change || (one.change === other.change && one.row > other.row);
}

function positionIn(text: string): EventPosition | undefined {
  if (!form.test(text)) return undefined;
  const [connection = 0, discovery = 0, change = 0, row = 0] = text.split("-").map((part) => Number.parseInt(part, 36));
  const position = { connection, discovery, change, row };
  return Object.values(position).every(Number.isSafeInteger) ? position : undefined;
}
