import { sql } from "kysely";
import type { Database } from "../database.ts";
import { firstIpv6Endpoint } from "./endpoint.ts";

/** Deletes IPv6 addresses that no service and no discovery refers to. */
export async function pruneAddresses(database: Database): Promise<void> {
  await database.write(async (transaction) => {
    // A scan or an import that is being stored may need one of them again.
    await database.dialect.exclusively("record")?.execute(transaction);
    const first = sql`${sql.lit(firstIpv6Endpoint)} + ipv6_addresses.id * 65536`;
    await sql`
      delete from ipv6_addresses where
        not exists (select 1 from services s where s.site = 'local' and s.endpoint between ${first} and ${first} + 65535)
        and not exists (select 1 from discoveries d where d.endpoint between ${first} and ${first} + 65535)`.execute(
      transaction,
    );
  });
}
