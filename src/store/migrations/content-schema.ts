import { type Kysely, sql } from "kysely";
import { connectionBytes } from "../connections/connection-bytes.ts";
import type { Dialect } from "../database.ts";
import type { Tables } from "../tables.ts";

/**
 * Schema version 5: content that clients sent repeatedly is stored once. Earlier connections keep theirs in their own
 * row; `content` is null there.
 */
export async function createContentTable(transaction: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const { identity, binary } = dialect;
  const statements = [
    sql`create table contents (
      id ${identity},
      hash ${binary} not null unique,
      identification text not null,
      payload ${binary} not null,
      last_at bigint not null
    )`,
    sql`create index contents_by_time on contents (last_at)`,
    sql`alter table connections add column content bigint`,
    sql`insert into meta (key, value)
      select ${sql.lit(connectionBytes.key)}, cast(coalesce(sum(${connectionBytes.ofRow}), 0) as text) from connections`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
