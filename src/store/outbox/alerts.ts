import { type Kysely, type Selectable, sql } from "kysely";
import type { AlertStore, DueAlert } from "../../core/connection-store.ts";
import type { Message } from "../../core/delivery.ts";
import type { Database } from "../database.ts";
import { changeNumber } from "../events/counters.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import type { Tables } from "../tables.ts";
import { storeMessage } from "./delivery-rows.ts";

/**
 * Alerts on their way to the outbox. They are stored in the transaction of their connections, and marked as composed
 * in the transaction that queues their message, so that each is queued exactly once, also after a crash.
 */
export class SqlAlertStore implements AlertStore, NamesReadMethods<AlertStore> {
  // Not `pending`: it is a short page of an index, read after each alert. The writer has it in memory, and a flood needs no second thread.
  readonly readMethods = ["recent"] as const;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async pending({ limit, after }: Parameters<AlertStore["pending"]>[0]): Promise<readonly DueAlert[]> {
    const rows = await this.#database.read((reader) => {
      let select = reader.selectFrom("alerts").selectAll().where("composed_at", "is", null);
      if (after !== undefined) select = select.where(sql<boolean>`(at, id) > (${after.at}, ${after.id})`);
      return select.orderBy("at").orderBy("id").limit(limit).execute();
    });
    return rows.map(toDueAlert);
  }

  async compose(composed: readonly { readonly id: string; readonly message: Message }[], at: number): Promise<void> {
    if (composed.length === 0) return;
    await this.#database.write(async (transaction) => {
      for (const { id, message } of composed) await composeAlert(transaction, id, message, at);
    });
  }

  async recent({ since, limit }: Parameters<AlertStore["recent"]>[0]): Promise<readonly DueAlert[]> {
    const rows = await this.#database.read((reader) =>
      reader
        .selectFrom("alerts")
        .selectAll()
        .where("at", ">=", since)
        .orderBy("at", "desc")
        .orderBy("id", "desc")
        .limit(limit)
        .execute(),
    );
    return rows.map(toDueAlert);
  }
}

/** Stores what is due; an alert that is known already stays as it is. */
export async function insertAlerts(transaction: Kysely<Tables>, alerts: readonly DueAlert[]): Promise<void> {
  for (const { id, at, label, channel, recipient, data } of alerts) {
    await transaction
      .insertInto("alerts")
      .values({ id, at, label, channel, recipient, data })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function composeAlert(transaction: Kysely<Tables>, id: string, message: Message, at: number): Promise<void> {
  // An alert that is gone was composed, delivered and pruned.
  const alert = await transaction
    .selectFrom("alerts")
    .select(["label", "channel", "recipient"])
    .where("id", "=", id)
    .where("composed_at", "is", null)
    .executeTakeFirst();
  if (alert === undefined) return;
  const delivery = await transaction
    .insertInto("deliveries")
    .values({
      ...alert,
      ...(await storeMessage(transaction, message)),
      kind: "alert",
      state: "queued",
      is_sealed: 1,
      created_at: at,
      attempts: 0,
      next_attempt_at: at,
      is_uncertain: 0,
      changed: await changeNumber.take(transaction),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await transaction
    .updateTable("alerts")
    .set({ composed_at: at, delivery_id: delivery.id })
    .where("id", "=", id)
    .execute();
}

function toDueAlert({ id, at, label, channel, recipient, data }: Selectable<Tables["alerts"]>): DueAlert {
  return { id, at, label, channel, recipient, data };
}
