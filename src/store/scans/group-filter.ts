/** The services of one group: what `group-services.ts` counts, as a condition. */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import { type Address, familyOf } from "../../core/address.ts";
import type { ChosenGroup } from "../../core/row-groups.ts";
import type { Dialect } from "../database.ts";
import { currentHolders, type Holder } from "../devices/current-holders.ts";
import { type Endpoint, firstIpv6Endpoint, ipv4Endpoint, ipv6SortKey } from "../keys/endpoint.ts";
import type { Tables } from "../tables.ts";

/** Hexadecimal digits of the sort key of an IPv6 address: of its /64, and of the whole. */
export const ipv6SubnetDigits = 16;
export const ipv6Digits = 32;

/** Port 0 of the host of `services s`. */
export const hostOfService = sql`s.endpoint - s.endpoint % 65536`;

/** Over `services s`. */
export async function groupFilter(
  reader: Kysely<Tables>,
  dialect: Dialect,
  group: ChosenGroup,
): Promise<RawBuilder<SqlBool>> {
  if (group.by === "subnet") {
    // Each service has an address.
    return group.subnet === undefined ? sql`1 = 0` : inSubnet(group.subnet.first);
  }
  if (group.by === "label") return ofWatches(group.watches);
  const holders = await currentHolders(reader);
  const column = group.by === "device" ? sql`s.mac` : sql`s.vendor`;
  const valueAt = ({ mac, vendor }: Holder) => (group.by === "device" ? mac : vendor);
  const wanted: string | undefined = group.by === "device" ? group.mac : group.vendor;
  const hosts: Endpoint[] = [];
  for (const [first, holder] of holders) {
    const value = valueAt(holder);
    if (wanted === undefined ? value !== undefined : value === wanted) hosts.push(first);
  }
  const isHeld = sql<SqlBool>`${hostOfService} in (select i.value from ${dialect.integers(hosts)})`;
  if (wanted === undefined)
    return hosts.length === 0 ? sql`${column} is null` : sql`(${column} is null and not ${isHeld})`;
  if (hosts.length === 0) return sql`${column} = ${wanted}`;
  return sql`(${column} = ${wanted} or (${column} is null and ${isHeld}))`;
}

/** Services at an address whose device is approved, or all others; over `services s`. */
export async function approvedFilter(
  reader: Kysely<Tables>,
  dialect: Dialect,
  approved: boolean,
): Promise<RawBuilder<SqlBool>> {
  const hosts = [...(await currentHolders(reader))].flatMap(([first, { isApproved }]) => (isApproved ? [first] : []));
  return sql`${approved ? sql`` : sql`not `}${hostOfService} in (select i.value from ${dialect.integers(hosts)})`;
}

function inSubnet(first: Address): RawBuilder<SqlBool> {
  if (familyOf(first) === 4) {
    const start = ipv4Endpoint(first, 0);
    return sql`s.endpoint between ${sql.lit(start)} and ${sql.lit(start + 2 ** 24 - 1)}`;
  }
  const key = ipv6SortKey(first);
  return sql`s.endpoint >= ${sql.lit(firstIpv6Endpoint)} and exists (
    select 1 from ipv6_addresses n where n.id = (s.endpoint - ${sql.lit(firstIpv6Endpoint)}) / 65536
      and substr(n.sort_key, 1, ${sql.lit(ipv6SubnetDigits)}) = ${key.slice(0, ipv6SubnetDigits)}
      and substr(n.sort_key, ${sql.lit(ipv6Digits + 1)}) = ${key.slice(ipv6Digits)})`;
}

/** @param names `undefined`: of no watch at all */
export function ofWatches(names: readonly string[] | undefined): RawBuilder<SqlBool> {
  if (names?.length === 0) return sql`1 = 0`;
  const known = sql`exists (
    select 1 from watches w cross join presence p
    where p.watch_id = w.id and p.endpoint = s.endpoint
      ${names === undefined ? sql`` : sql`and w.name in (${sql.join(names)})`})`;
  return names === undefined ? sql`not ${known}` : sql`${known}`;
}
