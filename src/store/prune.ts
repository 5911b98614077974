import type { Kysely } from "kysely";
import type { PruneResult, Store } from "../core/store.ts";
import { trustTime } from "../core/trusted-time.ts";
import type { Database } from "./database.ts";
import { pruneCertificates } from "./examinations/certificates.ts";
import { pruneAddresses } from "./keys/prune-addresses.ts";
import { pruneMutes } from "./mutes/mutes.ts";
import { pruneDeliveries } from "./outbox/prune-deliveries.ts";
import { pruneScans } from "./scans/prune-scans.ts";
import { pruneServices } from "./scans/prune-services.ts";
import type { Tables } from "./tables.ts";

/**
 * Deletes messages that were delivered or superseded before `before`, and scans of that age together with their
 * discoveries. Kept, however old: what is not delivered yet, what it announces, and the last scan of each watch,
 * a survey of devices is not a scan. Certificates are deleted that no service presents any more; results of checks
 * stay with their service. Alerts are many and short-lived: they have an age limit of their own, and those that were
 * given up are deleted, too. Past a number of scans or discoveries the oldest scans are deleted, at any age.
 */
export async function prune(database: Database, options: Parameters<Store["prune"]>[0]): Promise<PruneResult> {
  const { before, alertsBefore = before } = options;
  const deliveries = await pruneDeliveries(database, { before, alertsBefore });
  await database.write((transaction) => pruneDevices(transaction, before));
  await database.write((transaction) => pruneMutes(transaction, before));
  const certificates = await database.write((transaction) => pruneCertificates(transaction, before));
  const scans = await pruneScans(database, options);
  const services = options.hostsBefore === undefined ? 0 : await pruneServices(database, options.hostsBefore);
  if (scans + services > 0) await pruneAddresses(database);
  return { deliveries, scans, certificates, services };
}

const timeKey = "trusted time";

/** The current time, as far as the clock can be trusted; stored for the next call. */
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

/** Visitors' phones, for example: gone for that long, and never named or approved. */
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
