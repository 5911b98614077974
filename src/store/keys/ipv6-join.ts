import { type RawBuilder, type SqlBool, sql } from "kysely";
import { type Address, familyOf } from "../../core/address.ts";
import { firstIpv6Endpoint, ipv4Endpoint, ipv6SortKey } from "./endpoint.ts";

/** Joins as `a` the row of `ipv6_addresses` for `table.endpoint`; all null for IPv4, whose quotient is below any id. */
export function ipv6Join(table: string): RawBuilder<unknown> {
  return sql`left join ipv6_addresses a on a.id = (${sql.ref(`${table}.endpoint`)} - ${sql.lit(firstIpv6Endpoint)}) / 65536`;
}

/** Orders by address value (IPv4 first) and port; what has no endpoint comes first. Needs {@link ipv6Join}. */
export function byAddress(table: string): RawBuilder<unknown> {
  return sql`a.sort_key nulls first, ${sql.ref(`${table}.endpoint`)} nulls first`;
}

/** Rows of `table` whose endpoint is of this address, by its key. */
export function atAddress(table: string, address: Address): RawBuilder<unknown> {
  const endpoint = sql.ref(`${table}.endpoint`);
  if (familyOf(address) === 4) {
    return sql`${endpoint} between ${ipv4Endpoint(address, 0)} and ${ipv4Endpoint(address, 65535)}`;
  }
  const first = sql`(select ${sql.lit(firstIpv6Endpoint)} + id * 65536 from ipv6_addresses where sort_key = ${ipv6SortKey(address)})`;
  return sql`${endpoint} between ${first} and ${first} + 65535`;
}

/** Rows of `table` whose address is from the first to the last one, in any zone. */
export function isInRange(
  table: string,
  { first, last }: { readonly first: Address; readonly last: Address },
): RawBuilder<SqlBool> {
  const endpoint = sql.ref(`${table}.endpoint`);
  if (familyOf(first) === 4)
    return sql`${endpoint} between ${ipv4Endpoint(first, 0)} and ${ipv4Endpoint(last, 65_535)}`;
  // A zone follows the digits of its address, and sorts before `~`.
  return sql`${endpoint} >= ${sql.lit(firstIpv6Endpoint)} and exists (
    select 1 from ipv6_addresses r where r.id = (${endpoint} - ${sql.lit(firstIpv6Endpoint)}) / 65536
      and r.sort_key >= ${ipv6SortKey(first)} and r.sort_key <= ${`${ipv6SortKey(last)}~`})`;
}
