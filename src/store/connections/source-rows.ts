/**
 * Pages of the sources, in the order in which the sources were when the first page was read: a source that connects again
 * meanwhile moves, and would be missing or twice otherwise. The connections up to the number of that moment have that order.
 */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { SourceQuery } from "../../core/connection-store.ts";
import { addressKey, lastAddressKey } from "../keys/address-key.ts";
import { comparisonOf, directionOf } from "../keys/cursor-keys.ts";
import { padded } from "../keys/padded.ts";
import type { Tables } from "../tables.ts";
import { lastCounted } from "./count-sources.ts";

/** For each row of a page so many of the latest connections are read first, and then, where their sources are too few. */
const connectionsPerRow = [2, 8] as const;

export interface SourceRow {
  readonly peer: Uint8Array;
  readonly count: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly origin: string | null;
  /** What the list is sorted by, at the moment of the first page. */
  readonly place: number;
}

export interface SourcePage extends Pick<SourceQuery, "sort" | "order" | "peer"> {
  /** The number of the last connection when the first page was read. */
  readonly upTo: number;
  readonly after: { readonly value: number; readonly peer: Uint8Array } | undefined;
  readonly limit: number;
}

/** The rows of a page. @param conditions over `origins o`; none: sources without an origin are listed, too */
export async function sourceRows(
  reader: Kysely<Tables>,
  page: SourcePage,
  conditions: readonly RawBuilder<SqlBool>[],
): Promise<readonly SourceRow[]> {
  const latest = conditions.length === 0 ? await latestSources(reader, page) : undefined;
  if (latest !== undefined) return await withOrigins(reader, latest);
  // Before the table: what is counted in between changes it only for those that came again, and for these.
  const waiting = await waitingSources(reader, page, conditions);
  const changed = new Map(waiting.map((row) => [hex(row.peer), row]));
  const counted = await countedSources(reader, page, { conditions, limit: page.limit + waiting.length });
  const sign = page.order === "ascending" ? 1 : -1;
  const compare = (one: Place, other: Place) =>
    sign * (one.place - other.place || Buffer.compare(one.peer, other.peer));
  const { after } = page;
  const last = after === undefined ? undefined : { place: after.value, peer: after.peer };
  const rows = [...waiting, ...counted.filter((row) => !changed.has(hex(row.peer)))]
    .filter((row) => last === undefined || compare(row, last) > 0)
    .sort(compare);
  return await withOrigins(reader, rows.slice(0, page.limit));
}

type CountedRow = Omit<SourceRow, "origin">;

/** Addresses in one statement. */
const originsAtOnce = 500;

async function withOrigins(reader: Kysely<Tables>, rows: readonly CountedRow[]): Promise<readonly SourceRow[]> {
  const origins = new Map<string, string>();
  for (let from = 0; from < rows.length; from += originsAtOnce) {
    const peers = rows.slice(from, from + originsAtOnce).map(({ peer }) => peer);
    const found = await reader
      .selectFrom("origins")
      .select(["address", "origin"])
      .where("address", "in", padded(peers))
      .execute();
    for (const { address, origin } of found) origins.set(hex(address), origin);
  }
  return rows.map((row) => ({ ...row, origin: origins.get(hex(row.peer)) ?? null }));
}

type Place = Pick<SourceRow, "place" | "peer">;

/**
 * The sources of the connections that are not counted in the table yet, counted with it.
 * @param peers only these; default all
 */
async function waitingSources(
  reader: Kysely<Tables>,
  page: SourcePage,
  conditions: readonly RawBuilder<SqlBool>[],
  peers?: readonly Uint8Array[],
): Promise<readonly CountedRow[]> {
  // Not by the column itself: SQLite would read all connections in the order of their peers.
  const peer = sql`coalesce(c.peer, c.peer)`;
  // As a number, which is looked up for each of these few: PostgreSQL would read all origins for a join.
  const fitting =
    conditions.length === 0
      ? sql``
      : sql`where (select count(*) from origins o where o.address = f.peer and ${sql.join(conditions, sql` and `)}) > 0`;
  const among = peers === undefined ? isAmong(peer, page) : sql`${peer} in (${sql.join(padded(peers))})`;
  const { rows } = await sql<Omit<CountedRow, "place">>`
    select f.peer, f.count + coalesce(k.count, 0) as count,
      case when k.first_at < f.first_at then k.first_at else f.first_at end as first_at,
      case when k.last_at > f.last_at then k.last_at else f.last_at end as last_at
    from (
      select ${peer} as peer, count(*) as count, min(c.at) as first_at, max(c.at) as last_at from connections c
      where c.rowid > ${lastCounted} and c.rowid <= ${page.upTo} and ${among} group by 1) f
    left join sources k on k.peer = f.peer ${fitting}`.execute(reader);
  return rows.map((row) => ({ ...row, place: Number(page.sort === "count" ? row.count : row.last_at) }));
}

/**
 * The latest sources, from the latest connections alone, whatever the number of sources; `undefined` where these have too few, or another
 * order is asked for.
 */
async function latestSources(reader: Kysely<Tables>, page: SourcePage): Promise<readonly CountedRow[] | undefined> {
  const { sort = "lastSeen", order = "descending", peer } = page;
  if (sort !== "lastSeen" || order !== "descending" || peer !== undefined) return undefined;
  for (const perRow of connectionsPerRow) {
    const places = await latestPlaces(reader, page, page.limit * perRow);
    if (places.length === page.limit) return await countedAt(reader, page, places);
  }
  return undefined;
}

/** The sources of the latest connections, with the time of their last. @param read so many connections */
async function latestPlaces(reader: Kysely<Tables>, page: SourcePage, read: number): Promise<readonly Place[]> {
  const { limit, after, upTo } = page;
  const before = after === undefined ? sql`` : sql`and c.at <= ${after.value}`;
  const follows =
    after === undefined
      ? sql``
      : sql`and (g.place, g.peer) < (${after.value}, ${after.peer}) and not exists (
          select 1 from connections n where n.peer = g.peer and n.at > ${after.value} and n.rowid <= ${upTo})`;
  // Of the time of the last connection that is read, there may be more: an import has thousands in one millisecond.
  const { rows } = await sql<Place>`
    with l as materialized (
      select c.peer, c.at from connections c where c.rowid <= ${upTo} ${before} order by c.at desc limit ${read})
    select g.peer, g.place from (select l.peer, max(l.at) as place from l group by l.peer) g
    where g.place > (select case when count(*) < ${read} then min(e.at) - 1 else min(e.at) end from l e)
    ${follows} order by g.place desc, g.peer desc limit ${limit}`.execute(reader);
  return rows;
}

/** Sources in their places, with what is counted of them. */
async function countedAt(
  reader: Kysely<Tables>,
  page: SourcePage,
  places: readonly Place[],
): Promise<readonly CountedRow[]> {
  const peers = places.map(({ peer }) => peer);
  // Before the table: see above.
  const waiting = await waitingSources(reader, page, [], peers);
  const found = await reader
    .selectFrom("sources")
    .select(["peer", "count", "first_at", "last_at"])
    .where("peer", "in", padded(peers))
    .execute();
  const counted = new Map([...found, ...waiting].map((row) => [hex(row.peer), row]));
  return places.flatMap(({ peer, place }) => {
    const source = counted.get(hex(peer));
    return source === undefined ? [] : [{ ...source, place: Number(place) }];
  });
}

async function countedSources(
  reader: Kysely<Tables>,
  page: SourcePage,
  { conditions, limit }: { readonly conditions: readonly RawBuilder<SqlBool>[]; readonly limit: number },
): Promise<readonly CountedRow[]> {
  const { order = "descending", after } = page;
  const direction = sql.raw(directionOf(order));
  const where = [sql<SqlBool>`t.place is not null`];
  if (after !== undefined)
    where.push(sql`(t.place, t.peer) ${sql.raw(comparisonOf(order))} (${after.value}, ${after.peer})`);
  const fitting = sql.join([...conditions, isAmong(sql`s.peer`, page)], sql` and `);
  // A cross join keeps SQLite to this order: the origins that fit, then the source of each.
  const sources =
    conditions.length === 0
      ? sql`sources s where ${fitting}`
      : sql`origins o cross join sources s where s.peer = o.address and ${fitting}`;
  const { rows } = await sql<CountedRow>`
    select t.* from (select s.peer, s.count, s.first_at, s.last_at, ${placeOf(page)} as place from ${sources}) t
    where ${sql.join(where, sql` and `)} order by t.place ${direction}, t.peer ${direction} limit ${limit}`.execute(
    reader,
  );
  return rows.map((row) => ({ ...row, place: Number(row.place) }));
}

/** Null: it had no connection then. */
function placeOf({ sort = "lastSeen", upTo }: SourcePage): RawBuilder<unknown> {
  if (sort === "count") {
    return sql`case when s.last_number <= ${upTo} then s.count else nullif(s.count - (
      select count(*) from connections c where c.peer = s.peer and c.rowid > ${upTo} and c.rowid <= ${lastCounted}), 0) end`;
  }
  return sql`case when s.last_number <= ${upTo} then s.last_at else (
    select c.at from connections c where c.peer = s.peer and c.rowid <= ${upTo} order by c.at desc limit 1) end`;
}

function isAmong(key: RawBuilder<unknown>, { peer }: SourcePage): RawBuilder<SqlBool> {
  if (peer === undefined) return sql`true`;
  return sql`(${key} >= ${addressKey(peer.first)} and ${key} <= ${lastAddressKey(peer.last)})`;
}

export function hex(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("hex");
}
