import { hash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Message } from "../../core/delivery.ts";
import type { Tables } from "../tables.ts";

type Body = Pick<Message, "text" | "html" | "json">;

/** Stores the body of a message, or finds it where another delivery has the same. @returns its id */
export async function storeBody(transaction: Kysely<Tables>, { text, html, json }: Body): Promise<number> {
  const key = hashOf({ text, html, json });
  const stored = await transaction.selectFrom("message_bodies").select("id").where("hash", "=", key).executeTakeFirst();
  if (stored !== undefined) return stored.id;
  // A conflict needs another process that stores the same at the same moment.
  const { id } = await transaction
    .insertInto("message_bodies")
    .values({ hash: key, text, html: html ?? null, json: json ?? null })
    .onConflict((conflict) => conflict.column("hash").doUpdateSet({ hash: key }))
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** SHA-256 of the JSON of the three: it distinguishes an absent part from an empty one, and shows where each ends. */
function hashOf({ text, html, json }: Body): Buffer {
  return hash("sha256", JSON.stringify([text, html ?? null, json ?? null]), "buffer");
}

/** Deletes those of `bodies` that no delivery has any more. */
export async function dropUnusedBodies(transaction: Kysely<Tables>, bodies: readonly number[]): Promise<void> {
  for (let from = 0; from < bodies.length; from += idsAtOnce) {
    await transaction
      .deleteFrom("message_bodies")
      .where("id", "in", bodies.slice(from, from + idsAtOnce))
      .where(sql<boolean>`not exists (select 1 from deliveries d where d.body = message_bodies.id)`)
      .execute();
  }
}

/** Databases bound the number of values in a statement. */
const idsAtOnce = 500;
