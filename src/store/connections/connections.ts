import { CompiledQuery, type Kysely, sql } from "kysely";
import type { Address } from "../../core/address.ts";
import {
  type ConnectionBatch,
  type ConnectionQuery,
  type ConnectionSource,
  type ConnectionStore,
  type ConnectionSummary,
  type ConnectionSummaryQuery,
  type DueAlert,
  type FoundOrigin,
  type ListedSource,
  maxOriginAgeMs,
  type SourceQuery,
  type StoredConnection,
} from "../../core/connection-store.ts";
import type { Page } from "../../core/page.ts";
import type { Database } from "../database.ts";
import { connectionNumber } from "../events/counters.ts";
import { addressKey } from "../keys/address-key.ts";
import { muteConnections, mutedSources, touching, unmutedAlerts } from "../mutes/mute-connections.ts";
import type { MuteRow } from "../mutes/mute-rows.ts";
import { insertAlerts } from "../outbox/alerts.ts";
import { type PruneOptions, pruneConnections } from "../prune-steps.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import type { Tables } from "../tables.ts";
import { connectionBytes } from "./connection-bytes.ts";
import { selectConnection, selectConnections, selectPayloads } from "./connection-rows.ts";
import { Contents } from "./contents.ts";
import { SourceCounting } from "./count-sources.ts";
import { selectSource } from "./known-sources.ts";
import { formatOrigin } from "./origin-text.ts";
import { PackedBatch, packOf } from "./packed-batch.ts";
import {
  type ConnectionCell,
  connectionColumns,
  firstAt,
  lastAt,
  type PackedConnections,
  PackedReader,
} from "./packed-connections.ts";
import { ConnectionPruning } from "./prune-connections.ts";
import { selectSources } from "./select-sources.ts";
import { ConnectionTally } from "./tally/connection-tally.ts";

/**
 * Connections to decoys. A flood is the normal case: they come in batches, each one transaction, and leave in small
 * ones. A batch that was acknowledged is as durable as everything else in the store: it survives the end of the process,
 * and a loss of power.
 */
export class SqlConnectionStore implements ConnectionStore, NamesReadMethods<ConnectionStore> {
  readonly readMethods = ["list", "get", "payloads", "count", "source", "sources", "summary"] as const;
  readonly pruning: ConnectionPruning;
  readonly #database: Database;
  /** The text of the insertion, by its number of rows. */
  readonly #insertions = new Map<number, string>();
  readonly #contents = new Contents();
  readonly #counting = new SourceCounting();
  readonly #tally: ConnectionTally;

  constructor(database: Database) {
    this.#database = database;
    this.#tally = new ConnectionTally(database);
    this.pruning = new ConnectionPruning(database);
  }

  newBatch(): ConnectionBatch {
    return new PackedBatch();
  }

  record(batch: ConnectionBatch, alerts: readonly DueAlert[]): Promise<number> {
    return this.recordPacked(packOf(batch), alerts);
  }

  async recordPacked(packed: PackedConnections, alerts: readonly DueAlert[]): Promise<number> {
    const { total, keys, counted } = await this.#database.write(async (transaction) => {
      const since = earliestEnd(packed, alerts);
      const mutes = Number.isFinite(since) ? await mutedSources(transaction, since) : [];
      const { bytes, keys, counted } = packed.count === 0 ? nothing : await this.#insert(transaction, packed, mutes);
      await insertAlerts(transaction, unmutedAlerts(alerts, mutes));
      return { total: await connectionBytes.add(transaction, bytes), keys, counted };
    });
    counted();
    this.#contents.remember(keys);
    return total;
  }

  async setOrigins(origins: readonly FoundOrigin[]): Promise<void> {
    if (origins.length === 0) return;
    await this.#database.write(async (transaction) => {
      for (const { address, origin, at, isPartial = false } of origins) {
        const before = isPartial ? at - maxOriginAgeMs : at;
        const values = { origin: formatOrigin(origin), at };
        await transaction
          .insertInto("origins")
          .values({ address: addressKey(address), ...values })
          .onConflict((conflict) =>
            conflict
              .column("address")
              .doUpdateSet(values)
              .where((build) =>
                build.or([build("origins.at", "<=", before), build("origins.at", ">", at + clockToleranceMs)]),
              ),
          )
          .execute();
      }
    });
  }

  list(query: ConnectionQuery): Promise<Page<StoredConnection>> {
    return this.#database.read((reader) => selectConnections(reader, this.#database.dialect, query));
  }

  get(id: string): Promise<StoredConnection | undefined> {
    return this.#database.read((reader) => selectConnection(reader, this.#database.dialect, id));
  }

  payloads(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    return this.#database.read((reader) => selectPayloads(reader, this.#database.dialect, "id", ids));
  }

  source(address: Address): Promise<ConnectionSource | undefined> {
    return this.#database.read((reader) => selectSource(reader, this.#database.dialect, address));
  }

  sources(query: SourceQuery): Promise<Page<ListedSource>> {
    return this.#database.read((reader) => selectSources(reader, this.#database.dialect, query));
  }

  summary(query: ConnectionSummaryQuery): Promise<ConnectionSummary> {
    return this.#tally.summary(query);
  }

  async count(): Promise<number> {
    const row = await this.#database.read((reader) =>
      reader
        .selectFrom("connections")
        .select((build) => build.fn.countAll<number>().as("count"))
        .executeTakeFirstOrThrow(),
    );
    return row.count;
  }

  prune(options: PruneOptions): Promise<number> {
    return pruneConnections(this.pruning, options);
  }

  /** Many rows a statement: its rows share the fixed cost of a statement. */
  async #insert(transaction: Kysely<Tables>, packed: PackedConnections, mutes: readonly MuteRow[]): Promise<Inserted> {
    // First: its row is locked from here on, and the numbers are in the order of the commits.
    const firstNumber = await connectionNumber.take(transaction, packed.count);
    const counted = await this.#counting.count(transaction, { last: firstNumber - 1, latestAt: lastAt(packed) });
    const { places, newBytes, keys } = await this.#contents.place(transaction, packed);
    const reader = new PackedReader(packed, { places, firstNumber });
    let bytes = newBytes;
    let left = packed.count;
    const peers: Uint8Array[] = [];
    for (const size of rowsAtOnce) {
      for (; left >= size; left -= size) {
        const parameters: ConnectionCell[] = [];
        let bytesInRows = size * connectionBytes.rowOverhead;
        for (let row = 0; row < size; row++) bytesInRows += reader.appendTo(parameters);
        if (mutes.length > 0) addPeers(peers, parameters);
        const { numAffectedRows } = await transaction.executeQuery(
          CompiledQuery.raw(this.#insertion(transaction, size), parameters),
        );
        // A batch that is repeated was stored as a whole before, or not at all.
        bytes += (bytesInRows * Number(numAffectedRows ?? 0)) / size;
      }
    }
    await muteConnections(transaction, touching(mutes, peers), { firstNumber, count: packed.count });
    return { bytes: Math.round(bytes), keys, counted };
  }

  #insertion(transaction: Kysely<Tables>, size: number): string {
    const known = this.#insertions.get(size);
    if (known !== undefined) return known;
    const row = sql`(${sql.join(connectionColumns.map(() => sql.val(null)))})`;
    const { sql: text } = sql`
      ${this.#database.dialect.insertInto} connections (${sql.join(connectionColumns.map((column) => sql.ref(column)))})
      values ${sql.join(Array.from({ length: size }, () => row))}
      on conflict (id) do nothing`.compile(transaction);
    this.#insertions.set(size, text);
    return text;
  }
}

/** When the first of them ended, at the earliest. */
function earliestEnd(packed: PackedConnections, alerts: readonly DueAlert[]): number {
  return alerts.reduce((first, { at, source }) => Math.min(first, source?.at ?? at), firstAt(packed));
}

interface Inserted {
  /** That are new in the database. */
  readonly bytes: number;
  readonly keys: Iterable<string>;
  /** See {@link SourceCounting.count}. */
  readonly counted: () => void;
}

const nothing: Inserted = { bytes: 0, keys: [], counted: () => {} };

/** An entry that is newer than a new one by more than this was written with a clock that was ahead. */
const clockToleranceMs = 60 * 60 * 1000;

/** Few sizes, so that their statements stay prepared. */
const rowsAtOnce = [64, 8, 1];

const peerColumn = connectionColumns.indexOf("peer");

/** The peers of the connections whose cells these are. */
function addPeers(peers: Uint8Array[], cells: readonly ConnectionCell[]): void {
  for (let at = peerColumn; at < cells.length; at += connectionColumns.length) {
    const peer = cells[at];
    if (peer instanceof Uint8Array) peers.push(peer);
  }
}
