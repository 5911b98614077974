import { type Kysely, sql } from "kysely";
import type { Database } from "../database.ts";
import type { Tables } from "../tables.ts";

/** Services deleted in one transaction. */
const batchSize = 1000;

/**
 * Deletes services that every watch which knew them has missed since before `before`, with their check results. Those
 * of the earlier tool, and those that no watch has seen by itself, stay. One that returns later is new.
 * @returns how many
 */
export async function pruneServices(database: Database, before: number): Promise<number> {
  let total = 0;
  for (;;) {
    const pruned = await database.write((transaction) => pruneBatch(transaction, { before, database }));
    total += pruned;
    if (pruned < batchSize) return total;
  }
}

async function pruneBatch(
  transaction: Kysely<Tables>,
  { before, database }: { readonly before: number; readonly database: Database },
): Promise<number> {
  const { rows } = await sql<{ endpoint: number }>`
    select s.endpoint from services s
    where s.site = 'local' and s.last_seen < ${before} and s.is_inherited = 0
      and exists (select 1 from presence p where p.endpoint = s.endpoint)
      and not exists (select 1 from presence p where p.endpoint = s.endpoint
        and (p.state <> 'gone' or p.last_seen is null or p.last_seen >= ${before}))
    order by s.endpoint limit ${sql.lit(batchSize)}`.execute(transaction);
  if (rows.length === 0) return 0;
  const endpoints = rows.map(({ endpoint }) => Number(endpoint));
  const isOne = sql<boolean>`endpoint in (select i.value from ${database.dialect.integers(endpoints)})`;
  for (const table of ["presence", "check_results", "certificate_sightings", "services"] as const) {
    await transaction.deleteFrom(table).where(isOne).execute();
  }
  return endpoints.length;
}
