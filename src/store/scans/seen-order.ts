/**
 * The order of all services by the time at which they were seen last. A service was seen when the watch that saw it last did. Nearly all
 * services of a watch have the same time, which is in its row: see `presence.last_seen`. So the order is made of a few parts, each of
 * which an index has in order: of each watch these services, and those with a time of their own; and the services with `own_seen`. A
 * service that is in several parts counts where its time is the latest. Only the parts that a page reaches are read.
 */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { Order } from "../../core/page.ts";
import type { Dialect } from "../database.ts";
import { comparisonOf, directionOf } from "../keys/cursor-keys.ts";
import type { Endpoint } from "../keys/endpoint.ts";
import type { Tables } from "../tables.ts";

/** A service and its time. */
export interface SeenAt {
  readonly time: number;
  readonly endpoint: Endpoint;
}

export interface SeenPage {
  readonly dialect: Dialect;
  readonly order: Order;
  readonly after: SeenAt | undefined;
  readonly limit: number;
}

/** When the service with this endpoint was seen last; null: never. */
export function lastSeenOf(
  dialect: Dialect,
  service: { readonly endpoint: RawBuilder<unknown>; readonly ownSeen: RawBuilder<unknown> },
): RawBuilder<unknown> {
  const where = sql`q.watch_id = x.id and q.endpoint = ${service.endpoint}`;
  const seen = sql`coalesce((
    select max(coalesce(q.last_seen, x.seen_at))
    from watches x ${dialect.forEach({ table: "presence", alias: "q", where })}), 0)`;
  const own = sql`coalesce(${service.ownSeen}, 0)`;
  // Not the function for the larger of two: its name differs between the databases.
  return sql`(select max(v.time) from (select ${seen} as time union all select ${own}) v)`;
}

/** The next `limit` services. */
export async function seenPage(reader: Kysely<Tables>, page: SeenPage): Promise<readonly SeenAt[]> {
  const { order, limit } = page;
  const watches = await reader.selectFrom("watches").select(["id", "seen_at"]).execute();
  const sign = order === "ascending" ? 1 : -1;
  const compare = (one: SeenAt, other: SeenAt) => sign * (one.time - other.time || one.endpoint - other.endpoint);
  let found = await ownTimes(reader, page);
  for (const { id } of watches) found = merged([...found, ...(await watchTimes(reader, page, id))], { compare, limit });
  const blocks = watches
    .map(({ id, seen_at: seenAt }) => ({ id, time: Number(seenAt ?? 0) }))
    .sort((one, other) => sign * (one.time - other.time));
  for (const block of blocks) {
    const last = found[limit - 1];
    if (last !== undefined && sign * (last.time - block.time) < 0) break;
    found = merged([...found, ...(await blockTimes(reader, page, block))], { compare, limit });
  }
  return found;
}

/** A service that several watches saw last at the same time is there once. */
function merged(
  all: readonly SeenAt[],
  { compare, limit }: { readonly compare: (one: SeenAt, other: SeenAt) => number; readonly limit: number },
): readonly SeenAt[] {
  const sorted = all.toSorted(compare);
  return sorted.filter(({ endpoint }, place) => sorted[place - 1]?.endpoint !== endpoint).slice(0, limit);
}

async function ownTimes(reader: Kysely<Tables>, page: SeenPage): Promise<readonly SeenAt[]> {
  const rest = { ...page, time: sql`s.own_seen`, endpoint: sql`s.endpoint` };
  const { rows } = await sql<SeenAt>`
    select s.own_seen as time, s.endpoint from services s
    where s.own_seen is not null and s.site = 'local' and ${follows(rest)} and ${isLatest(rest)}
    order by s.own_seen ${direction(page)}, s.endpoint ${direction(page)} limit ${page.limit}`.execute(reader);
  return rows.map(asNumbers);
}

async function watchTimes(reader: Kysely<Tables>, page: SeenPage, watch: number): Promise<readonly SeenAt[]> {
  const rest = { ...page, time: sql`p.last_seen`, endpoint: sql`p.endpoint` };
  const { rows } = await sql<SeenAt>`
    select p.last_seen as time, p.endpoint from presence p
    where p.watch_id = ${watch} and p.last_seen is not null and ${follows(rest)} and ${isLatest(rest)}
    order by p.last_seen ${direction(page)}, p.endpoint ${direction(page)} limit ${page.limit}`.execute(reader);
  return rows.map(asNumbers);
}

/** The services of a watch that have its time, by their endpoints. */
async function blockTimes(
  reader: Kysely<Tables>,
  page: SeenPage,
  { id, time }: { readonly id: number; readonly time: number },
): Promise<readonly SeenAt[]> {
  const { after, order, limit } = page;
  const isBehind = after !== undefined && (order === "ascending" ? time < after.time : time > after.time);
  if (isBehind) return [];
  const beyond =
    after === undefined || time !== after.time
      ? sql``
      : sql`and p.endpoint ${sql.raw(comparisonOf(order))} ${after.endpoint}`;
  const rest = { ...page, time: sql`cast(${time} as bigint)`, endpoint: sql`p.endpoint` };
  const { rows } = await sql<{ endpoint: number }>`
    select p.endpoint from presence p
    where p.watch_id = ${id} and p.last_seen is null ${beyond} and ${isLatest(rest)}
    order by p.endpoint ${direction(page)} limit ${limit}`.execute(reader);
  return rows.map(({ endpoint }) => ({ time, endpoint: Number(endpoint) }));
}

interface Part extends SeenPage {
  readonly time: RawBuilder<unknown>;
  readonly endpoint: RawBuilder<unknown>;
}

function follows({ after, order, time, endpoint }: Part): RawBuilder<SqlBool> {
  if (after === undefined) return sql`1 = 1`;
  return sql`(${time}, ${endpoint}) ${sql.raw(comparisonOf(order))} (${after.time}, ${after.endpoint})`;
}

/** The service is there, and has no later time elsewhere. As one value: PostgreSQL would otherwise join the whole tables first. */
function isLatest({ dialect, time, endpoint }: Part): RawBuilder<SqlBool> {
  const seen = lastSeenOf(dialect, { endpoint: sql`l.endpoint`, ownSeen: sql`l.own_seen` });
  return sql`(select ${seen} from services l where l.site = 'local' and l.endpoint = ${endpoint}) = ${time}`;
}

function direction({ order }: SeenPage): RawBuilder<unknown> {
  return sql.raw(directionOf(order));
}

function asNumbers({ time, endpoint }: SeenAt): SeenAt {
  return { time: Number(time), endpoint: Number(endpoint) };
}
