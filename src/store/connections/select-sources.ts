/** A list of all sources of connections. */
import { type Kysely, sql } from "kysely";
import type { ConnectionSource, ListedSource, SourceQuery } from "../../core/connection-store.ts";
import { formatCursor, type KeyPart, type Page, readCursor } from "../../core/page.ts";
import type { Dialect } from "../database.ts";
import { connectionNumber } from "../events/counters.ts";
import { addressFromKey } from "../keys/address-key.ts";
import type { Tables } from "../tables.ts";
import { knownAmong } from "./known-sources.ts";
import { parseOrigin } from "./origin-text.ts";
import { originFilters } from "./scanned-filters.ts";
import { hex, type SourcePage, type SourceRow, sourceRows } from "./source-rows.ts";

/** Sources that one page compares at most with what only this program can compare: their origins, and what scans know. */
const maxCompared = 1000;
/** Of each source, the latest connections whose protocols are listed. */
const protocolConnections = 100;

export async function selectSources(
  reader: Kysely<Tables>,
  dialect: Dialect,
  query: SourceQuery,
): Promise<Page<ListedSource>> {
  const { limit, known } = query;
  const filters = originFilters(query, dialect);
  const isCompared = filters !== undefined || known !== undefined;
  // Read before the rows: a connection that is recorded in between has no influence on the order.
  const { upTo = await connectionNumber.last(reader), after } = placeIn(query);
  const page: SourcePage = { ...query, upTo, after, limit: isCompared ? maxCompared : limit + 1 };
  const rows = await sourceRows(reader, page, filters?.conditions ?? []);
  const ofOrigin = rows
    .map((row) => withOrigin(row))
    .filter(({ source: { origin } }) => filters?.fits(origin === undefined ? {} : { origin }) ?? true);
  const fitting = await ofKnown(reader, dialect, { ...query, sources: ofOrigin });
  const shown = fitting.slice(0, limit);
  // A page that has compared all that it may goes on after the last of them.
  const last = fitting.length > limit ? shown.at(-1)?.row : rows.length >= page.limit ? rows.at(-1) : undefined;
  const next = last === undefined ? undefined : formatCursor([Number(last.place), hex(last.peer), upTo]);
  const protocols = await protocolsOf(
    reader,
    dialect,
    shown.map(({ row }) => row.peer),
  );
  return {
    rows: shown.map(({ source }, place) => ({ ...source, protocols: protocols[place] ?? [] })),
    ...(next === undefined ? {} : { next }),
  };
}

function placeIn({ after }: SourceQuery): { readonly upTo?: number; readonly after: SourcePage["after"] } {
  if (after === undefined) return { after: undefined };
  const [value, peer, upTo] = readCursor(after, isPlace);
  return { upTo, after: { value, peer: new Uint8Array(Buffer.from(peer, "hex")) } };
}

function isPlace(key: readonly KeyPart[]): key is readonly [number, string, number] {
  const [value, peer, upTo] = key;
  return (
    key.length === 3 &&
    typeof value === "number" &&
    typeof peer === "string" &&
    /^(?:[0-9a-f]{2})+$/.test(peer) &&
    typeof upTo === "number"
  );
}

interface Described {
  readonly row: SourceRow;
  readonly source: ConnectionSource;
}

function withOrigin(row: SourceRow): Described {
  return {
    row,
    source: {
      address: addressFromKey(row.peer),
      count: Number(row.count),
      firstAt: Number(row.first_at),
      lastAt: Number(row.last_at),
      origin: row.origin === null ? undefined : parseOrigin(row.origin),
      isKnown: false,
    },
  };
}

/** Those that scans know, or do not know, as it is asked for; of others only so many as the page needs. */
async function ofKnown(
  reader: Kysely<Tables>,
  dialect: Dialect,
  { known, limit, sources }: SourceQuery & { readonly sources: readonly Described[] },
): Promise<readonly Described[]> {
  const needed = known === undefined ? sources.slice(0, limit + 1) : sources;
  const found = await knownAmong(
    reader,
    dialect,
    needed.map(({ source: { address, firstAt, lastAt } }) => ({ address, from: firstAt, to: lastAt })),
  );
  return needed
    .map(({ row, source }, place) => ({ row, source: { ...source, ...found[place] } }))
    .filter(({ source }) => known === undefined || source.isKnown === known);
}

/** Sources in one statement. */
const peersAtOnce = 100;

/** The protocols of the latest connections of each source, in order, read from the index by peer alone. */
async function protocolsOf(
  reader: Kysely<Tables>,
  dialect: Dialect,
  peers: readonly Uint8Array[],
): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = peers.map(() => []);
  for (let from = 0; from < peers.length; from += peersAtOnce) {
    const asked = peers
      .slice(from, from + peersAtOnce)
      .map((peer, place) => sql`(${sql.lit(place)}, cast(${peer} as ${dialect.binary}))`);
    const { rows } = await sql<{ place: number; protocols: string | null }>`
      with asked (place, peer) as (values ${sql.join(asked)})
      select asked.place, (
        select string_agg(d.protocol, ' ') from (
          select distinct l.protocol from (
            select c.protocol from connections c where c.peer = asked.peer
            order by c.at desc limit ${sql.lit(protocolConnections)}) l) d) as protocols
      from asked`.execute(reader);
    for (const { place, protocols } of rows) found[from + place] = protocols?.split(" ").sort() ?? [];
  }
  return found;
}
