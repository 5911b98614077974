import { type Kysely, sql } from "kysely";
import type { Dialect } from "../database.ts";
import type { Tables } from "../tables.ts";

/**
 * Schema version 10: what people decide about findings: mutes, and acknowledgements of discoveries. `muted_until` marks what was
 * recorded while a mute covered it.
 */
export async function createAttentionTables(transaction: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const { binary, bytewise, clustered, identity } = dialect;
  const statements = [
    sql`create table mutes (
      id ${identity},
      kind text not null,
      first ${binary},
      last ${binary},
      port integer,
      mac text ${bytewise},
      note text not null,
      muted_by text not null,
      created_at bigint not null,
      until bigint not null,
      ended_by text
    )`,
    sql`create index mutes_by_end on mutes (until)`,
    sql`create table acknowledgements (
      discovery_id bigint not null primary key,
      at bigint not null,
      acknowledged_by text not null,
      note text not null
    ) ${clustered}`,
    sql`alter table discoveries add column muted_until bigint`,
    sql`alter table connections add column muted_until bigint`,
    sql`create index discoveries_muted on discoveries (id) where muted_until is not null`,
    sql`create index connections_muted on connections (at, id) where muted_until is not null`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
