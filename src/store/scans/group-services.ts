/** Groups of services, and of the hosts that have them, with the number of each: of all that fit, whatever the length of the list. */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import { type Address, addressFromBigInt, ipv4FromNumber } from "../../core/address.ts";
import type { Page } from "../../core/page.ts";
import type { RowGroup } from "../../core/row-groups.ts";
import type { ServiceGroupQuery } from "../../core/store.ts";
import { subnetOf } from "../../core/subnet.ts";
import type { Dialect } from "../database.ts";
import { currentHolders } from "../devices/current-holders.ts";
import { namedDevices } from "../devices/named-devices.ts";
import { lastGroup, pageOfGroups } from "../group-pages.ts";
import { type Endpoint, firstIpv6Endpoint } from "../keys/endpoint.ts";
import { firstEndpoints } from "../keys/first-endpoints.ts";
import { atAddress, ipv6Join } from "../keys/ipv6-join.ts";
import type { Tables } from "../tables.ts";
import { hostOfService, ipv6Digits, ipv6SubnetDigits, ofWatches } from "./group-filter.ts";
import { fittingDevices, serviceFilter } from "./service-filter.ts";

export async function selectServiceGroups(
  reader: Kysely<Tables>,
  dialect: Dialect,
  query: ServiceGroupQuery,
): Promise<Page<RowGroup>> {
  const devices = await fittingDevices(reader, dialect, query);
  const all = [serviceFilter({ ...query, dialect, devices })];
  if (query.address !== undefined) all.push(sql`${atAddress("s", query.address)}`);
  if (query.only !== undefined) all.push(await onlyThese(reader, dialect, query));
  const asked = { query, where: sql<SqlBool>`${sql.join(all, sql` and `)}`, isOfAll: isOfAll(query), dialect };
  const page = pageOfGroups(await groupsOf(reader, asked), query);
  if (query.by !== "device") return page;
  const named = await namedDevices(
    reader,
    page.rows.flatMap(({ key }) => key ?? []),
  );
  return { ...page, rows: page.rows.map((group) => withName(group, named.get(group.key ?? "")?.name)) };
}

function isOfAll({ rows, by, labels, limit, after, ...filters }: ServiceGroupQuery): boolean {
  return Object.values(filters).every((value) => value === undefined);
}

function withName(group: RowGroup, name: string | undefined): RowGroup {
  return name === undefined ? group : { ...group, name };
}

interface Asked {
  readonly query: ServiceGroupQuery;
  /** Over `services s`. */
  readonly where: RawBuilder<SqlBool>;
  /** Every service fits. */
  readonly isOfAll: boolean;
  readonly dialect: Dialect;
}

function groupsOf(reader: Kysely<Tables>, asked: Asked): Promise<readonly RowGroup[]> {
  const { by } = asked.query;
  if (by === "subnet") return bySubnet(reader, asked);
  return by === "label" ? byLabel(reader, asked) : byDevice(reader, asked, by);
}

async function onlyThese(
  reader: Kysely<Tables>,
  dialect: Dialect,
  { only = [], rows }: ServiceGroupQuery,
): Promise<RawBuilder<SqlBool>> {
  const firsts = await firstEndpoints(
    reader,
    only.map(({ address }) => address),
  );
  const endpoints = only.flatMap(({ address, port }) => {
    const first = firsts.get(address);
    return first === undefined ? [] : [rows === "hosts" ? first : first + port];
  });
  const place = rows === "hosts" ? hostOfService : sql`s.endpoint`;
  return sql`${place} in (select i.value from ${dialect.integers(endpoints)})`;
}

function counted({ query }: Pick<Asked, "query">): RawBuilder<unknown> {
  return query.rows === "hosts" ? sql`count(distinct ${hostOfService})` : sql`count(*)`;
}

async function bySubnet(reader: Kysely<Tables>, asked: Asked): Promise<readonly RowGroup[]> {
  const { where, query } = asked;
  // Each host once before they are counted: to count different values, PostgreSQL sorts all rows.
  const place = query.rows === "hosts" ? sql`distinct ${hostOfService}` : sql`s.endpoint`;
  const ipv4 = await sql<{ subnet: number; count: number }>`
    select (t.place - t.place % 16777216) / 65536 as subnet, count(*) as count from (
      select ${place} as place from services s where ${where} and s.endpoint < ${sql.lit(firstIpv6Endpoint)}) t
    group by 1`.execute(reader);
  const ipv6 = await sql<{ prefix: string; zone: string; count: number }>`
    select substr(a.sort_key, 1, ${sql.lit(ipv6SubnetDigits)}) as prefix, substr(a.sort_key, ${sql.lit(ipv6Digits + 1)}) as zone,
      ${counted(asked)} as count
    from services s ${ipv6Join("s")} where ${where} and s.endpoint >= ${sql.lit(firstIpv6Endpoint)} group by 1, 2`.execute(
    reader,
  );
  return [
    ...ipv4.rows.map(({ subnet, count }) => ({ key: subnetOf(ipv4FromNumber(Number(subnet))), count: Number(count) })),
    ...ipv6.rows.map(({ prefix, zone, count }) => {
      const first = addressFromBigInt(BigInt(`0x${prefix.padEnd(ipv6Digits, "0")}`), 6);
      // The zone was part of an address when the key was made.
      return { key: subnetOf(`${first}${zone}` as Address), count: Number(count) };
    }),
  ];
}

/** By the device or the vendor: what the service itself has, else what the device at its address has now. */
async function byDevice(reader: Kysely<Tables>, asked: Asked, by: "device" | "vendor"): Promise<readonly RowGroup[]> {
  const column = by === "device" ? sql`s.mac` : sql`s.vendor`;
  const counts = by === "device" ? await firstGroups(reader, asked, column) : await allGroups(reader, asked, column);
  const without = counts.get(undefined) ?? 0;
  if (without > 0) {
    const held = await heldGroups(reader, asked, { by, column });
    for (const [key, { added }] of held) counts.set(key, (counts.get(key) ?? 0) + added);
    counts.set(
      undefined,
      [...held.values()].reduce((left, { taken }) => left - taken, without),
    );
  }
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([key, count]) => (key === undefined ? { count } : { key, count }));
}

type Counts = Map<string | undefined, number>;

/** Of many groups those that a page can reach, by an index over the column; and the rows without a value. */
async function firstGroups(reader: Kysely<Tables>, asked: Asked, column: RawBuilder<unknown>): Promise<Counts> {
  const { where, dialect, query } = asked;
  const value = sql`${column} ${dialect.bytewise}`;
  const last = lastGroup(query.after);
  const follows = typeof last === "string" ? sql`and ${value} > ${last}` : sql``;
  const { rows } = await sql<{ value: string; count: number }>`
    select ${value} as value, ${counted(asked)} as count from services s
    where ${where} and ${column} is not null ${follows}
    group by ${value} order by ${value} limit ${query.limit + 1}`.execute(reader);
  const { rows: others } = await sql<{ count: number }>`
    select ${counted(asked)} as count from services s where ${where} and ${column} is null`.execute(reader);
  return new Map<string | undefined, number>([
    ...rows.map((row) => [row.value, Number(row.count)] as const),
    [undefined, Number(others[0]?.count ?? 0)],
  ]);
}

/** Of few groups all, in one pass. */
async function allGroups(
  reader: Kysely<Tables>,
  { where, query }: Asked,
  column: RawBuilder<unknown>,
): Promise<Counts> {
  const counted =
    query.rows === "hosts"
      ? sql`select distinct ${column} as value, ${hostOfService} as first from services s where ${where}`
      : sql`select ${column} as value from services s where ${where}`;
  const { rows } = await sql<{ value: string | null; count: number }>`
    select t.value, count(*) as count from (${counted}) t group by t.value`.execute(reader);
  return new Map(rows.map(({ value, count }) => [value ?? undefined, Number(count)]));
}

interface HeldCount {
  /** Rows that the group gets. */
  added: number;
  /** Rows that the group without a value loses. */
  taken: number;
}

/** The rows without a value at whose address a device is that has one. */
async function heldGroups(
  reader: Kysely<Tables>,
  { where, dialect, query }: Asked,
  { by, column }: { readonly by: "device" | "vendor"; readonly column: RawBuilder<unknown> },
): Promise<ReadonlyMap<string, HeldCount>> {
  const valueAt = new Map<Endpoint, string>();
  for (const [first, { mac, vendor }] of await currentHolders(reader)) {
    const value = by === "device" ? mac : vendor;
    if (value !== undefined) valueAt.set(first, value);
  }
  const groups = new Map<string, HeldCount>();
  if (valueAt.size === 0) return groups;
  const isHeld = sql`${hostOfService} in (select i.value from ${dialect.integers([...valueAt.keys()])})`;
  const { rows } = await sql<{ first: Endpoint; count: number }>`
    select ${hostOfService} as first, count(*) as count from services s
    where ${where} and ${column} is null and ${isHeld} group by 1`.execute(reader);
  // A host that has other services with the value is in the group already.
  const counted = query.rows === "hosts" ? await ownValues(rows.map(({ first }) => Number(first))) : new Set<string>();
  for (const { first, count } of rows) {
    const value = valueAt.get(Number(first));
    if (value === undefined) continue;
    const group = groups.get(value) ?? { added: 0, taken: 0 };
    groups.set(value, group);
    group.taken += query.rows === "hosts" ? 1 : Number(count);
    if (query.rows === "services") group.added += Number(count);
    else if (!counted.has(`${Number(first)} ${value}`)) group.added += 1;
  }
  return groups;

  async function ownValues(hosts: readonly Endpoint[]): Promise<ReadonlySet<string>> {
    const { rows: own } = await sql<{ first: Endpoint; value: string }>`
      select distinct ${hostOfService} as first, ${column} as value from services s
      where ${where} and ${column} is not null and ${hostOfService} in (select i.value from ${dialect.integers(hosts)})`.execute(
      reader,
    );
    return new Set(own.map(({ first, value }) => `${Number(first)} ${value}`));
  }
}

/** A service of several watches is in the group of each label. */
async function byLabel(reader: Kysely<Tables>, asked: Asked): Promise<readonly RowGroup[]> {
  const { query, where } = asked;
  const watches = await reader.selectFrom("watches").select(["id", "name"]).where("site", "=", "local").execute();
  const byName = Map.groupBy(watches, ({ name }) => query.labels?.get(name) ?? name);
  const single = [...byName].flatMap(([label, [first, ...others]]) =>
    first === undefined || others.length > 0 ? [] : [[first.id, label] as const],
  );
  const labels = new Map(single);
  const groups: RowGroup[] = [];
  if (labels.size > 0) {
    // What a watch knows is a service. A cross join keeps SQLite to this order: what the watch knows, then each service by primary key.
    const known = asked.isOfAll
      ? sql`presence p where p.watch_id = w.id`
      : sql`presence p cross join services s where p.watch_id = w.id and s.site = 'local' and s.endpoint = p.endpoint and ${where}`;
    const { rows } = await sql<{ watch_id: number; count: number }>`
      select w.id as watch_id, (select count(*) from ${known}) as count from watches w
      where w.id in (${sql.join([...labels.keys()])})`.execute(reader);
    for (const { watch_id: id, count } of rows) groups.push({ key: labels.get(Number(id)), count: Number(count) });
  }
  for (const [label, { length }] of byName)
    if (length > 1) groups.push({ key: label, count: await countOf(reader, where, byName.get(label)) });
  // What no watch knows was imported.
  const imported = sql<SqlBool>`s.own_seen is not null and ${where}`;
  groups.push({ count: await countOf(reader, imported, undefined) });
  return groups.filter(({ count }) => count > 0);
}

async function countOf(
  reader: Kysely<Tables>,
  where: RawBuilder<SqlBool>,
  watches: readonly { readonly name: string }[] | undefined,
): Promise<number> {
  const names = watches?.map(({ name }) => name);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from services s where ${where} and ${ofWatches(names)}`.execute(reader);
  return Number(rows[0]?.count ?? 0);
}
