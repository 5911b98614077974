import { type Kysely, sql } from "kysely";
import { ntfyRecipient } from "../../core/delivery.ts";
import type { Tables } from "../tables.ts";

/** Schema version 5: the topic of ntfy, which lets anyone who knows it read the messages, is no longer kept as a recipient. */
export async function removeNtfyTopics(transaction: Kysely<Tables>): Promise<void> {
  for (const table of ["deliveries", "alerts"] as const) {
    await sql`update ${sql.table(table)} set recipient = ${ntfyRecipient} where channel = 'ntfy'`.execute(transaction);
  }
}
