import type { Kysely } from "kysely";
import type { Audience } from "../../core/delivery.ts";
import type { DiscoveryKind } from "../../core/discovery-kinds.ts";
import { changeNumber } from "../events/counters.ts";
import type { Tables } from "../tables.ts";

/** Adds the scan's discoveries to an open delivery of each audience of its watch. */
export async function announceScan(
  transaction: Kysely<Tables>,
  scanId: number,
  { audiences, at }: { readonly audiences: readonly Audience[]; readonly at: number },
): Promise<void> {
  for (const audience of audiences) {
    const deliveryId =
      (await findOpenDelivery(transaction, audience)) ?? (await createDelivery(transaction, audience, at));
    await transaction
      .insertInto("announcements")
      .values({ delivery_id: deliveryId, scan_id: scanId })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** How many discoveries of a scan are to be announced, by kind: those that are neither quiet nor muted. */
export async function countAnnounced(
  transaction: Kysely<Tables>,
  scanId: number,
): Promise<readonly { readonly kind: DiscoveryKind; readonly count: number }[]> {
  return await transaction
    .selectFrom("discoveries")
    .select(["kind", (build) => build.fn.countAll<number>().as("count")])
    .where("scan_id", "=", scanId)
    .where("is_quiet", "=", 0)
    .groupBy("kind")
    .execute();
}

/** The open delivery that still takes discoveries. */
export async function findOpenDelivery(
  transaction: Kysely<Tables>,
  audience: Omit<Audience, "watches">,
): Promise<number | undefined> {
  const row = await transaction
    .selectFrom("deliveries")
    .select("id")
    .where("state", "=", "open")
    .where("is_sealed", "=", 0)
    .where("label", "=", audience.label)
    .where("channel", "=", audience.channel)
    .where("recipient", "=", audience.recipient)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

export async function createDelivery(
  transaction: Kysely<Tables>,
  audience: Omit<Audience, "watches">,
  at: number,
): Promise<number> {
  const { id } = await transaction
    .insertInto("deliveries")
    .values({
      label: audience.label,
      channel: audience.channel,
      recipient: audience.recipient,
      state: "open",
      is_sealed: 0,
      created_at: at,
      attempts: 0,
      is_uncertain: 0,
      changed: await changeNumber.take(transaction),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}
