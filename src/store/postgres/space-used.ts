import { type Kysely, sql } from "kysely";
import type { TableSize } from "../../core/store.ts";
import type { Tables } from "../tables.ts";

/** Our tables; others may have theirs in the same database. */
const tables: { readonly [Table in keyof Tables]: true } = {
  meta: true,
  watches: true,
  scans: true,
  ipv6_addresses: true,
  services: true,
  presence: true,
  discoveries: true,
  deliveries: true,
  message_bodies: true,
  announcements: true,
  connections: true,
  contents: true,
  origins: true,
  sources: true,
  alerts: true,
  check_results: true,
  certificates: true,
  certificate_sightings: true,
  devices: true,
  device_addresses: true,
  mutes: true,
  acknowledgements: true,
  discovery_addresses: true,
};

/** Bytes of a row beyond its columns: header, line pointer and alignment. */
const rowOverhead = 32;

/** Size of each table on the server, largest first, including free space for later rows. */
export async function tableSizes(reader: Kysely<Tables>): Promise<readonly TableSize[]> {
  const { rows } = await sql<{ name: string; bytes: string }>`
    select relname as name, pg_total_relation_size(oid)::text as bytes from pg_class
    where ${isOurs} order by pg_total_relation_size(oid) desc, 1`.execute(reader);
  return rows.map(({ name, bytes }) => ({ table: name, bytes: Number(bytes) }));
}

/**
 * The server reuses the space of deleted rows, and seldom releases it: where it holds more than `limit`, the rows themselves are
 * measured, which reads them all.
 */
export async function usedBytes(reader: Kysely<Tables>, limit: number): Promise<number> {
  const held = (await tableSizes(reader)).reduce((sum, { bytes }) => sum + bytes, 0);
  if (held <= limit) return held;
  const { rows } = await sql<{ name: string; columns: readonly string[]; indexed: number | null }>`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns,
      (pg_total_relation_size(c.oid)::float8 / nullif(pg_table_size(c.oid), 0)) as indexed
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where ${isOurs} group by c.oid, c.relname`.execute(reader);
  let total = 0;
  for (const { name, columns, indexed } of rows) {
    const sizes = columns.map((column) => sql`coalesce(pg_column_size(${sql.ref(column)}), 0)`);
    const { rows: sums } = await sql<{ bytes: string }>`
      select coalesce(sum(${sql.lit(rowOverhead)} + ${sql.join(sizes, sql` + `)}), 0)::text as bytes
      from ${sql.table(name)}`.execute(reader);
    total += Number(sums[0]?.bytes ?? 0) * (indexed ?? 1);
  }
  return Math.min(held, Math.round(total));
}

const isOurs = sql`relkind = 'r' and relnamespace = current_schema()::regnamespace
  and relname in (${sql.join(Object.keys(tables))})`;
