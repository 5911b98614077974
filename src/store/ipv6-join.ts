import { type RawBuilder, sql } from "kysely";
import { firstIpv6Endpoint } from "./endpoint.ts";

/** Joins as `a` the row of `ipv6_addresses` for `table.endpoint`; all null for IPv4, whose quotient is below any id. */
export function ipv6Join(table: string): RawBuilder<unknown> {
  return sql`left join ipv6_addresses a on a.id = (${sql.ref(`${table}.endpoint`)} - ${sql.lit(firstIpv6Endpoint)}) / 65536`;
}

/** Orders by address value (IPv4 first) and port; what has no endpoint comes first. Needs {@link ipv6Join}. */
export function byAddress(table: string): RawBuilder<unknown> {
  return sql`a.sort_key nulls first, ${sql.ref(`${table}.endpoint`)} nulls first`;
}
