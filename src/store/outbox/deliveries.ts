import { type ExpressionBuilder, type Kysely, sql } from "kysely";
import type {
  Audience,
  ClosedLane,
  Delivery,
  DeliveryState,
  DeliverySummary,
  Message,
  SendOutcome,
} from "../../core/delivery.ts";
import type { Discovery } from "../../core/discovery.ts";
import { type Page, pageOf } from "../../core/page.ts";
import type { Backlog, DeliveryQuery, DeliveryStore } from "../../core/store.ts";
import type { Database } from "../database.ts";
import { changeNumber } from "../events/counters.ts";
import { comparisonOf, directionOf, idOf } from "../keys/cursor-keys.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import { createDelivery, findOpenDelivery } from "../scans/announce-scan.ts";
import { misuse } from "../store-errors.ts";
import type { Tables } from "../tables.ts";
import { selectAnnounced, tallyAnnounced } from "./announced.ts";
import { afterAttempt, isRecorded, wasTakenOver } from "./attempt-outcome.ts";
import {
  type DeliveryRow,
  selectDeliveries,
  storeMessage,
  summaryColumns,
  toDelivery,
  toSummary,
} from "./delivery-rows.ts";
import { withWaiting } from "./waiting-deliveries.ts";
import { releaseUnwritten, type Withholding, withhold } from "./withhold.ts";

/**
 * The outbox. Its invariants: a scan is linked to one delivery per audience when it is recorded; links are only
 * moved, and only from a delivery that no channel can have accepted. So each discovery is in exactly one message to
 * each audience, and only a message whose outcome is unknown is sent again, unchanged.
 */
export class SqlDeliveryStore implements DeliveryStore, NamesReadMethods<DeliveryStore> {
  // Not `nextDueAt`: it is read every few seconds, from an index alone; to claim what is due, the writer must be free anyway.
  readonly readMethods = ["hasUnfinished", "announced", "tally", "list", "get", "backlog"] as const;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async hasUnfinished(audience: Audience): Promise<boolean> {
    const row = await this.#database.read((reader) =>
      reader
        .selectFrom("deliveries")
        .select("id")
        .where(isReportTo(audience))
        .where("state", "in", ["open", "queued"])
        .where(mayBeReplaced)
        .limit(1)
        .executeTakeFirst(),
    );
    return row !== undefined;
  }

  gather(audience: Audience, at: number): Promise<{ readonly deliveryId: number }> {
    return this.#database.write(async (transaction) => {
      const deliveryId =
        (await findOpenDelivery(transaction, audience)) ?? (await createDelivery(transaction, audience, at));
      await transaction.updateTable("deliveries").set({ is_sealed: 1 }).where("id", "=", deliveryId).execute();
      const earlier = await transaction
        .selectFrom("deliveries")
        .select(["id", "state", "created_at", "attempts"])
        .where(isReportTo(audience))
        .where("id", "!=", deliveryId)
        .where(mayBeReplaced)
        .execute();
      for (const { id, state } of earlier) {
        await transaction
          .updateTable("announcements")
          .set({ delivery_id: deliveryId })
          .where("delivery_id", "=", id)
          .execute();
        // An open delivery has no message worth keeping.
        if (state === "open") await transaction.deleteFrom("deliveries").where("id", "=", id).execute();
        else await change(transaction, id, { state: "superseded", next_attempt_at: null });
      }
      await continueAttempts(
        transaction,
        deliveryId,
        earlier.filter(({ state, attempts }) => state === "queued" && attempts > 0),
      );
      return { deliveryId };
    });
  }

  announced(query: Parameters<DeliveryStore["announced"]>[0]): Promise<readonly Discovery[]> {
    return this.#database.read((reader) => selectAnnounced(reader, query));
  }

  tally(deliveryId: number): ReturnType<DeliveryStore["tally"]> {
    return this.#database.read((reader) => tallyAnnounced(reader, deliveryId));
  }

  compose(deliveryId: number, message: Message): Promise<void> {
    return this.#inState(deliveryId, "open", async (transaction) =>
      change(transaction, deliveryId, {
        state: "queued",
        is_sealed: 1,
        ...(await storeMessage(transaction, message)),
        next_attempt_at: message.date,
      }),
    );
  }

  discard(deliveryId: number): Promise<void> {
    return this.#database.write(async (transaction) => {
      const state = await stateOf(transaction, deliveryId);
      if (state === undefined) return;
      if (state !== "open") throw misuse(`delivery ${deliveryId} is ${state}, only an open one can be dropped`);
      const announced = await transaction
        .selectFrom("announcements")
        .select("scan_id")
        .where("delivery_id", "=", deliveryId)
        .limit(1)
        .executeTakeFirst();
      if (announced !== undefined) throw misuse(`delivery ${deliveryId} announces discoveries and cannot be dropped`);
      await transaction.deleteFrom("deliveries").where("id", "=", deliveryId).execute();
    });
  }

  recover(at: number, inHand: readonly number[] = []): Promise<number> {
    return this.#database.write(async (transaction) => {
      const changed = await changeNumber.take(transaction);
      const result = await transaction
        .updateTable("deliveries")
        .set((build) => ({
          state: "queued" as const,
          changed,
          is_uncertain: 1,
          next_attempt_at: at,
          attempts: build("attempts", "+", 1),
        }))
        .where("state", "=", "sending")
        .where(isNoneOf(inHand))
        .executeTakeFirst();
      return Number(result.numUpdatedRows);
    });
  }

  claim({ at, limit, closed = [] }: Parameters<DeliveryStore["claim"]>[0]): Promise<readonly Delivery[]> {
    return this.#database.write(async (transaction) => {
      const claimed: Delivery[] = [];
      const held: ClosedLane[] = [...closed];
      while (claimed.length < limit) {
        const row = await selectDeliveries(transaction)
          .where("state", "=", "queued")
          .where("next_attempt_at", "<=", at)
          .where(isNotHeld(held))
          .orderBy("deliveries.id")
          .limit(1)
          .executeTakeFirst();
        if (row === undefined) break;
        await change(transaction, row.id, { state: "sending" });
        claimed.push(toDelivery({ ...row, state: "sending" }));
        held.push({ channel: row.channel, recipient: row.recipient });
      }
      return claimed;
    });
  }

  recordOutcome(
    deliveryId: number,
    outcome: SendOutcome,
    options: { readonly at: number; readonly nextAttemptAt?: number },
  ): Promise<void> {
    return this.#database.write(async (transaction) => {
      const row = await transaction
        .selectFrom("deliveries")
        .select(["state", "next_attempt_at", "delivered_at", "last_error", "is_uncertain"])
        .where("id", "=", deliveryId)
        .executeTakeFirst();
      const after = afterAttempt(outcome, options);
      if (row?.state !== "sending") {
        if (row !== undefined && isRecorded(row, after)) return;
        if (row === undefined || !wasTakenOver(row)) {
          throw misuse(`delivery ${deliveryId} is ${row?.state ?? "gone"}, it should be sending`);
        }
        if (row.state === "delivered" || outcome.kind !== "delivered") return;
      }
      await transaction
        .updateTable("deliveries")
        .set((build) => ({ attempts: build("attempts", "+", 1) }))
        .where("id", "=", deliveryId)
        .execute();
      await change(transaction, deliveryId, after);
    });
  }

  release(deliveryId: number): Promise<void> {
    return this.#inState(deliveryId, "sending", (transaction) => change(transaction, deliveryId, { state: "queued" }));
  }

  retry(ids: readonly number[] | "all", at: number): Promise<number> {
    return this.#database.write(async (transaction) => {
      const unwritten = await releaseUnwritten(transaction, ids);
      let query = transaction
        .updateTable("deliveries")
        .set({ state: "queued", next_attempt_at: at, changed: await changeNumber.take(transaction) })
        .where((build) =>
          build.or([
            build.and([build("state", "=", "dead"), build("message_id", "is not", null)]),
            build.and([build("state", "=", "queued"), build("next_attempt_at", ">", at)]),
          ]),
        );
      if (ids !== "all") {
        const wanted = this.#database.dialect.integers(ids);
        query = query.where(sql<boolean>`id in (select i.value from ${wanted})`);
      }
      return unwritten + Number((await query.executeTakeFirst()).numUpdatedRows);
    });
  }

  withhold(options: Withholding): Promise<number> {
    return this.#database.write((transaction) => withhold(transaction, options));
  }

  async list(query: DeliveryQuery): Promise<Page<DeliverySummary>> {
    const {
      id,
      states,
      label,
      channel,
      since,
      until,
      uncertain,
      waitingAt,
      after,
      limit,
      order = "descending",
    } = query;
    if (states?.length === 0) return { rows: [] };
    return await this.#database.read(async (reader) => {
      let select = reader.selectFrom("deliveries").select(summaryColumns);
      if (id !== undefined) select = select.where("id", "=", id);
      if (states !== undefined) select = select.where("state", "in", [...states]);
      if (label !== undefined) select = select.where(sql<boolean>`lower(label) = lower(${label})`);
      if (channel !== undefined) select = select.where("channel", "=", channel);
      if (since !== undefined) select = select.where("created_at", ">=", since);
      if (until !== undefined) select = select.where("created_at", "<", until);
      if (uncertain !== undefined) select = select.where("is_uncertain", "=", uncertain ? 1 : 0);
      if (after !== undefined) select = select.where("id", comparisonOf(order), idOf(after));
      const rows = await select
        .orderBy("id", directionOf(order))
        .limit(limit + 1)
        .execute();
      const page = pageOf(rows.map(toSummary), limit, ({ id }) => [id]);
      return waitingAt === undefined ? page : { ...page, rows: await withWaiting(reader, page.rows, waitingAt) };
    });
  }

  async get(id: number): Promise<Delivery | undefined> {
    const row = await this.#database.read((reader) =>
      selectDeliveries(reader).where("deliveries.id", "=", id).executeTakeFirst(),
    );
    return row === undefined ? undefined : toDelivery(row);
  }

  async backlog(): Promise<readonly Backlog[]> {
    const rows = await this.#database.read((reader) =>
      reader
        .selectFrom("deliveries")
        .select((build) => [
          "channel",
          "state",
          sql<number>`case when attempts > 0 then 1 else 0 end`.as("was_tried"),
          build.fn.countAll().as("count"),
          sql<number>`sum(case when kind = 'report' then 1 else 0 end)`.as("reports"),
          build.fn.min("created_at").as("oldest_at"),
        ])
        .where("state", "in", ["open", "queued", "sending", "dead"])
        .groupBy(["channel", "state", "was_tried"])
        .execute(),
    );
    return rows.flatMap(({ channel, state, was_tried, count, reports, oldest_at }) =>
      state === "delivered" || state === "superseded"
        ? []
        : [
            {
              channel,
              state,
              wasTried: Number(was_tried) === 1,
              count: Number(count),
              reports: Number(reports),
              oldestAt: Number(oldest_at),
            },
          ],
    );
  }

  async nextDueAt({ closed = [] }: { readonly closed?: readonly ClosedLane[] } = {}): Promise<number | undefined> {
    const row = await this.#database.read((reader) =>
      reader
        .selectFrom("deliveries")
        .select((build) => build.fn.min("next_attempt_at").as("due"))
        .where("state", "=", "queued")
        .where(isNotHeld(closed))
        .executeTakeFirst(),
    );
    return row?.due ?? undefined;
  }

  async #inState(
    deliveryId: number,
    expected: DeliveryState,
    work: (transaction: Kysely<Tables>) => Promise<void>,
  ): Promise<void> {
    await this.#database.write(async (transaction) => {
      const state = await stateOf(transaction, deliveryId);
      if (state === expected) return work(transaction);
      throw misuse(`delivery ${deliveryId} is ${state ?? "gone"}, it should be ${expected}`);
    });
  }
}

function isReportTo({ label, channel, recipient }: Audience) {
  return (build: ExpressionBuilder<Tables, "deliveries">) => build.and({ label, channel, recipient, kind: "report" });
}

/** No recipient can have received these: still open, or queued or dead with every attempt known to have failed. */
function mayBeReplaced(build: ExpressionBuilder<Tables, "deliveries">) {
  return build.or([
    build("state", "=", "open"),
    build.and([build("state", "in", ["queued", "dead"]), build("is_uncertain", "=", 0)]),
  ]);
}

/**
 * A report that replaces refused ones is as old as the first of them and was tried as often: otherwise a watch that runs more often than
 * `give_up_after` would send to a server that refuses for ever. What was given up begins anew, because that was said already.
 */
async function continueAttempts(
  transaction: Kysely<Tables>,
  deliveryId: number,
  refused: readonly { readonly created_at: number; readonly attempts: number }[],
): Promise<void> {
  if (refused.length === 0) return;
  const own = await transaction
    .selectFrom("deliveries")
    .select(["created_at", "attempts"])
    .where("id", "=", deliveryId)
    .executeTakeFirstOrThrow();
  const all = [own, ...refused];
  await transaction
    .updateTable("deliveries")
    .set({
      created_at: Math.min(...all.map(({ created_at }) => created_at)),
      attempts: Math.max(...all.map(({ attempts }) => attempts)),
    })
    .where("id", "=", deliveryId)
    .execute();
}

/** Of closed lanes only the scouts. */
function isNotHeld(closed: readonly ClosedLane[]) {
  return (build: ExpressionBuilder<Tables, "deliveries">) =>
    build.and(
      closed.map(({ channel, recipient, scout }) =>
        build.or([
          build("channel", "!=", channel),
          build("recipient", "!=", recipient),
          ...(scout === undefined ? [] : [build("deliveries.id", "=", scout)]),
        ]),
      ),
    );
}

function isNoneOf(ids: readonly number[]) {
  return (build: ExpressionBuilder<Tables, "deliveries">) => build.and(ids.map((id) => build("id", "!=", id)));
}

async function change(transaction: Kysely<Tables>, id: number, values: Partial<DeliveryRow>): Promise<void> {
  const changed = await changeNumber.take(transaction);
  await transaction
    .updateTable("deliveries")
    .set({ ...values, changed })
    .where("id", "=", id)
    .execute();
}

async function stateOf(transaction: Kysely<Tables>, id: number): Promise<DeliveryState | undefined> {
  const row = await transaction.selectFrom("deliveries").select("state").where("id", "=", id).executeTakeFirst();
  return row?.state;
}
