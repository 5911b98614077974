import { sql } from "kysely";
import type { Database } from "../database.ts";

/** Looked at for one transaction. */
const batchSize = 500;
/** What a delivery takes besides its texts: about. */
const rowOverhead = 400;

/** Forgets a batch of the oldest messages that were delivered or superseded, of about so many bytes. @returns how many */
export function dropOldestDeliveries(
  database: Database,
  { bytes, before }: { readonly bytes: number; readonly before: number },
): Promise<number> {
  return database.write(async (transaction) => {
    const { rows } = await sql<{ id: number | string; size: number | string }>`
      select id, ${sql.lit(rowOverhead)} + coalesce(octet_length(text), 0) + coalesce(octet_length(html), 0)
        + coalesce(octet_length(json), 0) as size
      from deliveries where state in ('delivered', 'superseded') and coalesce(delivered_at, created_at) < ${before}
      order by id limit ${sql.lit(batchSize)}`.execute(transaction);
    const ids: number[] = [];
    let taken = 0;
    for (const { id, size } of rows) {
      if (taken >= bytes) break;
      ids.push(Number(id));
      taken += Number(size);
    }
    if (ids.length === 0) return 0;
    await transaction.deleteFrom("announcements").where("delivery_id", "in", ids).execute();
    await transaction.deleteFrom("deliveries").where("id", "in", ids).execute();
    return ids.length;
  });
}
