import { type Kysely, sql } from "kysely";
import type { Store } from "../../core/store.ts";
import type { Database } from "../database.ts";
import type { Tables } from "../tables.ts";

/** Scans deleted in one transaction. */
const batchSize = 100;

/** Approximate size of scans and discoveries with their index entries. */
const scanBytes = 300;
const discoveryBytes = 250;

/** How much of a batch is needed. */
interface Amount {
  readonly scans: number;
  readonly discoveries: number;
}

/** Deletes scans by age, then by number. @returns how many */
export async function pruneScans(
  database: Database,
  { before, scansAtMost, discoveriesAtMost }: Parameters<Store["prune"]>[0],
): Promise<number> {
  let total = 0;
  for (;;) {
    const pruned = await dropOldest(database, { before, isEnough: () => false });
    total += pruned;
    if (pruned < batchSize) break;
  }
  if (scansAtMost === undefined && discoveriesAtMost === undefined) return total;
  for (;;) {
    const there = await countAll(database);
    const scans = there.scans - (scansAtMost ?? Number.MAX_SAFE_INTEGER);
    const discoveries = there.discoveries - (discoveriesAtMost ?? Number.MAX_SAFE_INTEGER);
    if (scans <= 0 && discoveries <= 0) return total;
    const isEnough = (taken: Amount) => taken.scans >= scans && taken.discoveries >= discoveries;
    const pruned = await dropOldest(database, { before: Number.MAX_SAFE_INTEGER, isEnough });
    if (pruned === 0) return total;
    total += pruned;
  }
}

/** Deletes a batch of the oldest scans that take about this many bytes with their discoveries. @returns how many */
export function dropOldestScans(
  database: Database,
  { bytes, before }: { readonly bytes: number; readonly before: number },
): Promise<number> {
  const isEnough = ({ scans, discoveries }: Amount) => scans * scanBytes + discoveries * discoveryBytes >= bytes;
  return dropOldest(database, { before, isEnough });
}

function countAll(database: Database): Promise<Amount> {
  return database.read(async (reader) => {
    const { rows } = await sql<{ scans: number | string; discoveries: number | string }>`
      select (select count(*) from scans) as scans, (select count(*) from discoveries) as discoveries`.execute(reader);
    return { scans: Number(rows[0]?.scans ?? 0), discoveries: Number(rows[0]?.discoveries ?? 0) };
  });
}

/** One transaction. Scans announced by a stored delivery stay, and so does the last scan of each watch. */
function dropOldest(
  database: Database,
  { before, isEnough }: { readonly before: number; readonly isEnough: (taken: Amount) => boolean },
): Promise<number> {
  return database.write(async (transaction) => {
    const ids: number[] = [];
    let discoveries = 0;
    for (const scan of await findOldest(transaction, before)) {
      if (isEnough({ scans: ids.length, discoveries })) break;
      ids.push(scan.id);
      discoveries += Number(scan.discoveries);
    }
    if (ids.length === 0) return 0;
    for (const table of ["acknowledgements", "discovery_addresses"] as const)
      await transaction
        .deleteFrom(table)
        .where("discovery_id", "in", (build) =>
          build.selectFrom("discoveries").select("id").where("scan_id", "in", ids),
        )
        .execute();
    await transaction.deleteFrom("discoveries").where("scan_id", "in", ids).execute();
    await transaction.deleteFrom("scans").where("id", "in", ids).execute();
    return ids.length;
  });
}

function findOldest(transaction: Kysely<Tables>, before: number) {
  return transaction
    .selectFrom("scans as s")
    .select((build) => [
      "s.id",
      build
        .selectFrom("discoveries as d")
        .select((count) => count.fn.countAll().as("count"))
        .whereRef("d.scan_id", "=", "s.id")
        .as("discoveries"),
    ])
    .where("s.status", "!=", "running")
    .where("s.started_at", "<", before)
    .where((build) =>
      build.not(
        build.exists(build.selectFrom("announcements as n").select("n.scan_id").whereRef("n.scan_id", "=", "s.id")),
      ),
    )
    .where((build) =>
      build.or([
        build("s.engine", "=", "devices"),
        build.exists(
          build
            .selectFrom("scans as later")
            .select("later.id")
            .whereRef("later.watch_id", "=", "s.watch_id")
            .whereRef("later.id", ">", "s.id")
            .where("later.status", "in", ["complete", "partial", "failed"]),
        ),
      ]),
    )
    .orderBy("s.id")
    .limit(batchSize)
    .execute();
}
