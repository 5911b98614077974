import { type Kysely, sql } from "kysely";
import { type Address, familyOf } from "../../core/address.ts";
import { type Order, type Page, pageOf } from "../../core/page.ts";
import type { HostQuery, HostRecord, PresenceState } from "../../core/store.ts";
import type { Dialect } from "../database.ts";
import { devicesAt } from "../devices/devices-at.ts";
import { comparisonOf, directionOf, hostOf } from "../keys/cursor-keys.ts";
import { addressOf, type Endpoint, firstIpv6Endpoint, ipv4Endpoint, ipv6SortKey } from "../keys/endpoint.ts";
import type { Tables } from "../tables.ts";
import { type DatabaseFilter, fittingDevices, serviceFilter } from "./service-filter.ts";

/** A page of hosts. Its cost depends on the hosts of the page, not on how many services the store has. */
export async function selectHosts(
  reader: Kysely<Tables>,
  dialect: Dialect,
  query: HostQuery,
): Promise<Page<HostRecord>> {
  const { limit, order = "ascending" } = query;
  const after = query.after === undefined ? undefined : hostOf(query.after);
  const devices = await fittingDevices(reader, dialect, query);
  const hosts: Host[] = [];
  for (const find of order === "ascending" ? [findIpv4, findIpv6] : [findIpv6, findIpv4]) {
    const left = limit + 1 - hosts.length;
    if (left > 0) hosts.push(...(await find(reader, { ...query, dialect, devices, limit: left, order, after })));
  }
  const records = await summarise(reader, hosts);
  const rows = query.detailed === true ? await detailed(reader, hosts, records) : records;
  return pageOf(rows, limit, ({ address }) => [address]);
}

interface Host {
  /** Port 0 of its address: all its endpoints are from here on, up to 65535 more. */
  readonly first: Endpoint;
  readonly address: Address;
}

/** The rest of a page: a query with its cursor read. */
interface Rest extends DatabaseFilter, Pick<HostQuery, "limit"> {
  readonly order: Order;
  readonly after: Address | undefined;
}

/** Goes from host to host by the primary key: the further services of a host are not read. */
async function findIpv4(reader: Kysely<Tables>, query: Rest): Promise<Host[]> {
  const { after, limit, order } = query;
  const isAfterIpv6 = after !== undefined && familyOf(after) === 6;
  if (isAfterIpv6 && order === "ascending") return [];
  const position = after === undefined || isAfterIpv6 ? undefined : sql`cast(${ipv4Endpoint(after, 0)} as bigint)`;
  const next = (from: typeof position) => {
    const beyond = order === "ascending" ? sql`s.endpoint > ${from} + 65535` : sql`s.endpoint < ${from}`;
    return sql`(
      select s.endpoint - s.endpoint % 65536 from services s
      where ${serviceFilter(query)} and s.endpoint < ${sql.lit(firstIpv6Endpoint)}
        ${from === undefined ? sql`` : sql`and ${beyond}`}
      order by s.endpoint ${sql.raw(directionOf(order))} limit 1)`;
  };
  const { rows } = await sql<{ first_endpoint: number }>`
    with recursive hosts (first_endpoint) as (
      select ${next(position)}
      union all
      select ${next(sql`hosts.first_endpoint`)} from hosts where hosts.first_endpoint is not null
    )
    select first_endpoint from hosts where first_endpoint is not null limit ${limit}`.execute(reader);
  return rows.map(({ first_endpoint: first }) => ({ first, address: addressOf(first, null) }));
}

async function findIpv6(reader: Kysely<Tables>, query: Rest): Promise<Host[]> {
  const { after, limit, order } = query;
  const isAfterIpv4 = after !== undefined && familyOf(after) === 4;
  if (isAfterIpv4 && order === "descending") return [];
  const first = sql`${sql.lit(firstIpv6Endpoint)} + a.id * 65536`;
  const isBeyond =
    after === undefined || isAfterIpv4
      ? sql``
      : sql`a.sort_key ${sql.raw(comparisonOf(order))} ${ipv6SortKey(after)} and`;
  const { rows } = await sql<{ first_endpoint: number; address: string }>`
    select ${first} as first_endpoint, a.address from ipv6_addresses a
    where ${isBeyond} exists (
      select 1 from services s where ${serviceFilter(query)} and s.endpoint between ${first} and ${first} + 65535)
    order by a.sort_key ${sql.raw(directionOf(order))} limit ${limit}`.execute(reader);
  return rows.map((row) => ({ first: row.first_endpoint, address: addressOf(row.first_endpoint, row.address) }));
}

/** Services of one host that agree in their attributes. */
interface ServiceGroup {
  readonly first_endpoint: number;
  readonly hostname: string | null;
  readonly mac: string | null;
  readonly vendor: string | null;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly count: number;
}

interface StateGroup {
  readonly first_endpoint: number;
  readonly state: PresenceState;
  readonly last_seen: number | null;
}

interface PresenceGroup extends StateGroup {
  readonly watch_id: number;
  /** 1 where one of its rows has no `last_seen`, which means that of the watch. */
  readonly is_of_watch: number;
}

/** In one statement. PostgreSQL would start parallel workers for more, which takes longer than the query. */
const hostsAtOnce = 20;

async function summarise(reader: Kysely<Tables>, hosts: readonly Host[]): Promise<readonly HostRecord[]> {
  const watches = await reader.selectFrom("watches").select(["id", "seen_at"]).execute();
  const records: HostRecord[] = [];
  for (let from = 0; from < hosts.length; from += hostsAtOnce) {
    const some = hosts.slice(from, from + hostsAtOnce);
    const services = Map.groupBy(await groupServices(reader, some), (group) => group.first_endpoint);
    const states = watches.length === 0 ? [] : await groupStates(reader, some, watches);
    const statesByHost = Map.groupBy(states, (group) => group.first_endpoint);
    for (const { first, address } of some) {
      records.push(toRecord(address, services.get(first) ?? [], statesByHost.get(first) ?? []));
    }
  }
  return records;
}

/**
 * One query a host, all in one statement: with its limits as values, a planner knows that few rows lie between them, and
 * uses the primary key.
 */
async function groupServices(reader: Kysely<Tables>, hosts: readonly Host[]): Promise<readonly ServiceGroup[]> {
  const groups = hosts.map(
    ({ first }) => sql`
      select cast(${first} as bigint) as first_endpoint, s.hostname, s.mac, s.vendor,
        min(s.first_seen) as first_seen, max(s.last_seen) as last_seen, count(*) as count
      from services s where s.site = 'local' and s.endpoint between ${first} and ${first + 65535}
      group by s.hostname, s.mac, s.vendor`,
  );
  const { rows } = await sql<ServiceGroup>`${sql.join(groups, sql` union all `)} order by last_seen desc`.execute(
    reader,
  );
  return rows;
}

async function groupStates(
  reader: Kysely<Tables>,
  hosts: readonly Host[],
  watches: readonly { readonly id: number; readonly seen_at: number | null }[],
): Promise<readonly StateGroup[]> {
  const ids = sql.join(watches.map(({ id }) => sql.lit(id)));
  const groups = hosts.map(
    ({ first }) => sql`
      select cast(${first} as bigint) as first_endpoint, p.watch_id, p.state, max(p.last_seen) as last_seen,
        max(case when p.last_seen is null then 1 else 0 end) as is_of_watch
      from presence p where p.watch_id in (${ids}) and p.endpoint between ${first} and ${first + 65535}
      group by p.watch_id, p.state`,
  );
  const { rows } = await sql<PresenceGroup>`${sql.join(groups, sql` union all `)} order by state`.execute(reader);
  const seenAt = new Map(watches.map((watch) => [watch.id, watch.seen_at]));
  return rows.map(({ watch_id: watch, is_of_watch: isOfWatch, ...group }) => ({
    ...group,
    last_seen: Math.max(group.last_seen ?? 0, isOfWatch === 1 ? (seenAt.get(watch) ?? 0) : 0),
  }));
}

async function detailed(
  reader: Kysely<Tables>,
  hosts: readonly Host[],
  records: readonly HostRecord[],
): Promise<readonly HostRecord[]> {
  const devices = await devicesAt(
    reader,
    hosts.map(({ address }) => address),
  );
  const exposed = new Set<number>();
  for (let from = 0; from < hosts.length; from += hostsAtOnce) {
    const ranges = hosts
      .slice(from, from + hostsAtOnce)
      .map(({ first }) => sql`(c.endpoint between ${first} and ${first + 65535})`);
    const { rows } = await sql<{ endpoint: number }>`
      select c.endpoint from check_results c
      where c.site = 'local' and c.verdict = 'exposed' and (${sql.join(ranges, sql` or `)})`.execute(reader);
    for (const { endpoint } of rows) exposed.add(endpoint - (endpoint % 65536));
  }
  return records.map((record, index) => {
    const device = devices.get(record.address);
    const first = hosts[index]?.first;
    return {
      ...record,
      ...(device === undefined ? {} : { device }),
      ...(first === undefined || !exposed.has(first) ? {} : { exposed: true as const }),
    };
  });
}

function toRecord(address: Address, services: readonly ServiceGroup[], states: readonly StateGroup[]): HostRecord {
  const lastSeen = [...services, ...states].map((group) => group.last_seen ?? 0);
  return {
    address,
    firstSeen: Math.min(...services.map((group) => group.first_seen)),
    lastSeen: Math.max(...lastSeen),
    hostnames: known(services.map(({ hostname }) => hostname)),
    macs: known(services.map(({ mac }) => mac)),
    vendors: known(services.map(({ vendor }) => vendor)),
    serviceCount: services.reduce((sum, { count }) => sum + Number(count), 0),
    states: [...new Set(states.map(({ state }) => state))],
  };
}

function known(values: readonly (string | null)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== null))];
}
