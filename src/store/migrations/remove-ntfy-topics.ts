import { type Kysely, sql } from "kysely";
import { ntfyRecipient } from "../../core/delivery.ts";
import type { Tables } from "../tables.ts";

/** Schema version 6: topics of ntfy are no longer stored as recipients, because anyone who knows a topic can read its messages. */
export async function removeNtfyTopics(transaction: Kysely<Tables>): Promise<void> {
  for (const table of ["deliveries", "alerts"] as const) {
    await sql`update ${sql.table(table)} set recipient = ${ntfyRecipient} where channel = 'ntfy'`.execute(transaction);
  }
}
