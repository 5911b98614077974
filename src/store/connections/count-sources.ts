/**
 * Counts connections by their peer in the table `sources`. A flood from many addresses would change a row for nearly each connection, which
 * costs a third as much as recording it. So the table is behind by some thousand connections, from a number in `meta` on, and a reader adds
 * those. It changes in the transactions that record and delete connections, so both together always agree with them.
 */
import { type Kysely, type RawBuilder, type SqlBool, sql } from "kysely";
import type { PruneCut } from "../prune-steps.ts";
import type { Tables } from "../tables.ts";

/** In the table `meta`: the number of the last connection that is counted in `sources`. */
export const countedKey = "last counted in sources";

/** In SQL. */
export const lastCounted = sql`(select cast(value as bigint) from meta where key = ${sql.lit(countedKey)})`;

/** Connections that are not counted yet, at most; and how much later than the last ones that were. A reader counts them each time. */
const maxWaiting = 50_000;
const maxWaitingMs = 2000;

/** When the connections that were recorded are counted. */
export class SourceCounting {
  /** Time of the latest connection when they were counted last. */
  #countedAt = Number.NEGATIVE_INFINITY;

  /**
   * Counts them if there are enough, as a part of the transaction that records more.
   * @param recorded the number of the last connection before these, and the time of the latest of them
   * @returns to be called once all of it is stored
   */
  async count(
    transaction: Kysely<Tables>,
    { last, latestAt }: { readonly last: number; readonly latestAt: number },
  ): Promise<() => void> {
    // Their own time, which goes back where connections of the past are imported.
    const isDue =
      Math.abs(latestAt - this.#countedAt) >= maxWaitingMs || (await waiting(transaction, last)) >= maxWaiting;
    if (!isDue) return () => {};
    await countAll(transaction);
    return () => {
      this.#countedAt = latestAt;
    };
  }
}

async function waiting(transaction: Kysely<Tables>, last: number): Promise<number> {
  const { rows } = await sql<{ counted: number | null }>`select ${lastCounted} as counted`.execute(transaction);
  return last - Number(rows[0]?.counted ?? 0);
}

async function countAll(transaction: Kysely<Tables>): Promise<void> {
  // Not by the column itself: SQLite would read all connections in the order of their peers. And with an end, beyond every number there
  // is: PostgreSQL takes a range without one for a third of all connections.
  await sql`
    insert into sources (peer, count, first_at, last_at, last_number)
    select coalesce(c.peer, c.peer), count(*), min(c.at), max(c.at), max(c.rowid) from connections c
    where c.rowid > ${lastCounted} and c.rowid <= ${lastCounted} + 1000000000 group by 1
    on conflict (peer) do update set count = sources.count + excluded.count,
      first_at = case when excluded.first_at < sources.first_at then excluded.first_at else sources.first_at end,
      last_at = case when excluded.last_at > sources.last_at then excluded.last_at else sources.last_at end,
      last_number = excluded.last_number`.execute(transaction);
  await sql`
    update meta set value = (select cast(coalesce(max(rowid), 0) as text) from connections)
    where key = ${sql.lit(countedKey)}`.execute(transaction);
}

/**
 * Takes connections away that are about to be deleted.
 * @param cut all connections up to it are deleted, so the last one of a source that stays is the same as before
 * @param isDeleted the same as a condition over `connections`
 */
export async function takeFromSources(
  transaction: Kysely<Tables>,
  cut: PruneCut,
  isDeleted: RawBuilder<SqlBool>,
): Promise<void> {
  await countAll(transaction);
  await sql`
    update sources set count = sources.count - d.count,
      first_at = coalesce((
        select c.at from connections c
        where c.peer = sources.peer and c.at >= ${cut.at} and (c.at, c.id) > (${cut.at}, ${cut.id})
        order by c.at limit 1), sources.first_at)
    from (select peer, count(*) as count from connections where ${isDeleted} group by peer) d
    where sources.peer = d.peer`.execute(transaction);
  await sql`
    delete from sources where count = 0 and peer in (select peer from connections where ${isDeleted})`.execute(
    transaction,
  );
}
