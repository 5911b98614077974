import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import type { Tables } from "../tables.ts";
import { dropUnusedBodies } from "./message-bodies.ts";

/** Deleted in one transaction at most. */
const batchSize = 500;
/** Approximate size of a delivery without its texts. */
const rowOverhead = 400;

export interface DeliveryAges {
  /** Reports that were delivered or superseded before this time are deleted. */
  readonly before: number;
  /** Alerts that were delivered or given up before this time are deleted. */
  readonly alertsBefore: number;
}

/** Deletes old deliveries, with the message bodies that no other delivery has. @returns how many */
export async function pruneDeliveries(database: Database, { before, alertsBefore }: DeliveryAges): Promise<number> {
  const alerts = await pruneKind(database, { kind: "alert", states: ["delivered", "dead"], before: alertsBefore });
  const reports = await pruneKind(database, { kind: "report", states: ["delivered", "superseded"], before });
  return alerts + reports;
}

async function pruneKind(
  database: Database,
  old: {
    readonly kind: "alert" | "report";
    readonly states: readonly ("delivered" | "dead" | "superseded")[];
    readonly before: number;
  },
): Promise<number> {
  for (let total = 0; ; ) {
    const dropped = await database.write(async (transaction) => {
      const rows = await transaction
        .selectFrom("deliveries")
        .select(["id", "body"])
        .where("kind", "=", old.kind)
        .where("state", "in", old.states)
        .where((build) => build(build.fn.coalesce("delivered_at", "created_at"), "<", old.before))
        .limit(batchSize)
        .execute();
      await dropDeliveries(transaction, rows);
      return rows.length;
    });
    total += dropped;
    if (dropped < batchSize) return total;
  }
}

/**
 * Deletes a batch of the oldest deliveries that were delivered or superseded, of about this many bytes. A body that
 * several deliveries share counts for each of them in part. @returns how many
 */
export function dropOldestDeliveries(
  database: Database,
  { bytes, before }: { readonly bytes: number; readonly before: number },
): Promise<number> {
  return database.write(async (transaction) => {
    const { rows } = await sql<{ id: number | string; body: number | string | null; size: number | string }>`
      select d.id, d.body, ${sql.lit(rowOverhead)} + ${sizeOf("d")}
        + coalesce(${sizeOf("b")} / nullif((select count(*) from deliveries s where s.body = d.body), 0), 0) as size
      from deliveries d left join message_bodies b on b.id = d.body
      where d.state in ('delivered', 'superseded') and coalesce(d.delivered_at, d.created_at) < ${before}
      order by d.id limit ${sql.lit(batchSize)}`.execute(transaction);
    const chosen: EndedDelivery[] = [];
    let taken = 0;
    for (const { id, body, size } of rows) {
      if (taken >= bytes) break;
      chosen.push({ id: Number(id), body: body === null ? null : Number(body) });
      taken += Number(size);
    }
    await dropDeliveries(transaction, chosen);
    return chosen.length;
  });
}

interface EndedDelivery {
  readonly id: number;
  readonly body: number | null;
}

async function dropDeliveries(transaction: Kysely<Tables>, ended: readonly EndedDelivery[]): Promise<void> {
  if (ended.length === 0) return;
  const ids = ended.map(({ id }) => id);
  await transaction.deleteFrom("announcements").where("delivery_id", "in", ids).execute();
  await transaction.deleteFrom("deliveries").where("id", "in", ids).execute();
  await dropUnusedBodies(transaction, [...new Set(ended.flatMap(({ body }) => body ?? []))]);
}

/** Bytes of the texts of a row; an absent one takes none. */
function sizeOf(table: "b" | "d") {
  const columns = ["text", "html", "json"].map(
    (column) => sql`coalesce(octet_length(${sql.ref(`${table}.${column}`)}), 0)`,
  );
  return sql`(${sql.join(columns, sql` + `)})`;
}
