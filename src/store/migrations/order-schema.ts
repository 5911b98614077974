import { type Kysely, sql } from "kysely";
import type { Dialect } from "../database.ts";
import type { Tables } from "../tables.ts";

/**
 * Schema version 15: services that are not present, which are few; services by the time at which they were seen first; and services by their
 * MAC address, so that those of each device are counted from the index alone.
 */
export async function createOrderIndices(transaction: Kysely<Tables>, { bytewise }: Dialect): Promise<void> {
  const statements = [
    sql`create index presence_by_state on presence (state, endpoint) where state <> 'present'`,
    sql`create index services_by_first_time on services (site, first_seen, endpoint)`,
    sql`create index services_by_mac on services (site, mac ${bytewise}, endpoint)`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
