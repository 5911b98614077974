/** A list of all sources of connections. Counts are exact: they are read from the index by peer, which has no other columns than these need. */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { ConnectionSource, ListedSource, SourceQuery } from "../../core/connection-store.ts";
import { formatCursor, type KeyPart, type Page, readCursor } from "../../core/page.ts";
import type { Dialect } from "../database.ts";
import { addressFromKey, addressKey, lastAddressKey } from "../keys/address-key.ts";
import { comparisonOf, directionOf } from "../keys/cursor-keys.ts";
import type { Tables } from "../tables.ts";
import { knownAmong } from "./known-sources.ts";
import { parseOrigin } from "./origin-text.ts";
import { originFilters, type ScannedFilters } from "./scanned-filters.ts";

/** Sources that one page compares at most with what only this program can compare: their origins, and what scans know. */
const maxCompared = 2500;
/** The latest connections, among which the sources of a first page nearly always are. */
const latestConnections = 20_000;
/** Of each source, the latest connections whose protocols are listed. */
const protocolConnections = 100;

interface SourceRow {
  readonly peer: Uint8Array;
  readonly count: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly origin: string | null;
}

interface Place {
  readonly value: number;
  readonly peer: Uint8Array;
}

export async function selectSources(
  reader: Kysely<Tables>,
  dialect: Dialect,
  query: SourceQuery,
): Promise<Page<ListedSource>> {
  const { limit, sort = "lastSeen", known } = query;
  const filters = originFilters(query, dialect);
  const isCompared = filters !== undefined || known !== undefined;
  const wanted = isCompared ? maxCompared : limit + 1;
  const rows =
    (isCompared ? undefined : await latestSources(reader, query)) ??
    (await allSources(reader, query, { filters, wanted }));
  const sources = await described(reader, rows);
  const fitting = sources.filter(
    ({ source }) =>
      (known === undefined || source.isKnown === known) &&
      (filters === undefined || filters.fits(source.origin === undefined ? {} : { origin: source.origin })),
  );
  const shown = fitting.slice(0, limit);
  // A page that has compared all that it may goes on after the last of them.
  const last = fitting.length > limit ? shown.at(-1)?.row : rows.length >= wanted ? rows.at(-1) : undefined;
  const next = last === undefined ? undefined : formatCursor([valueOfRow(last, sort), hex(last.peer)]);
  const protocols = await protocolsOf(
    reader,
    shown.map(({ row }) => row.peer),
  );
  return {
    rows: shown.map(({ row, source }) => ({ ...source, protocols: protocols.get(hex(row.peer)) ?? [] })),
    ...(next === undefined ? {} : { next }),
  };
}

function valueOfRow(row: SourceRow, sort: NonNullable<SourceQuery["sort"]>): number {
  return Number(sort === "count" ? row.count : row.last_at);
}

function placeOf({ after }: SourceQuery): Place | undefined {
  if (after === undefined) return undefined;
  const [value, peer] = readCursor(after, isPlace);
  return { value, peer: new Uint8Array(Buffer.from(peer, "hex")) };
}

function isPlace(key: readonly KeyPart[]): key is readonly [number, string] {
  return (
    key.length === 2 && typeof key[0] === "number" && typeof key[1] === "string" && /^(?:[0-9a-f]{2})+$/.test(key[1])
  );
}

function ofPeer({ peer }: SourceQuery): RawBuilder<SqlBool> {
  if (peer === undefined) return sql`1 = 1`;
  return sql`c.peer >= ${addressKey(peer.first)} and c.peer <= ${lastAddressKey(peer.last)}`;
}

/**
 * The latest sources, from the latest connections alone; `undefined` where these have too few, or another order is asked
 * for. A source that came again after the place of the cursor stands before that place now: no later page has it.
 */
async function latestSources(reader: Kysely<Tables>, query: SourceQuery): Promise<readonly SourceRow[] | undefined> {
  const { limit, sort = "lastSeen", order = "descending", peer } = query;
  if (sort !== "lastSeen" || order !== "descending" || peer !== undefined) return undefined;
  const place = placeOf(query);
  const before = place === undefined ? sql`1 = 1` : sql`c.at <= ${place.value}`;
  const follows =
    place === undefined
      ? sql`1 = 1`
      : sql`(g.last_at, g.peer) < (${place.value}, ${place.peer})
          and not exists (select 1 from connections n where n.peer = g.peer and n.at > ${place.value})`;
  const { rows } = await sql<{ peer: Uint8Array; last_at: number }>`
    select g.peer, g.last_at from (
      select l.peer, max(l.at) as last_at from (
        select c.peer, c.at from connections c where ${before} order by c.at desc limit ${sql.lit(latestConnections)}) l
      group by l.peer) g
    where ${follows} order by g.last_at desc, g.peer desc limit ${limit + 1}`.execute(reader);
  if (rows.length <= limit) return undefined;
  const counts = await sql<SourceRow>`
    select c.peer, count(*) as count, min(c.at) as first_at, max(c.at) as last_at, max(o.origin) as origin
    from connections c left join origins o on o.address = c.peer
    where c.peer in (${sql.join(rows.map((row) => row.peer))}) group by c.peer`.execute(reader);
  const byPeer = new Map(counts.rows.map((row) => [hex(row.peer), row]));
  return rows.flatMap((row) => byPeer.get(hex(row.peer)) ?? []);
}

async function allSources(
  reader: Kysely<Tables>,
  query: SourceQuery,
  { filters, wanted }: { readonly filters: ScannedFilters | undefined; readonly wanted: number },
): Promise<readonly SourceRow[]> {
  const { sort = "lastSeen", order = "descending" } = query;
  const place = placeOf(query);
  const key = sql.ref(sort === "count" ? "g.count" : "g.last_at");
  const direction = sql.raw(directionOf(order));
  const where = [...(filters?.conditions ?? [])];
  if (place !== undefined)
    where.push(sql`(${key}, g.peer) ${sql.raw(comparisonOf(order))} (${place.value}, ${place.peer})`);
  const { rows } = await sql<SourceRow>`
    select g.peer, g.count, g.first_at, g.last_at, o.origin from (
      select c.peer, count(*) as count, min(c.at) as first_at, max(c.at) as last_at
      from connections c where ${ofPeer(query)} group by c.peer) g
    left join origins o on o.address = g.peer
    ${where.length === 0 ? sql`` : sql`where ${sql.join(where, sql` and `)}`}
    order by ${key} ${direction}, g.peer ${direction} limit ${wanted}`.execute(reader);
  return rows;
}

async function described(
  reader: Kysely<Tables>,
  rows: readonly SourceRow[],
): Promise<readonly { readonly row: SourceRow; readonly source: ConnectionSource }[]> {
  const at = rows.map((row) => ({ row, address: addressFromKey(row.peer) }));
  const known = await knownAmong(
    reader,
    at.map(({ address }) => address),
  );
  return at.map(({ row, address }) => ({
    row,
    source: {
      address,
      count: Number(row.count),
      firstAt: Number(row.first_at),
      lastAt: Number(row.last_at),
      origin: row.origin === null ? undefined : parseOrigin(row.origin),
      isKnown: known.has(address),
    },
  }));
}

/** Sources in one statement. */
const peersAtOnce = 50;

/** The protocols of the latest connections of each source, by its key. */
async function protocolsOf(
  reader: Kysely<Tables>,
  peers: readonly Uint8Array[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (let from = 0; from < peers.length; from += peersAtOnce) {
    const each = peers.slice(from, from + peersAtOnce).map(
      (peer, place) => sql`
        select ${sql.lit(from + place)} as place, l.protocol from (
          select c.protocol from connections c where c.peer = ${peer} order by c.at desc limit ${sql.lit(protocolConnections)}) l
        group by l.protocol`,
    );
    const { rows } = await sql<{ place: number; protocol: string }>`${sql.join(each, sql` union all `)}`.execute(
      reader,
    );
    for (const { place, protocol } of rows) {
      const peer = peers[place];
      if (peer === undefined) continue;
      const key = hex(peer);
      const protocols = found.get(key) ?? [];
      found.set(key, protocols);
      protocols.push(protocol);
    }
  }
  for (const protocols of found.values()) protocols.sort();
  return found;
}

function hex(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("hex");
}
