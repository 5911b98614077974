import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { Port } from "../../core/ports.ts";
import { makePrivate } from "../../platform/private-files.ts";
import { programVersion } from "../../platform/program-version.ts";
import { type Migration, migrate, noteMigration, migrations as ourMigrations } from "../migrations/migrations.ts";
import { SqlStore } from "../sql-store.ts";
import { copyBeside } from "./backup.ts";
import { describeWayBack } from "./files-beside.ts";
import { SqliteDatabase } from "./sqlite-database.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { fromSqlite } from "./sqlite-errors.ts";
import { inheritedPorts, takeOver } from "./takeover.ts";

/** Long enough for another program's short transaction, short enough to report a longer one. */
const defaultBusyTimeoutMs = 5000;

export interface OpenSqliteOptions {
  /** Absolute path; created where it is missing, with the folders above it. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
  /** `reader`: only reads a file that this program has already opened for writing. */
  readonly role: "all" | "reader";
  readonly busyTimeoutMs?: number;
  readonly migrations?: readonly Migration[];
  /** Default: a copy is kept before the schema is migrated. `false` for a database that is a copy itself. */
  readonly keepsCopy?: boolean;
  /** The database is now in another file: see `SqliteDatabase`. */
  readonly onMoved?: (file: string) => void;
}

/** Opens the store in this thread: each call runs to its end before anything else does. */
export async function openSqliteStore(options: OpenSqliteOptions): Promise<SqlStore> {
  const { file, clock, log, role } = options;
  const busyTimeoutMs = options.busyTimeoutMs ?? defaultBusyTimeoutMs;
  const ports = role === "all" ? inspect(options, busyTimeoutMs) : [];
  const database = new SqliteDatabase({
    file,
    busyTimeoutMs,
    isReadOnly: role === "reader",
    now: () => clock.now(),
    log,
    onMoved: options.onMoved,
  });
  try {
    if (role === "all") {
      const known = options.migrations ?? ourMigrations;
      const found = await migrate(database, {
        migrations: known,
        backUp: async (version) => backUp(options, `schema-${version}`, busyTimeoutMs),
        async afterCreation(transaction) {
          if (ports.length > 0) await takeOver(transaction, { ports, dialect: sqliteDialect, at: clock.now(), log });
        },
        shownLocation: `the database ${file}`,
        program: programVersion(),
        wayBack: (version) => describeWayBack(file, version),
      });
      noteMigration(log, { found, known });
    }
    return new SqlStore({ database, clock, log });
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}

/** Examines an existing file before anything in it is changed. A database of the earlier tool is copied first. */
function inspect(options: OpenSqliteOptions, busyTimeoutMs: number): readonly Port[] {
  if (!existsSync(options.file)) return [];
  const ports = withPlainConnection(options.file, busyTimeoutMs, (database) => inheritedPorts(database, options.file));
  if (ports.length > 0) {
    backUp(options, "before-harbinger", busyTimeoutMs);
    makePrivate(options.file);
  }
  return ports;
}

function backUp(options: OpenSqliteOptions, name: string, busyTimeoutMs: number): void {
  const { file, clock, log } = options;
  if (options.keepsCopy === false) return;
  const copy = withPlainConnection(file, busyTimeoutMs, (database) =>
    copyBeside(database, { file, name, at: clock.now() }),
  );
  log.info("copied the database before migrating its schema", { copy });
}

function withPlainConnection<Result>(
  file: string,
  busyTimeoutMs: number,
  work: (database: DatabaseSync) => Result,
): Result {
  try {
    const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    try {
      return work(database);
    } finally {
      database.close();
    }
  } catch (error) {
    throw fromSqlite(error, file);
  }
}
