import { type Kysely, type RawBuilder, type Selectable, sql } from "kysely";
import type { Origin } from "../../core/connection.ts";
import { type ConnectionQuery, type StoredConnection, scannedConnections } from "../../core/connection-store.ts";
import { type Identification, protocolNames } from "../../core/identification.ts";
import { type Cursor, fittingRows, formatCursor, type Order, type Page, pageOf } from "../../core/page.ts";
import type { Dialect } from "../database.ts";
import { addressFromKey, addressKey, lastAddressKey } from "../keys/address-key.ts";
import { comparisonOf, directionOf, timeAndIdOf } from "../keys/cursor-keys.ts";
import type { Tables } from "../tables.ts";
import { withKnown } from "./known-sources.ts";
import { parseOrigin } from "./origin-text.ts";
import { noFilters, type ScannedFilters, scannedFilters } from "./scanned-filters.ts";

/** A page of connections, each with the latest enrichment of its peer. */
export async function selectConnections(
  reader: Kysely<Tables>,
  dialect: Dialect,
  query: ConnectionQuery,
): Promise<Page<StoredConnection>> {
  const path = await pathOf(reader, dialect, query);
  const filters = await scannedFilters(reader, dialect, query);
  const scanned = filters ?? (isRange(query) && path !== "range" ? noFilters : undefined);
  const end = scanned === undefined ? undefined : await endOfScan(reader, dialect, { query, path });
  const within = end === undefined ? query : withEnd(query, end);
  const limits = path === "range" && scanned === undefined ? await limitsOfPage(reader, dialect, query) : within;
  const direction = sql.raw(directionOf(orderOf(query)));
  const { rows } = await sql<LeanRow>`
    select ${lean}, o.origin, k.identification as kept_identification,
      coalesce(length(k.payload), length(c.payload)) as payload_bytes
    from ${rowsOnPath(dialect, limits, path, scanned)} ${joined(dialect)}
    where ${sql.join([conditions(limits, path, dialect), ...(scanned?.conditions ?? [])], sql` and `)}
    order by ${orderOn(path, direction)}, c.id ${direction} limit ${query.limit + 1}`.execute(reader);
  const { rows: kept, next = afterScan(end, query) } = pageOf(rows, fittingRows(rows, query, cellBytes), (row) => [
    row.at,
    row.id,
  ]);
  const payloads =
    query.withoutPayload === true
      ? undefined
      : await selectPayloads(
          reader,
          dialect,
          "rowid",
          kept.map(({ number }) => number),
        );
  const parsers = onceForEachText();
  const listed = kept.flatMap((row) => {
    const payload = payloads === undefined ? noPayload : payloads.get(row.number);
    // Without one it was pruned meanwhile.
    return payload === undefined ? [] : [toConnection({ ...row, payload, kept_payload: null }, parsers)];
  });
  return { rows: await withKnown(reader, dialect, scanned === undefined ? listed : listed.filter(scanned.fits)), next };
}

/** Where conditions need what is joined, or the path is a range, all rows of the page's limits come first; else the statement ends with its limit. */
function rowsOnPath(
  dialect: Dialect,
  limits: ConnectionQuery,
  path: Path,
  scanned: ScannedFilters | undefined,
): RawBuilder<unknown> {
  if (path !== "range" && !hasConditions(scanned)) return sql`connections c`;
  const { since, until } = limits;
  const times =
    path === "range"
      ? [
          ...(since === undefined ? [] : dialect.implied(sql`c.at >= ${since}`)),
          ...(until === undefined ? [] : dialect.implied(sql`c.at < ${until}`)),
        ]
      : [];
  const where = sql.join([conditions(limits, path, dialect), ...times], sql` and `);
  return sql`${dialect.apart(sql`select ${everyColumn} from connections c where ${where}`)} as c`;
}

function hasConditions(scanned: ScannedFilters | undefined): boolean {
  return scanned !== undefined && scanned.conditions.length > 0;
}

/** The origin of the peer, and the content where it is kept once. */
function joined(dialect: Dialect): RawBuilder<unknown> {
  const origin = dialect.lookUp({ table: "origins", alias: "o", column: "address", equals: sql`c.peer` });
  const content = dialect.lookUp({ table: "contents", alias: "k", column: "id", equals: sql`c.content` });
  return sql`${origin} ${content}`;
}

const noPayload = new Uint8Array();

function cellBytes(row: LeanRow): number {
  return row.payload_bytes + (row.kept_identification ?? row.identification).length;
}

/** Every column but the payload: a page reads payloads once it is known how many fit into it. */
const leanColumns: Readonly<Record<Exclude<keyof Tables["connections"], "payload">, true>> = {
  id: true,
  at: true,
  listener: true,
  peer: true,
  peer_port: true,
  local: true,
  local_port: true,
  via: true,
  via_port: true,
  ending: true,
  duration_ms: true,
  bytes: true,
  phase: true,
  protocol: true,
  identification: true,
  content: true,
  muted_until: true,
};
const lean = sql.join(
  ["rowid", ...Object.keys(leanColumns)].map((column) =>
    column === "rowid" ? sql`c.rowid as number` : sql.ref(`c.${column}`),
  ),
);

const everyColumn = sql.join(["rowid", ...Object.keys(leanColumns), "payload"].map((column) => sql.ref(`c.${column}`)));

/** Payloads by the value of a column that is unique. */
export async function selectPayloads<Key extends string | number>(
  reader: Kysely<Tables>,
  dialect: Dialect,
  column: "rowid" | "id",
  keys: readonly Key[],
): Promise<ReadonlyMap<Key, Uint8Array>> {
  if (keys.length === 0) return new Map();
  const wanted =
    column === "rowid"
      ? sql`(select i.value from ${dialect.integers(keys.map(Number))})`
      : sql`(select r.value ->> 0 from ${dialect.rows(keys.map((key) => [key]))})`;
  const { rows } = await sql<{ key: Key; payload: Uint8Array }>`
    select ${sql.ref(`c.${column}`)} as key, coalesce(k.payload, c.payload) as payload
    from connections c left join contents k on k.id = c.content
    where ${sql.ref(`c.${column}`)} in ${wanted}`.execute(reader);
  // Copies: drivers give views of their own buffers.
  return new Map(rows.map(({ key, payload }) => [key, new Uint8Array(payload)]));
}

/**
 * The time at which a page ends that has read as many rows of its path as it may; `undefined`: it may read all that are left. Whatever else
 * the query asks for, the number of rows that are read is the same.
 */
async function endOfScan(
  reader: Kysely<Tables>,
  dialect: Dialect,
  { query, path }: { readonly query: ConnectionQuery; readonly path: Path },
): Promise<number | undefined> {
  const { rows } = await sql<{ at: number }>`
    select c.at from connections c where ${conditions(ofPath(query, path), path, dialect)}
    order by ${orderOn(path, sql.raw(directionOf(orderOf(query))))} limit 1 offset ${sql.lit(scannedConnections)}`.execute(
    reader,
  );
  return rows[0]?.at;
}

/** What the index of the path answers. */
function ofPath(query: ConnectionQuery, path: Path): ConnectionQuery {
  return {
    ...query,
    peer: path === "range" || path === "c.peer" ? query.peer : undefined,
    port: path === "c.local_port" ? query.port : undefined,
    protocol: path === "c.protocol" ? query.protocol : undefined,
    listener: path === "c.listener" ? query.listener : undefined,
  };
}

/** The rows up to and including those of this time. */
function withEnd(query: ConnectionQuery, end: number): ConnectionQuery {
  return orderOf(query) === "descending" ? { ...query, since: end } : { ...query, until: end + 1 };
}

/** The place after all rows of that time. */
function afterScan(end: number | undefined, query: ConnectionQuery): Cursor | undefined {
  if (end === undefined) return undefined;
  return formatCursor([orderOf(query) === "descending" ? end : end + 1, ""]);
}

/** The next connections in the order in which they were recorded. @param rowid the last one before them */
export async function selectConnectionsAfter(
  reader: Kysely<Tables>,
  dialect: Dialect,
  { rowid, limit }: { readonly rowid: number; readonly limit: number },
): Promise<readonly { readonly rowid: number; readonly connection: StoredConnection }[]> {
  const { rows } = await sql<ConnectionRow & { readonly number: number }>`
    select c.rowid as number, c.*, o.origin, k.identification as kept_identification, k.payload as kept_payload
    from connections c left join origins o on o.address = c.peer left join contents k on k.id = c.content
    where c.rowid > ${rowid} order by c.rowid limit ${limit}`.execute(reader);
  const parsers = onceForEachText();
  const listed = rows.map((row) => toConnection(row, parsers));
  const connections = await withKnown(reader, dialect, listed);
  return connections.map((connection, place) => ({ rowid: rows[place]?.number ?? rowid, connection }));
}

export async function selectConnection(
  reader: Kysely<Tables>,
  dialect: Dialect,
  id: string,
): Promise<StoredConnection | undefined> {
  const { rows } = await sql<ConnectionRow>`
    select c.*, o.origin, k.identification as kept_identification, k.payload as kept_payload
    from connections c left join origins o on o.address = c.peer left join contents k on k.id = c.content
    where c.id = ${id}`.execute(reader);
  const parsers = onceForEachText();
  const found = rows.map((row) => toConnection(row, parsers));
  return (await withKnown(reader, dialect, found))[0];
}

function orderOf({ order = "descending" }: ConnectionQuery): Order {
  return order;
}

/**
 * Two addresses, or one in all zones. Neither index has such connections in the order of the page, so the table would
 * be read for each of them.
 */
function isRange({ peer }: ConnectionQuery): boolean {
  return peer !== undefined && Buffer.compare(addressKey(peer.first), lastAddressKey(peer.last)) !== 0;
}

/**
 * The query without times after its page, where that is a full one. The time of the last row of the page is in the index by
 * peer, as long as port and protocol do not matter.
 */
async function limitsOfPage(
  reader: Kysely<Tables>,
  dialect: Dialect,
  query: ConnectionQuery,
): Promise<ConnectionQuery> {
  const order = orderOf(query);
  const { rows } = await sql<{ at: number }>`
    select c.at from connections c where ${conditions(query, "range", dialect)}
    order by ${timeOn("range")} ${sql.raw(directionOf(order))} limit 1 offset ${query.limit}`.execute(reader);
  const last = rows[0]?.at;
  return last === undefined ? query : withEnd(query, last);
}

/** How a page finds its rows: by an index over time, over the peer's address, or over one value and time. */
type Path = "time" | "range" | Column;

function conditions(query: ConnectionQuery, path: Path, dialect: Dialect): RawBuilder<unknown> {
  const all = timeConditions(query, path);
  if (query.peer !== undefined && isRange(query)) {
    const peer = comparable("c.peer", path === "range");
    all.push(sql`${peer} >= ${addressKey(query.peer.first)} and ${peer} <= ${lastAddressKey(query.peer.last)}`);
  }
  for (const filter of filtersOf(query))
    all.push(
      filter.column === path
        ? onValue(query, dialect, filter)
        : sql`${comparable(filter.column, false)} = ${filter.value}`,
    );
  return sql.join(all, sql` and `);
}

/** The rows of one value within the times of a page, by the index over that value and time. */
function onValue(query: ConnectionQuery, dialect: Dialect, { column, value }: ValueFilter): RawBuilder<unknown> {
  const { since = 0, until, after } = query;
  const latest = until === undefined ? Number.MAX_SAFE_INTEGER : Math.ceil(until) - 1;
  const last = after === undefined ? undefined : timeAndIdOf(after).at;
  const [first, end] =
    orderOf(query) === "descending"
      ? [since, Math.min(latest, last ?? latest)]
      : [Math.max(since, last ?? since), latest];
  return dialect.ofValue({ column: sql.ref(column), value, next: sql`c.at`, first, last: end });
}

/** SQLite uses no index for an expression. */
function comparable(column: Column, isPath: boolean): RawBuilder<unknown> {
  return isPath ? sql.ref(column) : sql`coalesce(${sql.ref(column)}, null)`;
}

/** The time, in a form that keeps planners from walking the index by time where they should use that by peer. */
function timeOn(path: Path): RawBuilder<unknown> {
  return path === "range" ? sql`+c.at` : sql`c.at`;
}

/** The order of time. Of the rows of one value by that value first: only the index over both has that order. */
function orderOn(path: Path, direction: RawBuilder<unknown>): RawBuilder<unknown> {
  const time = sql`${timeOn(path)} ${direction}`;
  return path === "time" || path === "range" ? time : sql`${sql.ref(path)} ${direction}, ${time}`;
}

function timeConditions(query: ConnectionQuery, path: Path): RawBuilder<unknown>[] {
  const { since = 0, until, after } = query;
  const last = after === undefined ? undefined : timeAndIdOf(after);
  const follows = sql.raw(comparisonOf(orderOf(query)));
  const pastLast = last === undefined ? [] : [sql`(c.at ${follows} ${last.at} or c.id ${follows} ${last.id})`];
  // The index over a value has the bounds in onValue. With statistics on the time, too, a planner takes the index by time and sorts what it
  // finds there; with any condition on it, it expects fewer rows than there are, and sorts all of the value.
  if (path !== "time" && path !== "range") return pastLast;
  // Always a bound on the time: a planner without statistics then walks the index by time instead of sorting the table.
  const at = timeOn(path);
  const all = [sql`${at} >= ${since}`];
  if (until !== undefined) all.push(sql`${at} < ${until}`);
  // The first half is what an index can use.
  if (last !== undefined) all.push(sql`${at} ${follows}= ${last.at}`);
  return [...all, ...pastLast];
}

/** Columns with an index in which the rows of one value are in order of time. */
type Column = "c.peer" | "c.local_port" | "c.protocol" | "c.listener";

interface ValueFilter {
  readonly column: Column;
  readonly value: unknown;
}

function filtersOf(query: ConnectionQuery): ValueFilter[] {
  const { peer, port, protocol, listener } = query;
  const onePeer = peer === undefined || isRange(query) ? undefined : addressKey(peer.first);
  const values = [
    { column: "c.peer", value: onePeer },
    { column: "c.local_port", value: port },
    { column: "c.protocol", value: protocol },
    { column: "c.listener", value: listener },
  ] as const;
  return values.filter(({ value }) => value !== undefined);
}

/** With more rows than this a filter is frequent: the first page of it is soon full. */
const countedRows = 1000;
/** A range with more rows takes too long to sort by time: its rows are looked for among all, some at a time. */
const sortedRows = 50_000;

/**
 * Of several filters the one with the fewest rows: a planner without statistics might walk a frequent value to find few
 * rows of a rare one. For a range of peers its own index, as long as that has not too many rows.
 */
async function pathOf(reader: Kysely<Tables>, dialect: Dialect, query: ConnectionQuery): Promise<Path> {
  if (isRange(query) && !(await isWide(reader, query))) return "range";
  const filters = filtersOf(query);
  if (filters.length < 2) return filters[0]?.column ?? "time";
  const direction = sql.raw(directionOf(orderOf(query)));
  const counts = filters.map(
    (filter, place) => sql`
      select ${sql.lit(place)} as place, count(*) as number from (
        select 1 from connections c
        where ${sql.join([...timeConditions(query, filter.column), onValue(query, dialect, filter)], sql` and `)}
        order by ${orderOn(filter.column, direction)} limit ${sql.lit(countedRows)}) f`,
  );
  const { rows } = await sql<{ place: number }>`
    ${sql.join(counts, sql` union all `)} order by number, place limit 1`.execute(reader);
  return filters[rows[0]?.place ?? 0]?.column ?? "time";
}

async function isWide(reader: Kysely<Tables>, { peer }: ConnectionQuery): Promise<boolean> {
  if (peer === undefined) return false;
  const { rows } = await sql`
    select 1 from connections c where c.peer >= ${addressKey(peer.first)} and c.peer <= ${lastAddressKey(peer.last)}
    order by c.peer limit 1 offset ${sql.lit(sortedRows)}`.execute(reader);
  return rows.length > 0;
}

interface JoinedRow {
  readonly origin: string | null;
  /** Of `contents`; null where the content is in the row itself. */
  readonly kept_identification: string | null;
}

type ConnectionRow = Selectable<Tables["connections"]> & JoinedRow & { readonly kept_payload: Uint8Array | null };

type LeanRow = Omit<Selectable<Tables["connections"]>, "payload"> &
  JoinedRow & { readonly number: number; readonly payload_bytes: number };

interface Parsers {
  readonly identification: (text: string) => Identification;
  readonly origin: (text: string) => Origin;
}

/** For the rows of one page, many of which have the same text: they share one object, which is also sent to another thread once. */
function onceForEachText(): Parsers {
  return { identification: remembering(parseIdentification), origin: remembering(parseOrigin) };
}

function remembering<Value>(parse: (text: string) => Value): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const value = known.get(text) ?? parse(text);
    known.set(text, value);
    return value;
  };
}

function toConnection(row: ConnectionRow, parsers: Parsers): StoredConnection {
  return {
    id: row.id,
    listener: row.listener,
    at: row.at,
    peer: { address: addressFromKey(row.peer), port: row.peer_port },
    local: { address: addressFromKey(row.local), port: row.local_port },
    ...(row.via === null || row.via_port === null
      ? {}
      : { via: { address: addressFromKey(row.via), port: row.via_port } }),
    end: row.ending,
    durationMs: row.duration_ms,
    bytes: row.bytes,
    // A copy: drivers give views of their own buffers.
    payload: new Uint8Array(row.kept_payload ?? row.payload),
    phase: row.phase,
    identification: parsers.identification(row.kept_identification ?? row.identification),
    ...(row.origin === null ? {} : { origin: parsers.origin(row.origin) }),
    ...(row.muted_until === null ? {} : { mutedUntil: row.muted_until }),
  };
}

function parseIdentification(text: string): Identification {
  try {
    const value: unknown = JSON.parse(text);
    if (isIdentification(value)) return value;
  } catch {
    // Damaged: the connection is listed nevertheless.
  }
  return { protocol: "unknown", complete: false };
}

const knownProtocols: ReadonlySet<unknown> = new Set(protocolNames);

/** Only this program writes the column: the fields that show whether it is complete are checked, not every field. */
function isIdentification(value: unknown): value is Identification {
  return (
    typeof value === "object" &&
    value !== null &&
    "protocol" in value &&
    knownProtocols.has(value.protocol) &&
    "complete" in value &&
    typeof value.complete === "boolean"
  );
}
