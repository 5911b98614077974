import type { Kysely } from "kysely";
import { changeNumber } from "../events/counters.ts";
import type { Tables } from "../tables.ts";

export interface Withholding {
  readonly how: "hold" | "drop";
  /** Shown to users: why it is not sent. */
  readonly reason: string;
  readonly at: number;
}

const waiting = ["open", "queued", "sending"] as const;

/**
 * Prevents waiting messages of a restored database from being sent. A message that is held counts as given up and as
 * uncertain, so that nothing replaces it and what it announces is in no other message. What was not composed yet, an
 * open report or a due alert, is held without a message: see {@link releaseUnwritten}.
 * @returns how many messages
 */
export async function withhold(transaction: Kysely<Tables>, { how, reason, at }: Withholding): Promise<number> {
  await dropEmpty(transaction);
  const alerts = await takeDueAlerts(transaction, { how, reason, at });
  const values = { last_error: reason, next_attempt_at: null, changed: await changeNumber.take(transaction) };
  if (how === "hold") {
    const { numUpdatedRows } = await transaction
      .updateTable("deliveries")
      .set({ ...values, state: "dead", is_sealed: 1, is_uncertain: 1 })
      .where("state", "in", waiting)
      .executeTakeFirst();
    return alerts + Number(numUpdatedRows);
  }
  const open = transaction.selectFrom("deliveries").select("id").where("state", "=", "open");
  await transaction.deleteFrom("announcements").where("delivery_id", "in", open).execute();
  const unwritten = await transaction.deleteFrom("deliveries").where("state", "=", "open").executeTakeFirst();
  const { numUpdatedRows } = await transaction
    .updateTable("deliveries")
    .set({ ...values, state: "superseded" })
    .where("state", "in", waiting)
    .executeTakeFirst();
  return alerts + Number(unwritten.numDeletedRows) + Number(numUpdatedRows);
}

/**
 * Of deliveries that are held without a message: reports become open again, for the next report to that audience;
 * alerts become due, to be composed. An alert that was pruned meanwhile stays given up. @returns how many
 */
export async function releaseUnwritten(transaction: Kysely<Tables>, ids: readonly number[] | "all"): Promise<number> {
  const rows = await transaction
    .selectFrom("deliveries")
    .select(["id", "kind"])
    .where("state", "=", "dead")
    .where("message_id", "is", null)
    .execute();
  const wanted = ids === "all" ? rows : rows.filter(({ id }) => ids.includes(id));
  let released = 0;
  for (const { id, kind } of wanted) {
    if (kind === "report") {
      released += 1;
      await transaction
        .updateTable("deliveries")
        .set({
          state: "open",
          is_sealed: 0,
          is_uncertain: 0,
          last_error: null,
          changed: await changeNumber.take(transaction),
        })
        .where("id", "=", id)
        .execute();
      continue;
    }
    const { numUpdatedRows } = await transaction
      .updateTable("alerts")
      .set({ composed_at: null, delivery_id: null })
      .where("delivery_id", "=", id)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) continue;
    released += 1;
    await transaction.deleteFrom("deliveries").where("id", "=", id).execute();
  }
  return released;
}

/** Open deliveries that announce nothing will never have a message. */
async function dropEmpty(transaction: Kysely<Tables>): Promise<void> {
  await transaction
    .deleteFrom("deliveries")
    .where("state", "=", "open")
    .where((build) =>
      build.not(
        build.exists(
          build.selectFrom("announcements as n").select("n.scan_id").whereRef("n.delivery_id", "=", "deliveries.id"),
        ),
      ),
    )
    .execute();
}

/** Alerts that are not composed yet. @returns how many */
async function takeDueAlerts(transaction: Kysely<Tables>, { how, reason, at }: Withholding): Promise<number> {
  const due = await transaction
    .selectFrom("alerts")
    .select(["id", "at", "label", "channel", "recipient"])
    .where("composed_at", "is", null)
    .execute();
  for (const { id, at: dueAt, label, channel, recipient } of due) {
    const delivery =
      how === "drop"
        ? undefined
        : await transaction
            .insertInto("deliveries")
            .values({
              label,
              channel,
              recipient,
              kind: "alert",
              state: "dead",
              is_sealed: 1,
              created_at: dueAt,
              attempts: 0,
              is_uncertain: 1,
              last_error: reason,
              changed: await changeNumber.take(transaction),
            })
            .returning("id")
            .executeTakeFirstOrThrow();
    await transaction
      .updateTable("alerts")
      .set({ composed_at: at, delivery_id: delivery?.id })
      .where("id", "=", id)
      .execute();
  }
  return due.length;
}
