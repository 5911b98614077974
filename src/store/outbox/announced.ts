import { type Kysely, sql } from "kysely";
import type { Discovery } from "../../core/discovery.ts";
import type { DeliveryStore } from "../../core/store.ts";
import { byAddress, ipv6Join } from "../keys/ipv6-join.ts";
import { selectDiscoveries } from "../scans/select-discoveries.ts";
import type { Tables } from "../tables.ts";

/** A page of what a delivery announces: see `DeliveryStore.announced`. */
export function selectAnnounced(
  reader: Kysely<Tables>,
  query: Parameters<DeliveryStore["announced"]>[0],
): Promise<readonly Discovery[]> {
  const watch =
    query.watch === undefined ? sql`` : sql`and c.watch_id = (select id from watches where name = ${query.watch})`;
  const order = sql`g.first_scan, d.device nulls first, ${byAddress("d")}, d.id`;
  // The page is chosen by the few columns that order it; all others are looked up for its rows alone.
  return selectDiscoveries(
    reader,
    sql`
          join (
            select d.id, row_number() over (order by ${order}) as place
            from (
              select c.id, min(c.id) over (partition by c.watch_id) as first_scan
              from announcements n join scans c on c.id = n.scan_id
              where n.delivery_id = ${query.deliveryId} ${watch}
            ) as g
            join discoveries d on d.scan_id = g.id and d.is_quiet = 0
            ${ipv6Join("d")}
            order by ${order}
            limit ${query.limit} offset ${query.offset}
          ) as page on page.id = d.id
          order by page.place`,
    "all",
  );
}

/** How many discoveries of each kind a delivery announces: see `DeliveryStore.tally`. */
export async function tallyAnnounced(reader: Kysely<Tables>, deliveryId: number): ReturnType<DeliveryStore["tally"]> {
  const rows = await reader
    .selectFrom("announcements as n")
    .innerJoin("discoveries as d", "d.scan_id", "n.scan_id")
    .innerJoin("watches as w", "w.id", "d.watch_id")
    .select(["w.name as watch", "d.kind"])
    .select((build) => [build.fn.countAll<number>().as("count"), build.fn.min("n.scan_id").as("first")])
    .where("n.delivery_id", "=", deliveryId)
    .where("d.is_quiet", "=", 0)
    .groupBy(["w.name", "d.kind"])
    .orderBy("d.kind")
    .execute();
  const firstOf = new Map<string, number>();
  for (const { watch, first } of rows) {
    firstOf.set(watch, Math.min(first, firstOf.get(watch) ?? Number.POSITIVE_INFINITY));
  }
  rows.sort((a, b) => (firstOf.get(a.watch) ?? 0) - (firstOf.get(b.watch) ?? 0));
  return rows.map(({ watch, kind, count }) => ({ watch, kind, count }));
}
