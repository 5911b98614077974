import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Port } from "../../core/ports.ts";
import { safeText } from "../../core/safe-text.ts";
import type { ScanOutcome, ScanSummary } from "../../core/scan-store.ts";
import { isStoppedScan } from "../../core/stopped.ts";
import { changeNumber } from "../events/counters.ts";
import { muteDiscoveries } from "../mutes/mute-discoveries.ts";
import type { Tables } from "../tables.ts";
import { announceScan, countAnnounced } from "./announce-scan.ts";
import { noteAttributes } from "./attributes.ts";
import { Comparison } from "./comparison.ts";
import { describeCoverage } from "./coverage-text.ts";
import { collapseEveryPort } from "./every-port.ts";
import type { FinishContext } from "./finish-context.ts";
import type { Staging } from "./staging.ts";

/** A watch that grew by a tenth or more needs new statistics for the planner. */
const growthFactor = 10;

/**
 * Compares the sightings of a scan with what its watch knows, and writes the outcome. The comparison is set
 * operations in the database: an unchanged service needs no write and no object here. Only what may change its state
 * passes one by one through the state machine in presence.ts, a page at a time.
 */
export async function finishScan(
  transaction: Kysely<Tables>,
  scan: {
    readonly id: number;
    readonly watchId: number;
    /** The ports that the watch scans. */
    readonly ports: readonly Port[];
    readonly staging: Staging;
  },
  outcome: ScanOutcome,
): Promise<ScanSummary> {
  const watch = await transaction
    .selectFrom("watches")
    .select(["seen_at", "first_complete_scan", "has_inherited"])
    .where("id", "=", scan.watchId)
    .executeTakeFirstOrThrow();
  const beginning: FinishContext = {
    transaction,
    staging: scan.staging,
    scanId: scan.id,
    watchId: scan.watchId,
    outcome,
    isFirst:
      outcome.status !== "failed" &&
      watch.has_inherited === 0 &&
      watch.first_complete_scan === null &&
      !(await hasConcluded(transaction, scan)),
    seenAt: watch.seen_at ?? outcome.at,
  };
  await scan.staging.dialect.exclusively("record")?.execute(transaction);
  await scan.staging.fold(transaction);
  const everyPort = await collapseEveryPort(beginning, scan.ports);
  const context: FinishContext = everyPort === undefined ? beginning : { ...beginning, everyPort };
  const fresh = await findFresh(context);
  const tally = await countEndpoints(context, fresh);
  // `watches.seen_at` moves to this scan where that rewrites fewer rows than setting the time of each sighted one.
  const movesReference = tally.sighted > 0 && tally.sightedKnown * 2 >= tally.known;
  const comparison = new Comparison(context, movesReference);
  if (tally.sightedKnown > 0) await comparison.observeSighted();
  if (tally.sightedKnown < tally.known) await comparison.observeUnsighted();
  if (tally.sightedKnown > 0) await comparison.refreshSighted();
  if (tally.fresh > 0) await addFresh(context, fresh, movesReference);
  if (tally.fresh * growthFactor > tally.known) await analyze(context);
  if (scan.staging.hasAttributes) await noteAttributes(context);
  if (outcome.status === "failed") await noteFailure(context);
  if (movesReference) {
    await transaction.updateTable("watches").set({ seen_at: outcome.at }).where("id", "=", scan.watchId).execute();
  }
  const isUseful = outcome.status !== "failed" && (tally.sighted > 0 || outcome.coverage.kind !== "none");
  // Despite its name, the column is set for a partial scan, too; not for a stopped one, after which most of the network is still new.
  if (isUseful && !isStoppedScan(outcome) && watch.first_complete_scan === null) {
    await transaction
      .updateTable("watches")
      .set({ first_complete_scan: scan.id })
      .where("id", "=", scan.watchId)
      .execute();
  }
  await endScan(context, tally.sighted);
  await muteDiscoveries(transaction, scan.id, outcome.at);
  const counts = await countNews(context, tally.sighted);
  if (counts.announced > 0) await announceScan(transaction, scan.id, outcome);
  return {
    scanId: scan.id,
    firstScan: context.isFirst && isUseful,
    counts: counts.shown,
  };
}

/**
 * A scan of the watch before this one was complete, or partial with some result and not stopped; needed for databases that recorded only
 * complete ones.
 */
async function hasConcluded(
  transaction: Kysely<Tables>,
  scan: { readonly id: number; readonly watchId: number },
): Promise<boolean> {
  const before = await transaction
    .selectFrom("scans")
    .select("id")
    .where("watch_id", "=", scan.watchId)
    .where("id", "<", scan.id)
    .where(sql<SqlBool>`not ${saysStopped}`)
    .where((is) =>
      is.or([
        is("status", "=", "complete"),
        is.and([
          is("status", "=", "partial"),
          is.or([is("sighted", ">", 0), is("coverage", "is distinct from", describeCoverage({ kind: "none" }))]),
        ]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return before !== undefined;
}

/** As `wasStopped`. A complete scan has no reason. */
const saysStopped = sql<SqlBool>`(${sql.join(
  ["stopped by %", "stopped because %", "%; stopped by %", "%; stopped because %"].map(
    (pattern) => sql`coalesce(reason, '') like ${sql.lit(pattern)}`,
  ),
  sql` or `,
)})`;

/** The endpoints that this watch has never seen. */
function findFresh({ transaction, staging, watchId }: FinishContext): Promise<RawBuilder<unknown>> {
  return staging.createKeyed(
    transaction,
    "fresh",
    sql`select s.endpoint from ${staging.sighted} s
      where not exists (select 1 from presence p where p.watch_id = ${sql.lit(watchId)} and p.endpoint = s.endpoint)`,
  );
}

async function countEndpoints({ transaction, staging, watchId }: FinishContext, fresh: RawBuilder<unknown>) {
  const { rows } = await sql<{ sighted: number; fresh: number; known: number }>`
    select (select count(*) from ${staging.sighted}) as sighted, (select count(*) from ${fresh}) as fresh,
      (select count(*) from presence where watch_id = ${watchId}) as known`.execute(transaction);
  const row = rows[0] ?? { sighted: 0, fresh: 0, known: 0 };
  return { ...row, sightedKnown: row.sighted - row.fresh };
}

async function addFresh(context: FinishContext, fresh: RawBuilder<unknown>, movesReference: boolean): Promise<void> {
  const { transaction, watchId, scanId, outcome } = context;
  const { at } = outcome;
  await sql`
    insert into services (endpoint, first_seen, last_seen)
    select f.endpoint, ${sql.lit(at)}, ${sql.lit(at)} from ${fresh} f
    where not exists (select 1 from services s where s.site = 'local' and s.endpoint = f.endpoint)
    order by f.endpoint`.execute(transaction);
  const lastSeen = movesReference ? sql`null` : sql.lit(at);
  await sql`
    insert into discoveries (
      watch_id, scan_id, kind, at, endpoint, first_seen, last_seen, is_first_scan, is_quiet, is_known_host)
    select ${sql.lit(watchId)}, ${sql.lit(scanId)}, 'new', ${sql.lit(at)}, f.endpoint, ${sql.lit(at)}, ${sql.lit(at)},
      ${sql.lit(context.isFirst ? 1 : 0)}, 0, ${isKnownHost(scanId)}
    from ${fresh} f order by f.endpoint`.execute(transaction);
  await sql`
    insert into presence (watch_id, endpoint, state, misses, first_seen, last_seen)
    select ${sql.lit(watchId)}, f.endpoint, 'present', 0, ${sql.lit(at)}, ${lastSeen}
    from ${fresh} f order by f.endpoint`.execute(transaction);
}

/**
 * Whether any watch had seen the host before this scan began: a range of the primary key. A host that two watches of
 * one run find at the same time is new to both. The plus keeps planners without statistics from the index by time, which has all services for
 * each host.
 */
function isKnownHost(scanId: number): RawBuilder<unknown> {
  const host = sql`(f.endpoint - f.endpoint % 65536)`;
  return sql`case when exists (select 1 from services k where k.site = 'local'
    and k.endpoint between ${host} and ${host} + 65535
    and +k.first_seen < (select started_at from scans where id = ${sql.lit(scanId)})) then 1 else 0 end`;
}

/** Without current statistics PostgreSQL would plan queries for empty tables. */
async function analyze({ transaction, staging }: FinishContext): Promise<void> {
  for (const table of ["services", "presence", "discoveries"]) {
    await staging.dialect.analyze(table)?.execute(transaction);
  }
}

async function noteFailure({ transaction, watchId, scanId, outcome }: FinishContext): Promise<void> {
  if (outcome.policy.announceFailure === "changes") {
    const before = await transaction
      .selectFrom("scans")
      .select("status")
      .where("watch_id", "=", watchId)
      .where("id", "<", scanId)
      .where("status", "in", ["complete", "partial", "failed"])
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst();
    if (before?.status === "failed") return;
  }
  await transaction
    .insertInto("discoveries")
    .values({
      watch_id: watchId,
      scan_id: scanId,
      kind: "scan-failed",
      at: outcome.at,
      detail: safeText(outcome.reason ?? "unknown reason"),
      is_first_scan: 0,
      is_quiet: 0,
    })
    .execute();
}

async function endScan({ transaction, scanId, outcome }: FinishContext, sighted: number): Promise<void> {
  await transaction
    .updateTable("scans")
    .set({
      ended_at: outcome.at,
      status: outcome.status,
      engine: outcome.engine,
      reason: outcome.reason === undefined ? null : safeText(outcome.reason),
      notes: JSON.stringify(outcome.notes.map((note) => safeText(note))),
      coverage: describeCoverage(outcome.coverage),
      sighted,
      changed: await changeNumber.take(transaction),
    })
    .where("id", "=", scanId)
    .execute();
}

async function countNews({ transaction, scanId, watchId }: FinishContext, sighted: number) {
  const rows = await countAnnounced(transaction, scanId);
  const present = await transaction
    .selectFrom("presence")
    .select((build) => build.fn.countAll<number>().as("count"))
    .where("watch_id", "=", watchId)
    .where("state", "=", "present")
    .executeTakeFirstOrThrow();
  const count = (kind: string) => rows.find((row) => row.kind === kind)?.count ?? 0;
  return {
    announced: rows.reduce((sum, row) => sum + row.count, 0),
    shown: {
      new: count("new"),
      gone: count("gone"),
      returned: count("returned"),
      flapping: count("flapping"),
      changed: count("changed"),
      present: present.count,
      sighted,
    },
  };
}
