import { type Kysely, sql } from "kysely";
import type { Dialect } from "../database.ts";
import { changeNumber, connectionNumber } from "../events/counters.ts";
import type { Tables } from "../tables.ts";

/**
 * Schema version 8: the order in which connections were recorded, and deliveries and scans changed. Deliveries and scans from
 * before have no number until they change again.
 */
export async function createEventColumns(transaction: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const statements = [
    ...dialect.numberRows("connections"),
    sql`insert into meta (key, value)
      select ${sql.lit(connectionNumber.key)}, cast(coalesce(max(rowid), 0) as text) from connections`,
    sql`insert into meta (key, value) values (${sql.lit(changeNumber.key)}, '0')`,
    sql`alter table deliveries add column changed bigint`,
    sql`alter table scans add column changed bigint`,
    sql`create index deliveries_by_change on deliveries (changed, id) where changed is not null`,
    sql`create index scans_by_change on scans (changed, id) where changed is not null`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
