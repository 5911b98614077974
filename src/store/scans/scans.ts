import { type Kysely, sql } from "kysely";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { type Page, pageOf } from "../../core/page.ts";
import { formatPorts, type Port } from "../../core/ports.ts";
import type { ScanRecord } from "../../core/scan-record.ts";
import type { ScanOutcome, ScanQuery, ScanSession, ScanStore, ScanSummary } from "../../core/scan-store.ts";
import type { Sighting } from "../../core/sighting.ts";
import type { Database } from "../database.ts";
import { changeNumber } from "../events/counters.ts";
import { comparisonOf, directionOf, idOf } from "../keys/cursor-keys.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import { misuse } from "../store-errors.ts";
import type { Tables } from "../tables.ts";
import { finishScan } from "./finish-scan.ts";
import { createHostViews } from "./host-views.ts";
import { type PackedSightings, packSightings } from "./packed-sightings.ts";
import { selectScans, toScan } from "./scan-rows.ts";
import { Staging } from "./staging.ts";

export class SqlScanStore implements ScanStore, NamesReadMethods<ScanStore> {
  readonly readMethods = ["list"] as const;
  readonly #database: Database;
  readonly #log: Log;
  readonly #running = new Set<number>();

  constructor(database: Database, log: Log) {
    this.#database = database;
    this.#log = log;
  }

  async begin(scan: Parameters<ScanStore["begin"]>[0]): Promise<SqlScanSession> {
    const { id, watchId } = await this.#database.write(async (transaction) => {
      const watchId = await enrolWatch(transaction, scan.watch, scan.ports);
      await createHostViews(transaction, this.#database.dialect, scan.ports);
      const { id } = await transaction
        .insertInto("scans")
        .values({
          watch_id: watchId,
          ports: formatPorts(scan.ports),
          engine: scan.engine,
          started_at: scan.at,
          status: "running",
          notes: "[]",
          sighted: 0,
          changed: await changeNumber.take(transaction),
        })
        .returning("id")
        .executeTakeFirstOrThrow();
      return { id, watchId };
    });
    const staging = new Staging(this.#database.dialect, id);
    await this.#database.stage((writer) => staging.create(writer));
    this.#running.add(id);
    return new SqlScanSession({
      database: this.#database,
      log: this.#log,
      id,
      watchId,
      ports: scan.ports,
      staging,
      onEnd: () => this.#running.delete(id),
    });
  }

  /** Marks scans that an earlier process left running as abandoned; only for the holder of the lock. */
  async abandonOrphans(at: number): Promise<void> {
    const orphans = await this.#database.write(async (transaction) => {
      const rows = await transaction.selectFrom("scans").select("id").where("status", "=", "running").execute();
      const ids = rows.map((row) => row.id).filter((id) => !this.#running.has(id));
      if (ids.length > 0) {
        await transaction
          .updateTable("scans")
          .set({
            status: "abandoned",
            ended_at: at,
            reason: "the program ended before the scan did",
            changed: await changeNumber.take(transaction),
          })
          .where("id", "in", ids)
          .execute();
      }
      return ids;
    });
    for (const id of orphans) {
      await this.#database.stage((writer) => new Staging(this.#database.dialect, id).drop(writer));
    }
  }

  knownSince(watch: { readonly name: string; readonly ports: readonly Port[] }, at: number): Promise<number> {
    return this.#database.write(async (transaction) => {
      const id = await enrolWatch(transaction, watch.name, watch.ports);
      const row = await transaction
        .updateTable("watches")
        .set({ known_since: sql`coalesce(known_since, ${sql.lit(at)})` })
        .where("id", "=", id)
        .returning("known_since")
        .executeTakeFirstOrThrow();
      return row.known_since ?? at;
    });
  }

  async list(wanted: ScanQuery): Promise<Page<ScanRecord>> {
    const { watch, status, engine, since, until, after, limit, order = "descending" } = wanted;
    const rows = await this.#database.read((reader) => {
      let query = selectScans(reader);
      if (watch !== undefined) query = query.where("watches.name", "=", watch);
      if (status !== undefined) query = query.where("scans.status", "=", status);
      if (engine !== undefined) query = query.where("scans.engine", "=", engine);
      if (since !== undefined) query = query.where("scans.started_at", ">=", since);
      if (until !== undefined) query = query.where("scans.started_at", "<", until);
      if (after !== undefined) query = query.where("scans.id", comparisonOf(order), idOf(after));
      return query
        .orderBy("scans.id", directionOf(order))
        .limit(limit + 1)
        .execute();
    });
    return pageOf(rows.map(toScan), limit, ({ id }) => [id]);
  }
}

/**
 * Finds or creates the watch. A new one starts with what the earlier tool had found on its ports, so that nothing known is
 * reported as new.
 */
export async function enrolWatch(transaction: Kysely<Tables>, name: string, ports: readonly Port[]): Promise<number> {
  const known = await transaction.selectFrom("watches").select("id").where("name", "=", name).executeTakeFirst();
  if (known !== undefined) return known.id;
  const { id } = await transaction.insertInto("watches").values({ name }).returning("id").executeTakeFirstOrThrow();
  if (ports.length === 0) return id;
  let inherited = 0n;
  for (let from = 0; from < ports.length; from += portsAtOnce) {
    inherited += await inherit(transaction, id, ports.slice(from, from + portsAtOnce));
  }
  if (inherited > 0n) {
    await transaction.updateTable("watches").set({ has_inherited: 1 }).where("id", "=", id).execute();
  }
  return id;
}

/** Databases bound the number of values in a statement; a watch may have all 65,535 ports. */
const portsAtOnce = 1000;

async function inherit(transaction: Kysely<Tables>, watchId: number, ports: readonly Port[]): Promise<bigint> {
  const inserted = await transaction
    .insertInto("presence")
    .columns(["watch_id", "endpoint", "state", "misses", "first_seen", "last_seen"])
    .expression((build) =>
      build
        .selectFrom("services")
        .select([
          sql<number>`${sql.lit(watchId)}`.as("watch_id"),
          "endpoint",
          sql<"inherited">`'inherited'`.as("state"),
          sql<number>`0`.as("misses"),
          "first_seen",
          "last_seen",
        ])
        .where("is_inherited", "=", 1)
        .where(sql<number>`endpoint % 65536`, "in", [...ports]),
    )
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows ?? 0n;
}

export class SqlScanSession implements ScanSession {
  readonly id: number;
  readonly #database: Database;
  readonly #log: Log;
  readonly #watchId: number;
  readonly #ports: readonly Port[];
  readonly #staging: Staging;
  readonly #onEnd: () => void;
  #hasEnded = false;
  #added: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly database: Database;
    readonly log: Log;
    readonly id: number;
    readonly watchId: number;
    readonly ports: readonly Port[];
    readonly staging: Staging;
    readonly onEnd: () => void;
  }) {
    this.id = options.id;
    this.#database = options.database;
    this.#log = options.log;
    this.#watchId = options.watchId;
    this.#ports = options.ports;
    this.#staging = options.staging;
    this.#onEnd = options.onEnd;
  }

  async add(batch: readonly Sighting[]): Promise<void> {
    await this.addPacked(packSightings(batch));
  }

  async addPacked(packed: PackedSightings): Promise<void> {
    this.#mustBeRunning();
    // One batch after the other: the number of rows shows whether a batch with a lost answer was stored.
    const added = this.#added.then(async () => {
      await this.#database.stage((writer, mayBeDone) => this.#staging.add(writer, packed, mayBeDone));
      this.#staging.added(packed);
    });
    this.#added = added.catch(() => {});
    await added;
  }

  async finish(outcome: ScanOutcome): Promise<ScanSummary> {
    this.#mustBeRunning();
    const summary = await this.#database.write(async (transaction) => {
      const scan = await transaction.selectFrom("scans").select("status").where("id", "=", this.id).executeTakeFirst();
      if (scan?.status !== "running") throw misuse(`scan ${this.id} is not running`);
      const running = { id: this.id, watchId: this.#watchId, ports: this.#ports, staging: this.#staging };
      return finishScan(transaction, running, outcome);
    });
    await this.#end();
    return summary;
  }

  async abandon(): Promise<void> {
    if (this.#hasEnded) return;
    await this.#database.write(async (transaction) => {
      await transaction
        .updateTable("scans")
        .set({ status: "abandoned", changed: await changeNumber.take(transaction) })
        .where("id", "=", this.id)
        .where("status", "=", "running")
        .execute();
    });
    await this.#end();
  }

  #mustBeRunning(): void {
    if (this.#hasEnded) throw misuse(`scan ${this.id} has ended`);
  }

  /** The outcome is stored by now: a failure to drop the sightings must not undo it. */
  async #end(): Promise<void> {
    this.#hasEnded = true;
    this.#onEnd();
    try {
      await this.#database.stage((writer) => this.#staging.drop(writer));
    } catch (error) {
      this.#log.warn("could not drop the staged sightings of a recorded scan", {
        scan: this.id,
        reason: messageOf(error),
      });
    }
  }
}
