import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely, type Transaction } from "kysely";
import { systemCode } from "../../core/errors.ts";
import type { StoreLock } from "../../core/store.ts";
import { ensureFolder, privateFileMode } from "../../platform/private-files.ts";
import type { Database } from "../database.ts";
import type { Tables } from "../tables.ts";
import { NodeSqliteDialect } from "./kysely-driver.ts";
import { takeProcessLock } from "./process-lock.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { fromSqlite } from "./sqlite-errors.ts";

export interface SqliteOptions {
  /** Absolute path. */
  readonly file: string;
  /** How long to wait for another program that holds the write lock. */
  readonly busyTimeoutMs: number;
  readonly isReadOnly: boolean;
  /** Told to whoever finds the lock taken. */
  readonly now: () => number;
}

/**
 * One SQLite file in write-ahead mode: a connection that writes, one transaction at a time, and one that reads what is
 * committed and never waits. A commit is flushed to the disk (`synchronous = full`): it survives a loss of power, and
 * the few transactions of a scan make that cheap. So does a flood of connections: while one batch is flushed, the next
 * one grows. The log is moved into the database every 16 MiB instead of 4, for a flood touches the same pages again.
 */
export class SqliteDatabase implements Database {
  readonly dialect = sqliteDialect;
  readonly #options: SqliteOptions;
  readonly #connections: DatabaseSync[] = [];
  readonly #locks: AsyncDisposable[] = [];
  readonly #writer: Kysely<Tables> | undefined;
  readonly #reader: Kysely<Tables>;

  constructor(options: SqliteOptions) {
    this.#options = options;
    try {
      this.#writer = options.isReadOnly ? undefined : this.#connect(openWriter(options));
      this.#reader = this.#connect(openReader(options));
    } catch (error) {
      throw fromSqlite(error, options.file);
    }
  }

  read<Result>(work: (reader: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.#guard(() => work(this.#reader));
  }

  write<Result>(work: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.#guard(() => this.#writing().transaction().execute(work));
  }

  stage<Result>(work: (writer: Kysely<Tables>, mayBeDone: boolean) => Promise<Result>): Promise<Result> {
    return this.#guard(() => work(this.#writing(), false));
  }

  async lock(holder: string): Promise<StoreLock> {
    const lock = takeProcessLock(`${this.#options.file}.lock`, holder, this.#options.now());
    if (lock.kind === "held") this.#locks.push(lock);
    return lock;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const lock of this.#locks) await lock[Symbol.asyncDispose]();
    await this.#reader.destroy();
    await this.#writer?.destroy();
    // Kysely closes only what it has used.
    for (const connection of this.#connections) if (connection.isOpen) connection.close();
  }

  #connect(database: DatabaseSync): Kysely<Tables> {
    this.#connections.push(database);
    return new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) });
  }

  #writing(): Kysely<Tables> {
    if (this.#writer === undefined) throw new Error("this connection only reads");
    return this.#writer;
  }

  async #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw fromSqlite(error, this.#options.file);
    }
  }
}

/** Opens `file` for writing as this program does, without Kysely. Creates it, private to its owner, where it is missing. */
export function openWriter(options: SqliteOptions): DatabaseSync {
  createPrivately(options.file);
  const database = new DatabaseSync(options.file, { timeout: options.busyTimeoutMs, defensive: true });
  try {
    database.exec(`
      pragma journal_mode = wal;
      pragma wal_autocheckpoint = 4000;
      pragma synchronous = full;
      pragma cache_size = -32768;
      pragma temp_store = file;
      pragma temp.cache_size = -16384;
      pragma journal_size_limit = 67108864;
    `);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function openReader(options: SqliteOptions): DatabaseSync {
  return new DatabaseSync(options.file, { timeout: options.busyTimeoutMs, readOnly: true });
}

/** SQLite gives the files beside it (`-wal`, `-shm`) the mode of the database. */
function createPrivately(file: string): void {
  ensureFolder(path.dirname(file));
  try {
    closeSync(openSync(file, "wx", privateFileMode));
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
}
