import { type Kysely, sql } from "kysely";
import { HarbingerError } from "../../core/errors.ts";
import {
  type EventId,
  type EventKind,
  type EventPosition,
  type EventQuery,
  type EventStore,
  eventKinds,
  feedStart,
  formatEventId,
  maxEvents,
  positionOf,
  type StoreEvent,
} from "../../core/event.ts";
import { selectConnectionsAfter } from "../connections/connection-rows.ts";
import type { Database, Dialect } from "../database.ts";
import { selectDeliveryChanges } from "../outbox/delivery-changes.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import { selectScanChanges } from "../scans/scan-rows.ts";
import { selectDiscoveries } from "../scans/select-discoveries.ts";
import type { Tables } from "../tables.ts";
import { changeNumber, connectionNumber } from "./counters.ts";
import { byChange, mergeSources, type SourceEvent } from "./merge-sources.ts";
import type { Wakeup } from "./wakeup.ts";

/**
 * The feed of events, from the tables themselves: connections in the order of their `rowid`, discoveries in that of their id,
 * deliveries and scans in that of their last change. All three numbers are assigned in the order in which transactions are
 * committed; see counters.ts. For discoveries `Dialect.exclusively` ensures that.
 */
export class SqlEventStore implements EventStore, NamesReadMethods<EventStore> {
  readonly readMethods = ["list", "latest"] as const;
  readonly #database: Database;
  readonly #wakeup: Wakeup;

  constructor(database: Database, wakeup: Wakeup) {
    this.#database = database;
    this.#wakeup = wakeup;
  }

  async list({ after, kinds = eventKinds, limit }: EventQuery): Promise<readonly StoreEvent[]> {
    if (!Number.isSafeInteger(limit) || limit < 1)
      throw new HarbingerError("usage", `not a number of events: ${limit}`);
    return this.#database.read(async (reader) => {
      // Read before the events themselves: every change up to this number is committed, and so is visible to all that follow.
      // A later one may be visible to the query of the deliveries and not yet to that of the scans.
      const last = await lastPosition(reader);
      const start = after === undefined ? feedStart : positionOf(after);
      checkNotAfter(last, start);
      const page = { start, limit: Math.min(limit, maxEvents) };
      const sources = await readSources(reader, this.#database.dialect, {
        ...page,
        lastChange: last.change,
        kinds: new Set(kinds),
      });
      return mergeSources(sources, page);
    });
  }

  latest(): Promise<EventId> {
    return this.#database.read(async (reader) => formatEventId(await lastPosition(reader)));
  }

  subscribe(listener: () => void): Disposable {
    return this.#wakeup.subscribe(listener);
  }
}

/** The position after everything that is recorded. */
async function lastPosition(reader: Kysely<Tables>): Promise<EventPosition> {
  const { rows } = await sql<{ last: number | null }>`select max(id) as last from discoveries`.execute(reader);
  return {
    connection: await connectionNumber.last(reader),
    discovery: rows[0]?.last ?? 0,
    change: await changeNumber.last(reader),
    row: Number.MAX_SAFE_INTEGER,
  };
}

/** @throws HarbingerError `usage` for an id of a later copy of the database: its reader would miss what is recorded now */
function checkNotAfter(last: EventPosition, { connection, change }: EventPosition): void {
  if (connection <= last.connection && change <= last.change) return;
  throw new HarbingerError("usage", "the event id is not from this database: an older backup may have been restored", {
    remedy: "Read the lists again, and go on from the latest event.",
  });
}

interface Wanted {
  readonly start: EventPosition;
  /** Changes of deliveries and scans past this number are left for the next page. */
  readonly lastChange: number;
  readonly limit: number;
  readonly kinds: ReadonlySet<EventKind>;
}

/** The next events of each source, each in the order of its own number. */
async function readSources(
  reader: Kysely<Tables>,
  dialect: Dialect,
  { start, lastChange, limit, kinds }: Wanted,
): Promise<readonly (readonly SourceEvent[])[]> {
  const connections = kinds.has("connection")
    ? await selectConnectionsAfter(reader, dialect, { rowid: start.connection, limit })
    : [];
  const discoveries = kinds.has("discovery")
    ? await selectDiscoveries(reader, sql`where d.id > ${start.discovery} order by d.id limit ${limit}`)
    : [];
  const scans = kinds.has("scan") ? await selectScanChanges(reader, start, limit) : [];
  const deliveries = kinds.has("delivery") ? await selectDeliveryChanges(reader, start, limit) : [];
  return [
    connections.map(({ rowid, connection }) => ({
      at: connection.at,
      moves: { connection: rowid },
      event: { kind: "connection", connection },
    })),
    discoveries.map((discovery) => ({
      at: discovery.at,
      moves: { discovery: discovery.id },
      event: { kind: "discovery", discovery },
    })),
    [
      ...scans.map(
        ({ change, row, scan }): SourceEvent => ({
          at: scan.endedAt ?? scan.startedAt,
          moves: { change, row },
          event: { kind: "scan", scan },
        }),
      ),
      ...deliveries.map(
        ({ change, row, delivery }): SourceEvent => ({
          at: delivery.deliveredAt ?? delivery.createdAt,
          moves: { change, row },
          event: { kind: "delivery", delivery },
        }),
      ),
    ]
      .filter(({ moves }) => (moves.change ?? 0) <= lastChange)
      .sort(byChange),
  ];
}
