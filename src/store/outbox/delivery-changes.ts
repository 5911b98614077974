import { type Kysely, sql } from "kysely";
import type { DeliverySummary } from "../../core/delivery.ts";
import type { EventPosition } from "../../core/event.ts";
import type { Tables } from "../tables.ts";
import { summaryColumns, toSummary } from "./delivery-rows.ts";

/** A delivery whose state changed, without the body of its message. */
export interface DeliveryChange {
  readonly change: number;
  /** Sorts changes with the same number: odd, as those of scans are even. */
  readonly row: number;
  readonly delivery: DeliverySummary;
}

/** The next changes of deliveries after a position, in order. */
export async function selectDeliveryChanges(
  reader: Kysely<Tables>,
  { change, row }: EventPosition,
  limit: number,
): Promise<readonly DeliveryChange[]> {
  const rows = await reader
    .selectFrom("deliveries")
    .select([...summaryColumns, "changed"])
    .where("changed", ">=", change)
    .where(sql<boolean>`(changed > ${change} or id * 2 + 1 > ${row})`)
    .orderBy("changed")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map((each) => ({
    change: each.changed ?? 0,
    row: each.id * 2 + 1,
    delivery: toSummary(each),
  }));
}
