import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/**
 * Schema version 12: services by the time at which they were seen last, without reading all of them. `own_seen` is the time of those
 * that were imported, or that no watch knows; most services have none, and neither has most of `presence`, so both indices are small.
 */
export async function createSeenIndices(transaction: Kysely<Tables>): Promise<void> {
  const statements = [
    sql`alter table services add column own_seen bigint`,
    sql`update services set own_seen = last_seen
      where is_inherited = 1 or last_seen <> first_seen or not exists (
        select 1 from watches w cross join presence p where p.watch_id = w.id and p.endpoint = services.endpoint)`,
    sql`create index services_by_own_time on services (site, own_seen, endpoint) where own_seen is not null`,
    sql`create index presence_by_time on presence (watch_id, last_seen, endpoint) where last_seen is not null`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
