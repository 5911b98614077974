import { randomUUID } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../tables.ts";
import { advisoryClass } from "./postgres-dialect.ts";

/** The row of `meta` that names the last transaction of the process that has the lock. */
const markKey = "last write";

/** The key of the lock for the one process that scans and delivers. */
const processLockKey = sql`hashtext(current_schema() || ' process')`;

/** What a transaction learns when it marks itself. */
export type Marking =
  /** It is the first attempt, or the one before did not reach the disk. */
  | "begun"
  /** The attempt before was committed: only its answer was lost. */
  | "committed-before"
  /** The lock is no longer ours, on the server that this transaction runs on. */
  | "lock-lost";

/**
 * Marks the transactions of the process that has the lock, each with a number of its own, in a row that is part of
 * the transaction. When a connection is lost between COMMIT and its answer, it is unknown whether the transaction was
 * committed: its repetition finds its own mark there, or does not. As each mark takes the place of the one before, a
 * repetition waits until the server has ended an attempt that still runs. The same statement makes sure that the lock
 * is still there, on the very server that is written to: after a failover the connection to the old server may look
 * healthy for a while.
 */
export class WriteMarks {
  readonly #process = randomUUID();
  #last = 0;

  /** For one transaction and its repetitions. */
  next(): string {
    this.#last += 1;
    return `${this.#process} ${this.#last}`;
  }
}

/** Marks a transaction, as the first of its statements. @param lockPid the server process of the connection with the lock */
export async function mark(transaction: Kysely<Tables>, value: string, lockPid: number): Promise<Marking> {
  const { rows } = await sql<{ marked: boolean; held: boolean }>`
    with marked as (
      insert into meta (key, value) values (${markKey}, ${value})
      on conflict (key) do update set value = excluded.value where meta.value <> excluded.value
      returning 1)
    select exists (select from marked) as marked, exists (
      select from pg_locks l where l.locktype = 'advisory' and l.granted and l.pid = ${lockPid}
        and l.classid = ${sql.lit(advisoryClass)} and l.objid = (${processLockKey}::bigint & 4294967295)::oid) as held`.execute(
    transaction,
  );
  const row = rows[0];
  if (row?.held !== true) return "lock-lost";
  return row.marked ? "begun" : "committed-before";
}
