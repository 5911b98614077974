import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Dialect } from "../database.ts";
import type { Tables } from "../tables.ts";

/** Schema version 1. tables.ts documents the columns. */
export async function createTables(transaction: Kysely<Tables>, dialect: Dialect): Promise<void> {
  for (const statement of statements(dialect)) await statement.execute(transaction);
}

// Presence and discoveries have no foreign keys: checking two million of them is a third of the work of a first scan, and
// one transaction in one place writes all three sides.
function statements({ identity, clustered, bytewise }: Dialect): readonly RawBuilder<unknown>[] {
  return [
    sql`create table meta (key text primary key, value text not null)`,
    sql`create table watches (
      id ${identity},
      site text not null default 'local',
      name text not null,
      seen_at bigint,
      first_complete_scan bigint,
      has_inherited smallint not null default 0,
      unique (site, name)
    )`,
    sql`create table scans (
      id ${identity},
      watch_id bigint not null references watches (id),
      ports text not null,
      engine text not null,
      started_at bigint not null,
      ended_at bigint,
      status text not null,
      reason text,
      notes text not null,
      coverage text,
      sighted bigint not null
    )`,
    sql`create index scans_by_watch on scans (watch_id, id)`,
    sql`create table ipv6_addresses (
      id ${identity},
      sort_key text not null unique ${bytewise},
      address text not null
    )`,
    sql`create table services (
      site text not null default 'local',
      endpoint bigint not null,
      first_seen bigint not null,
      last_seen bigint not null,
      hostname text,
      mac text,
      vendor text,
      name text,
      product text,
      version text,
      is_inherited smallint not null default 0,
      primary key (site, endpoint)
    ) ${clustered}`,
    sql`create table presence (
      watch_id bigint not null,
      endpoint bigint not null,
      state text not null,
      misses smallint not null,
      first_seen bigint not null,
      last_seen bigint,
      history text,
      product text,
      version text,
      primary key (watch_id, endpoint)
    ) ${clustered}`,
    sql`create table discoveries (
      id ${identity},
      watch_id bigint not null,
      scan_id bigint not null,
      kind text not null,
      at bigint not null,
      endpoint bigint,
      first_seen bigint,
      last_seen bigint,
      detail text,
      evidence text,
      is_first_scan smallint not null,
      is_quiet smallint not null
    )`,
    sql`create index discoveries_by_scan on discoveries (scan_id, id)`,
    sql`create index discoveries_by_endpoint on discoveries (endpoint)`,
    sql`create table deliveries (
      id ${identity},
      label text not null,
      channel text not null,
      recipient text not null,
      state text not null,
      is_sealed smallint not null,
      created_at bigint not null,
      message_id text,
      message_date bigint,
      subject text,
      text text,
      html text,
      json text,
      file_name text,
      attempts bigint not null,
      next_attempt_at bigint,
      delivered_at bigint,
      last_error text,
      is_uncertain smallint not null
    )`,
    sql`create index deliveries_by_state on deliveries (state, next_attempt_at)`,
    sql`create table announcements (
      delivery_id bigint not null references deliveries (id),
      scan_id bigint not null references scans (id),
      primary key (delivery_id, scan_id)
    ) ${clustered}`,
    sql`create index announcements_by_scan on announcements (scan_id)`,
  ];
}
