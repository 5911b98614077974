import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/**
 * Schema version 14: `ended_at` is when a check showed that what was discovered is over: an exposed service is protected, an
 * expired certificate is replaced. Stored, because a later check may prove nothing about it.
 */
export async function createEndedColumn(transaction: Kysely<Tables>): Promise<void> {
  await sql`alter table discoveries add column ended_at bigint`.execute(transaction);
}
