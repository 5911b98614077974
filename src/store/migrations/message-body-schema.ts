import { type Kysely, sql } from "kysely";
import type { Dialect } from "../database.ts";
import type { Tables } from "../tables.ts";

/**
 * Schema version 7: the body of a message is stored once for all its recipients. Deliveries from before keep theirs in their
 * own row; `body` is null there.
 */
export async function createMessageBodyTable(transaction: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const { identity, binary } = dialect;
  const statements = [
    sql`create table message_bodies (
      id ${identity},
      hash ${binary} not null unique,
      text text not null,
      html text,
      json text
    )`,
    sql`alter table deliveries add column body bigint references message_bodies (id)`,
    sql`create index deliveries_by_body on deliveries (body) where body is not null`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}
