import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/**
 * Schema version 9: connections by local port, protocol and listener, so that a page of a rare one does not read the whole
 * table.
 */
export async function createFilterIndices(transaction: Kysely<Tables>): Promise<void> {
  const statements = [
    sql`create index connections_by_port on connections (local_port, at)`,
    sql`create index connections_by_protocol on connections (protocol, at)`,
    sql`create index connections_by_listener on connections (listener, at)`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
