import type { Kysely } from "kysely";
import type { PruneResult, Store } from "../core/store.ts";
import { trustTime } from "../core/trusted-time.ts";
import { pruneCertificates } from "./certificates.ts";
import type { Database } from "./database.ts";
import { pruneServices } from "./prune-services.ts";
import type { Tables } from "./tables.ts";

/** Scans forgotten in one transaction. */
const batchSize = 100;
/** Alerts, which have nothing that hangs on them. */
const alertBatch = 1000;

/**
 * Forgets messages that were delivered or superseded before `before`, and scans of that age together with their
 * discoveries. Kept, however old: what is not delivered yet, what it announces, and the last scan of each watch, which a survey of devices is not. Certificates
 * go that nobody shows any more; results of checks stay with their service. Alerts are many and soon old: they have an
 * age of their own, and those that were given up go, too.
 */
export async function prune(database: Database, options: Parameters<Store["prune"]>[0]): Promise<PruneResult> {
  const { before, alertsBefore = before } = options;
  let alerts = 0;
  for (;;) {
    const forgotten = await pruneAlerts(database, alertsBefore);
    alerts += forgotten;
    if (forgotten < alertBatch) break;
  }
  const reports = await database.write(async (transaction) => {
    const ended = transaction
      .selectFrom("deliveries")
      .select("id")
      .where("kind", "=", "report")
      .where("state", "in", ["delivered", "superseded"])
      .where((build) => build(build.fn.coalesce("delivered_at", "created_at"), "<", before));
    await transaction.deleteFrom("announcements").where("delivery_id", "in", ended).execute();
    const result = await transaction.deleteFrom("deliveries").where("id", "in", ended).executeTakeFirst();
    return Number(result.numDeletedRows);
  });
  await database.write((transaction) => pruneDevices(transaction, before));
  const certificates = await database.write((transaction) => pruneCertificates(transaction, before));
  let scans = 0;
  for (;;) {
    const forgotten = await pruneScans(database, before);
    scans += forgotten;
    if (forgotten < batchSize) break;
  }
  const services = options.hostsBefore === undefined ? 0 : await pruneServices(database, options.hostsBefore);
  return { deliveries: reports + alerts, scans, certificates, services };
}

const timeKey = "trusted time";

/** What time it is, as far as that may be believed; kept for the next time that somebody asks. */
export function trustedTime(database: Database, now: number): Promise<number> {
  return database.write(async (transaction) => {
    const row = await transaction.selectFrom("meta").select("value").where("key", "=", timeKey).executeTakeFirst();
    const [trustedAt, seenAt] = (row?.value ?? "").split(" ").map(Number);
    const before = trustedAt === undefined || seenAt === undefined ? undefined : { trustedAt, seenAt };
    const trusted = trustTime(before, now);
    const value = `${trusted.trustedAt} ${trusted.seenAt}`;
    await transaction
      .insertInto("meta")
      .values({ key: timeKey, value })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
      .execute();
    return trusted.trustedAt;
  });
}

/** Guests' telephones: gone for so long, and nobody named or approved them. */
async function pruneDevices(transaction: Kysely<Tables>, before: number): Promise<void> {
  const old = transaction
    .selectFrom("devices")
    .select("mac")
    .where("site", "=", "local")
    .where("state", "=", "gone")
    .where("last_seen", "<", before)
    .where("is_approved", "=", 0)
    .where("own_name", "is", null);
  await transaction.deleteFrom("device_addresses").where("site", "=", "local").where("mac", "in", old).execute();
  await transaction.deleteFrom("devices").where("site", "=", "local").where("mac", "in", old).execute();
}

function pruneAlerts(database: Database, before: number): Promise<number> {
  return database.write(async (transaction) => {
    const ended = transaction
      .selectFrom("deliveries")
      .select("id")
      .where("kind", "=", "alert")
      .where("state", "in", ["delivered", "dead"])
      .where((build) => build(build.fn.coalesce("delivered_at", "created_at"), "<", before))
      .limit(alertBatch);
    const result = await transaction.deleteFrom("deliveries").where("id", "in", ended).executeTakeFirst();
    return Number(result.numDeletedRows);
  });
}

function pruneScans(database: Database, before: number): Promise<number> {
  return database.write(async (transaction) => {
    const rows = await transaction
      .selectFrom("scans as s")
      .select("s.id")
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
    const ids = rows.map((row) => row.id);
    if (ids.length === 0) return 0;
    await transaction.deleteFrom("discoveries").where("scan_id", "in", ids).execute();
    await transaction.deleteFrom("scans").where("id", "in", ids).execute();
    return ids.length;
  });
}
