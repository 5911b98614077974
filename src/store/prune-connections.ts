import { setImmediate } from "node:timers/promises";
import { sql } from "kysely";
import type { Database } from "./database.ts";

/**
 * Rows forgotten in one transaction: below a tenth of a second, so that new connections are not kept waiting for long.
 * Smaller batches cost more a row, for each writes most of the index by peer anew.
 */
export const pruneBatch = 5000;

/** The newest connection that goes; all before it go too. */
export interface PruneCut {
  readonly at: number;
  readonly id: string;
}

export interface PruneOptions {
  readonly before?: number;
  readonly keepAtMost?: number;
}

/** The steps of a pruning, each one short transaction or less. */
export interface PruneSteps {
  findCut(options: PruneOptions): Promise<PruneCut | undefined>;
  /** Forgets a batch of connections, oldest first. @returns how many; fewer than a whole batch were the last */
  dropConnections(cut: PruneCut): Promise<number>;
  /** Forgets a batch of alerts that were composed. */
  dropAlerts(before: number): Promise<number>;
  /** Forgets origins of peers without a connection, a batch at a time. @returns where to go on, if anywhere */
  dropOrigins(after: Uint8Array | undefined): Promise<Uint8Array | undefined>;
}

/**
 * Takes the steps one after the other; in between, whoever waits has a turn. Alerts go by age: where only a number is
 * given, those that are older than every connection that stays.
 */
export async function pruneConnections(steps: PruneSteps, options: PruneOptions): Promise<number> {
  const cut = await steps.findCut(options);
  if (cut === undefined) return 0;
  const before = options.before ?? cut.at;
  while ((await steps.dropAlerts(before)) === pruneBatch) await setImmediate();
  let total = 0;
  for (;;) {
    const dropped = await steps.dropConnections(cut);
    total += dropped;
    if (dropped < pruneBatch) break;
    await setImmediate();
  }
  if (total === 0) return 0;
  for (let after = await steps.dropOrigins(undefined); after !== undefined; after = await steps.dropOrigins(after)) {
    await setImmediate();
  }
  return total;
}

export class ConnectionPruning implements PruneSteps {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async findCut({ before, keepAtMost }: PruneOptions): Promise<PruneCut | undefined> {
    // No id is empty, so this is just before the first connection of that moment.
    const byAge = before === undefined ? undefined : { at: before, id: "" };
    if (keepAtMost === undefined) return byAge;
    const byNumber = await this.#newestPast(keepAtMost);
    if (byAge === undefined || byNumber === undefined) return byAge ?? byNumber;
    return byNumber.at < byAge.at ? byAge : byNumber;
  }

  /** Its time and then its place within that millisecond, both by the index alone: a million rows need not be read. */
  #newestPast(keepAtMost: number): Promise<PruneCut | undefined> {
    return this.#database.read(async (reader) => {
      const connections = reader.selectFrom("connections");
      const cut = await connections
        .select("at")
        .where("at", ">=", 0)
        .orderBy("at", "desc")
        .limit(1)
        .offset(keepAtMost)
        .executeTakeFirst();
      if (cut === undefined) return undefined;
      const later = await connections
        .select((build) => build.fn.countAll<number>().as("count"))
        .where("at", ">", cut.at)
        .executeTakeFirstOrThrow();
      return connections
        .select(["at", "id"])
        .where("at", "=", cut.at)
        .orderBy("id", "desc")
        .limit(1)
        .offset(Math.max(0, keepAtMost - later.count))
        .executeTakeFirst();
    });
  }

  dropConnections(cut: PruneCut): Promise<number> {
    const upTo = ({ at, id }: PruneCut) => sql`(at, id) <= (${at}, ${id})`;
    return this.#database.write(async (transaction) => {
      const { rows } = await sql<PruneCut>`
        select at, id from connections where ${upTo(cut)}
        order by at, id limit 1 offset ${sql.lit(pruneBatch - 1)}`.execute(transaction);
      // Ids are unique, so this is the batch and nothing else.
      const { numAffectedRows } = await sql`delete from connections where ${upTo(rows[0] ?? cut)}`.execute(transaction);
      return Number(numAffectedRows ?? 0);
    });
  }

  dropAlerts(before: number): Promise<number> {
    return this.#database.write(async (transaction) => {
      const { numAffectedRows } = await sql`
        delete from alerts where id in (
          select id from alerts where at < ${before} and composed_at is not null
          order by at, id limit ${sql.lit(pruneBatch)})`.execute(transaction);
      return Number(numAffectedRows ?? 0);
    });
  }

  dropOrigins(after: Uint8Array | undefined): Promise<Uint8Array | undefined> {
    return this.#database.write(async (transaction) => {
      const start = after ?? new Uint8Array(0);
      const { rows } = await sql<{ last: Uint8Array }>`
        select address as last from origins where address > ${start}
        order by address limit 1 offset ${sql.lit(pruneBatch - 1)}`.execute(transaction);
      const last = rows[0]?.last;
      const end = last === undefined ? sql`` : sql`and address <= ${last}`;
      await sql`
        delete from origins where address > ${start} ${end}
          and not exists (select 1 from connections c where c.peer = origins.address)`.execute(transaction);
      return last === undefined ? undefined : new Uint8Array(last);
    });
  }
}
