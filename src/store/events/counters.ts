import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";

/**
 * A counter in the table `meta`. Its row is locked from the first use in a transaction to the end of that, so the order of the
 * numbers is the order of the commits: a reader that has read up to a number has missed nothing below it. Numbers of a sequence
 * would become visible out of order.
 */
class Counter {
  readonly key: string;

  constructor(key: string) {
    this.key = key;
  }

  /** Takes the next `count` numbers. @returns the first of them */
  async take(transaction: Kysely<Tables>, count = 1): Promise<number> {
    const { rows } = await sql<{ value: string }>`
      update meta set value = cast(cast(value as bigint) + cast(${count} as bigint) as text)
      where key = ${sql.lit(this.key)} returning value`.execute(transaction);
    return Number(rows[0]?.value ?? count) - count + 1;
  }

  /** The last number that was taken. */
  async last(reader: Kysely<Tables>): Promise<number> {
    const row = await reader.selectFrom("meta").select("value").where("key", "=", this.key).executeTakeFirst();
    return Number(row?.value ?? 0);
  }
}

/** Numbers connections as they are recorded: their `rowid`. */
export const connectionNumber = new Counter("last connection");

/** Numbers changes of deliveries and scans: their column `changed`. */
export const changeNumber = new Counter("last change");
