import { type Kysely, sql } from "kysely";
import { type Address, parseAddress } from "../../core/address.ts";
import type { Dialect } from "../database.ts";
import { addressKey } from "../keys/address-key.ts";
import type { Tables } from "../tables.ts";

/** Discoveries read at once. */
const batchSize = 500;

/**
 * Schema version 13: the addresses that discoveries of devices are about, so that the page of an address lists them whoever has it
 * now. Those of address conflicts recorded before are read from their words; the others are found by their device, as before.
 */
export async function createDiscoveryAddressTable(transaction: Kysely<Tables>, dialect: Dialect): Promise<void> {
  const { binary, clustered } = dialect;
  const statements = [
    sql`create table discovery_addresses (
      discovery_id bigint not null,
      address ${binary} not null,
      primary key (discovery_id, address)
    ) ${clustered}`,
    sql`create index discovery_addresses_by_address on discovery_addresses (address, discovery_id)`,
  ];
  for (const statement of statements) await statement.execute(transaction);
  for (let after = 0; ; ) {
    const { rows } = await sql<{ id: number | string; detail: string }>`
      select id, detail from discoveries
      where id > ${after} and kind = 'address-moved' and detail is not null order by id limit ${batchSize}`.execute(
      transaction,
    );
    for (const { id, detail } of rows)
      for (const address of conflictAddresses(detail))
        await sql`insert into discovery_addresses (discovery_id, address)
          values (${Number(id)}, ${addressKey(address)})`.execute(transaction);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = Number(last.id);
  }
}

/** Of `192.168.1.5, 192.168.1.6 and 2 more are used by ...` and `192.168.1.5 went from ...`: the addresses named first. */
function conflictAddresses(detail: string): ReadonlySet<Address> {
  const [named = ""] = detail.split(/ (?:and \d+ more|is used|are used|went from) /, 1);
  return new Set(named.split(", ").flatMap((text) => parseAddress(text) ?? []));
}
