import type { Kysely } from "kysely";
import { HarbingerError } from "../core/errors.ts";
import { createContentTable } from "./content-schema.ts";
import type { Database, Dialect } from "./database.ts";
import { createDeviceTables } from "./device-schema.ts";
import { createExaminationTables } from "./examination-schema.ts";
import { createTables } from "./first-schema.ts";
import { createInboundTables } from "./inbound-schema.ts";
import { forgetTopics } from "./ntfy-recipient.ts";
import type { Tables } from "./tables.ts";

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
  { version: 6, up: forgetTopics },
];

export interface MigrateOptions {
  readonly migrations: readonly Migration[];
  /** Called before a schema of ours is changed, with its version. */
  readonly backUp: (version: number) => Promise<void>;
  /** Runs in the transaction that creates the first tables. */
  readonly afterCreation: (transaction: Kysely<Tables>) => Promise<void>;
  /** Names the database in messages, without secrets. */
  readonly shownLocation: string;
}

/**
 * Brings the schema up to date.
 * @returns the version found, 0 for an empty database
 * @throws `store-newer` where a later program wrote it; nothing is changed then
 */
export async function migrate(database: Database, options: MigrateOptions): Promise<number> {
  const known = options.migrations.at(-1)?.version ?? 0;
  const found = await database.stage((writer) => schemaVersion(writer, database.dialect));
  if (found > known) throw newerSchema(found, known, options.shownLocation);
  if (found === known) return found;
  if (found > 0) await options.backUp(found);
  for (const migration of options.migrations) {
    await database.write(async (transaction) => {
      await database.dialect.exclusively("schema")?.execute(transaction);
      // Another process may have been quicker.
      const now = await schemaVersion(transaction, database.dialect);
      if (now > known) throw newerSchema(now, known, options.shownLocation);
      if (migration.version <= now) return;
      await migration.up(transaction, database.dialect);
      if (now === 0) await options.afterCreation(transaction);
      await transaction
        .insertInto("meta")
        .values({ key: "schema", value: String(migration.version) })
        .onConflict((conflict) => conflict.column("key").doUpdateSet({ value: String(migration.version) }))
        .execute();
    });
  }
  return found;
}

/** 0 where there is no schema of ours. */
async function schemaVersion(connection: Kysely<Tables>, dialect: Dialect): Promise<number> {
  const existing = await dialect.table("meta").execute(connection);
  if (existing.rows.length === 0) return 0;
  const row = await connection.selectFrom("meta").select("value").where("key", "=", "schema").executeTakeFirst();
  return row === undefined ? 0 : Number(row.value);
}

function newerSchema(found: number, known: number, location: string): HarbingerError {
  return new HarbingerError(
    "store-newer",
    `the database ${location} has schema version ${found}, this program knows versions up to ${known}`,
    { remedy: "Run the newer version of Harbinger, or use another database file." },
  );
}
