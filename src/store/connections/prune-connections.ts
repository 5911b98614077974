import { type Kysely, type SqlBool, sql } from "kysely";
import type { Database } from "../database.ts";
import { connectionNumber } from "../events/counters.ts";
import { type OldestBytes, type PruneCut, type PruneOptions, type PruneSteps, pruneBatch } from "../prune-steps.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import type { Tables } from "../tables.ts";
import { connectionBytes } from "./connection-bytes.ts";
import { takeFromSources } from "./count-sources.ts";

export class ConnectionPruning implements PruneSteps, NamesReadMethods<PruneSteps> {
  readonly readMethods = ["findCut"] as const;
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
    return this.#database.write(async (transaction) => {
      await beginDropping(transaction);
      const { rows } = await sql<PruneCut>`
        select at, id from connections where ${upTo(cut)}
        order by at, id limit 1 offset ${sql.lit(pruneBatch - 1)}`.execute(transaction);
      // Ids are unique, so this is the batch and nothing else.
      return (await dropUpTo(transaction, rows[0] ?? cut)).count;
    });
  }

  dropOldest(keepBytes: number): Promise<number> {
    return this.#database.write(async (transaction) => {
      await beginDropping(transaction);
      if ((await connectionBytes.add(transaction, 0)) <= keepBytes) return 0;
      const cut = await cutOfBytes(transaction, { bytes: keepBytes / 10 });
      if (cut === undefined) return 0;
      await sql`delete from alerts where at < ${cut.at} and composed_at is not null`.execute(transaction);
      return (await dropUpTo(transaction, cut)).count;
    });
  }

  dropBytes({ bytes, before }: OldestBytes): ReturnType<PruneSteps["dropBytes"]> {
    return this.#database.write(async (transaction) => {
      await beginDropping(transaction);
      const cut = await cutOfBytes(transaction, { bytes, before });
      if (cut === undefined) return { count: 0, bytes: 0 };
      // A delivery that waits, or is held, still needs its alert.
      await sql`
        delete from alerts where at < ${cut.at} and composed_at is not null and not exists (
          select 1 from deliveries d where d.id = alerts.delivery_id and d.state not in ('delivered', 'superseded')
        )`.execute(transaction);
      return await dropUpTo(transaction, cut);
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

/**
 * Takes the lock that recording takes first, too: both change counts of the same sources, and in another order PostgreSQL would end one of
 * them. So no connection is recorded between what is counted and what is deleted, either.
 */
async function beginDropping(transaction: Kysely<Tables>): Promise<void> {
  await connectionNumber.take(transaction, 0);
}

function upTo({ at, id }: PruneCut) {
  return sql<SqlBool>`(at, id) <= (${at}, ${id})`;
}

/**
 * Deletes the connections up to `cut`, and contents that no other connection has. @returns how many connections, and
 * the bytes of all of it
 */
async function dropUpTo(
  transaction: Kysely<Tables>,
  cut: PruneCut,
): Promise<{ readonly count: number; readonly bytes: number }> {
  const connections = sql`connections where ${upTo(cut)}`;
  // Some connections of the same millisecond as the cut may stay.
  const contents = sql`contents where last_at < ${cut.at} or (last_at = ${cut.at}
    and not exists (select 1 from connections c where c.at = ${cut.at} and c.content = contents.id))`;
  const ofConnections = await connectionBytes.sum(transaction, connectionBytes.ofRow, connections);
  await takeFromSources(transaction, cut, upTo(cut));
  const { numAffectedRows } = await sql`delete from ${connections}`.execute(transaction);
  const ofContents = await connectionBytes.sum(transaction, connectionBytes.ofContent, contents);
  await sql`delete from ${contents}`.execute(transaction);
  await connectionBytes.add(transaction, -ofConnections - ofContents);
  return { count: Number(numAffectedRows ?? 0), bytes: ofConnections + ofContents };
}

/** The newest of the oldest connections that take so many bytes together with what only they sent; of a batch at most. */
async function cutOfBytes(
  transaction: Kysely<Tables>,
  { bytes, before = Number.MAX_SAFE_INTEGER }: { readonly bytes: number; readonly before?: number },
): Promise<PruneCut | undefined> {
  const { rows } = await sql<PruneCut & { readonly size: number }>`
    select c.at, c.id,
      ${sql.lit(connectionBytes.rowOverhead)} + octet_length(c.identification) + octet_length(c.payload)
        + coalesce(case when k.last_at <= c.at
          then ${sql.lit(connectionBytes.contentOverhead)} + octet_length(k.identification) + octet_length(k.payload)
          end, 0) as size
    from connections c left join contents k on k.id = c.content
    where c.at >= 0 and c.at < ${before} order by c.at, c.id limit ${sql.lit(pruneBatch)}`.execute(transaction);
  let taken = 0;
  for (const { at, id, size } of rows) {
    taken += Number(size);
    if (taken >= bytes) return { at, id };
  }
  return rows.at(-1);
}
