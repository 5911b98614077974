import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import { type Address, familyOf } from "../../core/address.ts";
import { type Order, type Page, pageOf } from "../../core/page.ts";
import type { HostQuery, HostRecord, PresenceState } from "../../core/store.ts";
import type { Dialect } from "../database.ts";
import { withDetails } from "../devices/devices-at.ts";
import { comparisonOf, directionOf, hostOf } from "../keys/cursor-keys.ts";
import { addressOf, type Endpoint, firstIpv6Endpoint, ipv4Endpoint, ipv6SortKey } from "../keys/endpoint.ts";
import type { Tables } from "../tables.ts";
import { isExposed } from "./exposed-services.ts";
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
  const records = await summarise(reader, dialect, hosts);
  const rows = query.detailed === true ? await detailed(reader, dialect, { hosts, records }) : records;
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
  const { alias, table, fits } = startOf(query);
  const endpoint = sql.ref(`${alias}.endpoint`);
  const next = (from: typeof position) => {
    const beyond = order === "ascending" ? sql`${endpoint} > ${from} + 65535` : sql`${endpoint} < ${from}`;
    return sql`(
      select ${endpoint} - ${endpoint} % 65536 from ${table}
      where ${fits} and ${endpoint} < ${sql.lit(firstIpv6Endpoint)}
        ${from === undefined ? sql`` : sql`and ${beyond}`}
      order by ${endpoint} ${sql.raw(directionOf(order))} limit 1)`;
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

/** What is walked from host to host: the services; or what watches know of those that are not present, which are few. */
function startOf(query: Rest) {
  const { state } = query;
  if (state === undefined || state === "present") {
    return { alias: "s", table: sql`services s`, fits: serviceFilter(query) };
  }
  // As a value, which is looked up for each of them: PostgreSQL would otherwise join them with all services.
  const fits = sql<SqlBool>`p.state = ${state} and p.state <> 'present' and (
    select 1 from services s where s.endpoint = p.endpoint and ${serviceFilter(query)} limit 1) is not null`;
  return { alias: "p", table: sql`presence p`, fits };
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

async function summarise(
  reader: Kysely<Tables>,
  dialect: Dialect,
  hosts: readonly Host[],
): Promise<readonly HostRecord[]> {
  if (hosts.length === 0) return [];
  const services = Map.groupBy(await groupServices(reader, dialect, hosts), (group) => group.first_endpoint);
  const states = Map.groupBy(await groupStates(reader, dialect, hosts), (group) => group.first_endpoint);
  return hosts.map(({ first, address }) => toRecord(address, services.get(first) ?? [], states.get(first) ?? []));
}

async function groupServices(
  reader: Kysely<Tables>,
  dialect: Dialect,
  hosts: readonly Host[],
): Promise<readonly ServiceGroup[]> {
  const where = sql`s.site = 'local' and ${ofHost("s")}`;
  const { rows } = await sql<ServiceGroup>`
    select i.value as first_endpoint, s.hostname, s.mac, s.vendor,
      min(s.first_seen) as first_seen, max(s.last_seen) as last_seen, count(*) as count
    from ${firstsOf(dialect, hosts)} ${dialect.forEach({ table: "services", alias: "s", where })}
    group by i.value, s.hostname, s.mac, s.vendor order by last_seen desc`.execute(reader);
  return rows;
}

async function groupStates(
  reader: Kysely<Tables>,
  dialect: Dialect,
  hosts: readonly Host[],
): Promise<readonly StateGroup[]> {
  const where = sql`p.watch_id = w.id and ${ofHost("p")}`;
  const { rows } = await sql<StateGroup>`
    select i.value as first_endpoint, p.state, max(coalesce(p.last_seen, w.seen_at)) as last_seen
    from ${firstsOf(dialect, hosts)} cross join watches w ${dialect.forEach({ table: "presence", alias: "p", where })}
    group by i.value, p.state order by p.state`.execute(reader);
  return rows;
}

/** A table `i`. */
function firstsOf(dialect: Dialect, hosts: readonly Host[]): RawBuilder<unknown> {
  return dialect.integers(hosts.map(({ first }) => first));
}

/** Its endpoint is one of the host `i`. */
function ofHost(alias: string): RawBuilder<unknown> {
  const endpoint = sql.ref(`${alias}.endpoint`);
  return sql`${endpoint} >= i.value and ${endpoint} <= i.value + 65535`;
}

async function detailed(
  reader: Kysely<Tables>,
  dialect: Dialect,
  { hosts, records }: { readonly hosts: readonly Host[]; readonly records: readonly HostRecord[] },
): Promise<readonly HostRecord[]> {
  if (hosts.length === 0) return records;
  const where = sql`${ofHost("c")} and ${isExposed("c")}`;
  const { rows } = await sql<{ first: number }>`
    select distinct i.value as first
    from ${firstsOf(dialect, hosts)} ${dialect.forEach({ table: "check_results", alias: "c", where })}`.execute(reader);
  const exposed = new Set(rows.map(({ first }) => first));
  return await withDetails(reader, records, (index) => exposed.has(hosts[index]?.first ?? -1));
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
