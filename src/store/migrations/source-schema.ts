import { type Kysely, sql } from "kysely";
import { countedKey } from "../connections/count-sources.ts";
import type { Dialect } from "../database.ts";
import type { Tables } from "../tables.ts";

/**
 * Schema version 11: the sources of connections, so that their list need not count a million connections. The index by peer gets the
 * protocol, so that the protocols of a source are read from it alone.
 */
export async function createSourceTable(transaction: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const { binary, clustered } = dialect;
  const statements = [
    sql`insert into meta (key, value)
      select ${sql.lit(countedKey)}, cast(coalesce(max(rowid), 0) as text) from connections`,
    sql`create table sources (
      peer ${binary} not null primary key,
      count bigint not null,
      first_at bigint not null,
      last_at bigint not null,
      last_number bigint not null
    ) ${clustered}`,
    sql`insert into sources (peer, count, first_at, last_at, last_number)
      select peer, count(*), min(at), max(at), max(rowid) from connections group by peer`,
    sql`drop index connections_by_peer`,
    sql`create index connections_by_peer on connections (peer, at, protocol)`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
