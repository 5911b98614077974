import type { Kysely } from "kysely";
import { HarbingerError } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Database, Dialect } from "../database.ts";
import type { Tables } from "../tables.ts";
import { createAttentionTables } from "./attention-schema.ts";
import { createContentTable } from "./content-schema.ts";
import { createDeviceTables } from "./device-schema.ts";
import { createDiscoveryAddressTable } from "./discovery-address-schema.ts";
import { createEndedColumn } from "./ended-schema.ts";
import { createEventColumns } from "./event-schema.ts";
import { createExaminationTables } from "./examination-schema.ts";
import { createFilterIndices } from "./filter-schema.ts";
import { createTables } from "./first-schema.ts";
import { createInboundTables } from "./inbound-schema.ts";
import { createMessageBodyTable } from "./message-body-schema.ts";
import { createOrderIndices } from "./order-schema.ts";
import { removeNtfyTopics } from "./remove-ntfy-topics.ts";
import { createSeenIndices } from "./seen-schema.ts";
import { createSourceTable } from "./source-schema.ts";

/** One step from a schema version to the next. It runs in a transaction together with the note that it ran. */
export interface Migration {
  readonly version: number;
  readonly up: (transaction: Kysely<Tables>, dialect: Dialect) => Promise<void>;
}

/** In order; a published one never changes. */
export const migrations: readonly Migration[] = [
  { version: 1, up: createTables },
  { version: 2, up: createInboundTables },
  { version: 3, up: createExaminationTables },
  { version: 4, up: createDeviceTables },
  { version: 5, up: createContentTable },
  { version: 6, up: removeNtfyTopics },
  { version: 7, up: createMessageBodyTable },
  { version: 8, up: createEventColumns },
  { version: 9, up: createFilterIndices },
  { version: 10, up: createAttentionTables },
  { version: 11, up: createSourceTable },
  { version: 12, up: createSeenIndices },
  { version: 13, up: createDiscoveryAddressTable },
  { version: 14, up: createEndedColumn },
  { version: 15, up: createOrderIndices },
];

/** What this program brings a database to. */
export const schemaVersion = migrations.at(-1)?.version ?? 0;

export interface MigrateOptions {
  readonly migrations: readonly Migration[];
  /** Called before a schema of ours is changed, with its version. */
  readonly backUp: (version: number) => Promise<void>;
  /** Runs in the transaction that creates the first tables. */
  readonly afterCreation: (transaction: Kysely<Tables>) => Promise<void>;
  /** Names the database in messages, without secrets. */
  readonly shownLocation: string;
  /** The version of this program: an earlier program reports it as the version that the schema needs. */
  readonly program: string;
  /** How to go back to what an earlier program can read, where that is possible: a sentence with the command. */
  readonly wayBack?: (known: number) => string | undefined;
}

/** In the table `meta`: the version of the program that changed the schema last. */
export const programKey = "program";

/**
 * Brings the schema up to date.
 * @returns the version found, 0 for an empty database
 * @throws `store-newer` where a later program wrote it; nothing is changed then
 */
export async function migrate(database: Database, options: MigrateOptions): Promise<number> {
  const known = options.migrations.at(-1)?.version ?? 0;
  const found = await database.stage((writer) => foundVersion(writer, database.dialect));
  if (found > known) throw await newerSchema(found, database, options);
  if (found === known) return found;
  if (found > 0) await options.backUp(found);
  for (const migration of options.migrations) {
    await database.write(async (transaction) => {
      await database.dialect.exclusively("schema")?.execute(transaction);
      // Another process may have been faster.
      const now = await foundVersion(transaction, database.dialect);
      if (now > known) throw await newerSchema(now, database, options);
      if (migration.version <= now) return;
      await migration.up(transaction, database.dialect);
      if (now === 0) await options.afterCreation(transaction);
      await note(transaction, "schema", String(migration.version));
      await note(transaction, programKey, options.program);
    });
  }
  return found;
}

/** Logs what `migrate` did to a database that was there before. */
export function noteMigration(
  log: Log,
  { found, known }: { readonly found: number; readonly known: readonly Migration[] },
): void {
  const toVersion = known.at(-1)?.version ?? 0;
  if (found > 0 && found < toVersion)
    log.info("migrated the schema of the database", { fromVersion: found, toVersion });
}

/** 0 where there is no schema of ours. */
async function foundVersion(connection: Kysely<Tables>, dialect: Dialect): Promise<number> {
  const existing = await dialect.table("meta").execute(connection);
  if (existing.rows.length === 0) return 0;
  const row = await connection.selectFrom("meta").select("value").where("key", "=", "schema").executeTakeFirst();
  return row === undefined ? 0 : Number(row.value);
}

async function note(transaction: Kysely<Tables>, key: string, value: string): Promise<void> {
  await transaction
    .insertInto("meta")
    .values({ key, value })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
    .execute();
}

async function newerSchema(
  found: number,
  database: Database,
  { migrations, shownLocation, wayBack }: MigrateOptions,
): Promise<HarbingerError> {
  const known = migrations.at(-1)?.version ?? 0;
  const row = await database.read((reader) =>
    reader.selectFrom("meta").select("value").where("key", "=", programKey).executeTakeFirst(),
  );
  return schemaTooNew({
    location: shownLocation,
    found,
    known,
    program: row?.value,
    wayBack: wayBack?.(known),
  });
}

/** The error of an earlier program for the database of a later one. */
export function schemaTooNew(about: {
  readonly location: string;
  readonly found: number;
  readonly known: number;
  /** The version that wrote it, where it is noted. */
  readonly program: string | undefined;
  readonly wayBack?: string | undefined;
}): HarbingerError {
  const { location, found, known, program, wayBack } = about;
  const writer = program === undefined ? "" : `, written by Harbinger ${safeText(program, { limit: 40 })}`;
  const needed =
    program === undefined ? "the later version of Harbinger" : `Harbinger ${safeText(program, { limit: 40 })} or later`;
  return new HarbingerError(
    "store-newer",
    `${location} has schema version ${found}${writer}; this program knows versions up to ${known}`,
    { remedy: [`Run ${needed}, or use another database.`, ...(wayBack === undefined ? [] : [wayBack])].join("\n") },
  );
}
