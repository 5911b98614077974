import { type Kysely, type RawBuilder, sql } from "kysely";
import { type Page, pageOf } from "../../core/page.ts";
import type { ServiceQuery } from "../../core/store.ts";
import type { Dialect } from "../database.ts";
import { comparisonOf, directionOf, numberAndIdOf } from "../keys/cursor-keys.ts";
import { atAddress, ipv6Join } from "../keys/ipv6-join.ts";
import type { Tables } from "../tables.ts";
import { lastSeenOf, type SeenAt, type SeenPage, seenPage } from "./seen-order.ts";
import { type FittingDevices, serviceFilter } from "./service-filter.ts";

interface TimeQuery extends ServiceQuery {
  readonly sort: "firstSeen" | "lastSeen";
  readonly dialect: Dialect;
  readonly devices: FittingDevices;
}

/** Services by a time, and those of the same time by endpoint. First the keys of the page are found, and then its rows are read. */
export async function selectServicesByTime<Row extends { readonly endpoint: number }>(
  reader: Kysely<Tables>,
  query: TimeQuery,
): Promise<Page<Row>> {
  const { dialect, after, order = "ascending", limit } = query;
  const last = after === undefined ? undefined : numberAndIdOf(after);
  const place = last === undefined ? undefined : { time: last.number, endpoint: last.id };
  const page: SeenPage = { dialect, order, after: place, limit: limit + 1 };
  const keys = await keysOf(reader, query, page);
  const { rows: shown, next } = pageOf(keys, limit, ({ time, endpoint }) => [time, endpoint]);
  const endpoints = dialect.integers(shown.map(({ endpoint }) => endpoint));
  const where = sql`s.site = 'local' and s.endpoint = i.value`;
  const { rows } = await sql<Row>`
    select s.*, a.address as ipv6
    from ${endpoints} ${dialect.forEach({ table: "services", alias: "s", where })} ${ipv6Join("s")}`.execute(reader);
  const byEndpoint = new Map(rows.map((row) => [Number(row.endpoint), row]));
  return {
    rows: shown.flatMap(({ endpoint }) => byEndpoint.get(endpoint) ?? []),
    ...(next === undefined ? {} : { next }),
  };
}

function isFiltered(query: TimeQuery): boolean {
  const { limit, after, order, maxBytes, sort, detailed, dialect, devices, ...filters } = query;
  return Object.values(filters).some((value) => value !== undefined);
}

/** All services, whose index over the time the planner uses. */
const allByFirstSeen = sql`(select s.endpoint, s.first_seen as time from services s where s.site = 'local')`;

/** The services that fit: each of them is compared, because no index has them in order. */
function fitting(query: TimeQuery): RawBuilder<unknown> {
  const { dialect, sort, address } = query;
  const time =
    sort === "firstSeen"
      ? sql`s.first_seen`
      : lastSeenOf(dialect, { endpoint: sql`s.endpoint`, ownSeen: sql`s.own_seen` });
  return dialect.apart(sql`
    select s.endpoint, ${time} as time from services s
    where ${serviceFilter(query)} ${address === undefined ? sql`` : sql`and ${atAddress("s", address)}`}`);
}

/** The first keys of some services. @param services a table with `endpoint` and `time` */
async function firstKeys(
  reader: Kysely<Tables>,
  services: RawBuilder<unknown>,
  { order, after, limit }: SeenPage,
): Promise<readonly SeenAt[]> {
  const direction = sql.raw(directionOf(order));
  const follows =
    after === undefined
      ? sql``
      : sql`where (t.time, t.endpoint) ${sql.raw(comparisonOf(order))} (${after.time}, ${after.endpoint})`;
  const { rows } = await sql<SeenAt>`
    select t.time, t.endpoint from ${services} as t
    ${follows} order by t.time ${direction}, t.endpoint ${direction} limit ${limit}`.execute(reader);
  return rows.map((row) => ({ time: Number(row.time), endpoint: Number(row.endpoint) }));
}

function keysOf(reader: Kysely<Tables>, query: TimeQuery, page: SeenPage): Promise<readonly SeenAt[]> {
  if (isFiltered(query)) return firstKeys(reader, fitting(query), page);
  return query.sort === "lastSeen" ? seenPage(reader, page) : firstKeys(reader, allByFirstSeen, page);
}
