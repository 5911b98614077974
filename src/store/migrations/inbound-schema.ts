import { type Kysely, sql } from "kysely";
import type { Dialect } from "../database.ts";
import type { Tables } from "../tables.ts";

/**
 * Schema version 2: inbound connections and alerts. Few indices, because each costs on every connection: by id, so
 * that none is stored twice; by time; and by peer. Rows are in the order in which they came.
 */
export async function createInboundTables(transaction: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const { bytewise, binary, clustered } = dialect;
  const statements = [
    sql`create table connections (
      id text not null unique ${bytewise},
      at bigint not null,
      listener text not null,
      peer ${binary} not null,
      peer_port integer not null,
      local ${binary} not null,
      local_port integer not null,
      via ${binary},
      via_port integer,
      ending text not null,
      duration_ms double precision not null,
      bytes bigint not null,
      phase text not null,
      protocol text not null,
      identification text not null,
      payload ${binary} not null
    )`,
    sql`create index connections_by_time on connections (at)`,
    sql`create index connections_by_peer on connections (peer, at)`,
    sql`create table origins (
      address ${binary} not null primary key,
      origin text not null,
      at bigint not null
    ) ${clustered}`,
    sql`create table alerts (
      id text not null unique ${bytewise},
      at bigint not null,
      label text not null,
      channel text not null,
      recipient text not null,
      data text not null,
      composed_at bigint,
      delivery_id bigint
    )`,
    sql`create index alerts_by_time on alerts (at, id)`,
    sql`create index alerts_pending on alerts (at, id) where composed_at is null`,
    sql`alter table deliveries add column kind text not null default 'report'`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
