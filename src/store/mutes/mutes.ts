import type { Kysely } from "kysely";
import { type Mute, type MuteOutcome, type MuteQuery, type MuteStore, muteEndDelayMs } from "../../core/mute.ts";
import { maxActiveMutes, maxNoteLength } from "../../core/mute-limits.ts";
import { type Page, pageOf } from "../../core/page.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Database } from "../database.ts";
import { comparisonOf, directionOf, idOf } from "../keys/cursor-keys.ts";
import type { NamesReadMethods } from "../read-methods.ts";
import type { Tables } from "../tables.ts";
import { targetColumns, toMute } from "./mute-rows.ts";

const nameLimit = 200;

/** Mutes that are over, kept at most. */
const maxFormer = 10_000;

/** What they cover is marked where it is recorded: see mute-discoveries.ts and mute-connections.ts. */
export class SqlMuteStore implements MuteStore, NamesReadMethods<MuteStore> {
  readonly readMethods = ["get", "list", "active"] as const;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add({ target, note, by, at, until }: Parameters<MuteStore["add"]>[0]): Promise<MuteOutcome> {
    return this.#database.write(async (transaction): Promise<MuteOutcome> => {
      const { count } = await transaction
        .selectFrom("mutes")
        .select((build) => build.fn.countAll<number>().as("count"))
        .where("until", ">", at)
        .executeTakeFirstOrThrow();
      if (Number(count) >= maxActiveMutes) return { kind: "full", limit: maxActiveMutes };
      const row = await transaction
        .insertInto("mutes")
        .values({
          ...targetColumns(target),
          note: safeText(note, { limit: maxNoteLength }).trim(),
          muted_by: safeText(by, { limit: nameLimit }),
          created_at: at,
          until,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      const mute = toMute(row);
      if (mute === undefined) throw new TypeError("a mute that was just stored cannot be read");
      await transaction
        .deleteFrom("mutes")
        .where("until", "<", at)
        .where("id", "<=", mute.id - maxFormer)
        .execute();
      return { kind: "muted", mute };
    });
  }

  end(id: number, { by, at }: Parameters<MuteStore["end"]>[1]): Promise<Mute | undefined> {
    return this.#database.write(async (transaction) => {
      const row = await transaction
        .updateTable("mutes")
        .set({ until: at + muteEndDelayMs, ended_by: safeText(by, { limit: nameLimit }) })
        .where("id", "=", id)
        .where("until", ">", at + muteEndDelayMs)
        .returningAll()
        .executeTakeFirst();
      return row && toMute(row);
    });
  }

  async get(id: number): Promise<Mute | undefined> {
    const row = await this.#database.read((reader) =>
      reader.selectFrom("mutes").selectAll().where("id", "=", id).executeTakeFirst(),
    );
    return row && toMute(row);
  }

  async list({ limit, after, active, order = "descending" }: MuteQuery): Promise<Page<Mute>> {
    const rows = await this.#database.read((reader) => {
      let select = reader.selectFrom("mutes").selectAll();
      if (active !== undefined) select = select.where("until", active.is ? ">" : "<=", active.at);
      if (after !== undefined) select = select.where("id", comparisonOf(order), idOf(after));
      return select
        .orderBy("id", directionOf(order))
        .limit(limit + 1)
        .execute();
    });
    const page = pageOf(rows, limit, ({ id }) => [id]);
    return { ...page, rows: page.rows.flatMap((row) => toMute(row) ?? []) };
  }

  async active(at: number): Promise<readonly Mute[]> {
    const rows = await this.#database.read((reader) => selectActive(reader, at).execute());
    return rows.flatMap((row) => toMute(row) ?? []);
  }
}

/** Those that cover a moment at or after `at`, soonest end first. */
export function selectActive(reader: Kysely<Tables>, at: number) {
  return reader.selectFrom("mutes").selectAll().where("until", ">", at).orderBy("until").orderBy("id");
}

/** Deletes mutes that ended before then. */
export async function pruneMutes(transaction: Kysely<Tables>, before: number): Promise<void> {
  await transaction.deleteFrom("mutes").where("until", "<", before).execute();
}
