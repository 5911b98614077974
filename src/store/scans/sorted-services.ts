import { type Kysely, type RawBuilder, sql } from "kysely";
import { type Page, pageOf } from "../../core/page.ts";
import type { ServiceQuery } from "../../core/store.ts";
import type { Dialect } from "../database.ts";
import { comparisonOf, directionOf, numberAndIdOf } from "../keys/cursor-keys.ts";
import { atAddress, ipv6Join } from "../keys/ipv6-join.ts";
import type { Tables } from "../tables.ts";
import { type FittingDevices, serviceFilter } from "./service-filter.ts";

/** When the service was seen last by any watch: see `presence.last_seen`. */
function seenByWatches(dialect: Dialect): RawBuilder<unknown> {
  const where = sql`p.watch_id = w.id and p.endpoint = s.endpoint`;
  return sql`(
    select max(coalesce(p.last_seen, w.seen_at))
    from watches w ${dialect.forEach({ table: "presence", alias: "p", where })})`;
}

/** Services by a time, and those of the same time by endpoint. It reads every service that fits: no index has the last time. */
export async function selectServicesByTime<Row extends { readonly endpoint: number }>(
  reader: Kysely<Tables>,
  query: ServiceQuery & {
    readonly sort: "firstSeen" | "lastSeen";
    readonly dialect: Dialect;
    readonly devices: FittingDevices;
  },
): Promise<Page<Row>> {
  const { dialect, limit, sort, address, after, order = "ascending" } = query;
  const seen = sort === "firstSeen" ? sql`s.first_seen` : seenByWatches(dialect);
  const time =
    sort === "firstSeen" ? sql`t.seen` : sql`case when t.seen > t.last_seen then t.seen else t.last_seen end`;
  const last = after === undefined ? undefined : numberAndIdOf(after);
  const follows = sql.raw(comparisonOf(order));
  const direction = sql.raw(directionOf(order));
  const { rows } = await sql<Row & { readonly time: number }>`
    select u.* from (
      select t.*, ${time} as time from ${dialect.apart(sql`
        select s.*, a.address as ipv6, ${seen} as seen from services s ${ipv6Join("s")}
        where ${serviceFilter(query)} ${address === undefined ? sql`` : sql`and ${atAddress("s", address)}`}`)} as t
    ) as u
    ${last === undefined ? sql`` : sql`where (u.time, u.endpoint) ${follows} (${last.number}, ${last.id})`}
    order by u.time ${direction}, u.endpoint ${direction} limit ${limit + 1}`.execute(reader);
  return pageOf(rows, limit, ({ time: at, endpoint }) => [Number(at), endpoint]);
}
