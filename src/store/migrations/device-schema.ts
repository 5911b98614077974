import { type Kysely, sql } from "kysely";
import type { Dialect } from "../database.ts";
import type { Tables } from "../tables.ts";

/** Schema version 4: devices on the networks that this machine is on, and what is urgent. */
export async function createDeviceTables(transaction: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const { binary, bytewise, clustered } = dialect;
  const statements = [
    sql`create table devices (
      site text not null default 'local',
      mac text not null ${bytewise},
      state text not null,
      misses integer not null,
      history text,
      first_seen bigint not null,
      last_seen bigint not null,
      own_name text,
      is_approved smallint not null default 0,
      names text not null,
      vendor text,
      named_at bigint,
      primary key (site, mac)
    ) ${clustered}`,
    sql`create table device_addresses (
      site text not null default 'local',
      mac text not null ${bytewise},
      address ${binary} not null,
      first_seen bigint not null,
      last_seen bigint not null,
      is_current smallint not null,
      primary key (site, mac, address)
    ) ${clustered}`,
    sql`create index device_addresses_by_address on device_addresses (address)`,
    sql`alter table watches add column surveyed_at bigint`,
    sql`alter table watches add column known_since bigint`,
    sql`alter table discoveries add column device text`,
    sql`create index discoveries_by_device on discoveries (device) where device is not null`,
    sql`alter table discoveries add column is_known_host smallint`,
    sql`alter table deliveries add column urgency text`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
