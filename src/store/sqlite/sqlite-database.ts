import { closeSync, existsSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely, type Transaction } from "kysely";
import { HarbingerError, systemCode } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { StoreLock, TableSize } from "../../core/store.ts";
import { fileIdentity } from "../../platform/file-identity.ts";
import {
  createPrivateFile,
  ensureFolder,
  openForAppending,
  refuseForeignLinkInSharedFolder,
} from "../../platform/private-files.ts";
import type { Database } from "../database.ts";
import type { Tables } from "../tables.ts";
import { describeFailedRescue, describeRescue, rescue } from "./database-place.ts";
import { NodeSqliteDialect } from "./kysely-driver.ts";
import { type ProcessLock, takeProcessLock } from "./process-lock.ts";
import { releasePages } from "./release-pages.ts";
import { tableSizes, usedBytes } from "./space-used.ts";
import { sqliteDialect } from "./sqlite-dialect.ts";
import { fromSqlite } from "./sqlite-errors.ts";

export interface SqliteOptions {
  /** Absolute path. */
  readonly file: string;
  /** How long to wait for another program that holds the write lock. */
  readonly busyTimeoutMs: number;
  readonly isReadOnly: boolean;
  /** Noted in the lock, for other processes. */
  readonly now: () => number;
  readonly log: Log;
  /** The database is now in another file, at this path. */
  readonly onMoved?: ((file: string) => void) | undefined;
}

/** Interval of checks that the file is still there, while nothing is written. */
const lookEveryMs = 5000;
/** Pause before another attempt to rewrite the database. */
const rescueAgainMs = 60_000;

/**
 * One SQLite file in write-ahead mode: a connection that writes, one transaction at a time, and one that reads what is
 * committed and never waits. A commit is flushed to the disk (`synchronous = full`): it survives a loss of power, and
 * the few transactions of a scan make that cheap. So does a flood of connections: while one batch is flushed, the next
 * one grows. The log is moved into the database every 16 MiB instead of 4, for a flood touches the same pages again.
 */
export class SqliteDatabase implements Database {
  readonly dialect = sqliteDialect;
  readonly #options: SqliteOptions;
  #open: OpenFile;
  #lock: OwnLock | undefined;
  #lastWrite: Promise<unknown> = Promise.resolve();
  #looking: NodeJS.Timeout | undefined;
  #retryRescueAt = Number.NEGATIVE_INFINITY;

  constructor(options: SqliteOptions) {
    this.#options = options;
    try {
      this.#open = openFile(options, options.file);
    } catch (error) {
      throw fromSqlite(error, options.file);
    }
  }

  async read<Result>(work: (reader: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    const open = this.#open;
    try {
      return await work(open.reader);
    } catch (error) {
      // It was closed meanwhile, because its file is gone.
      if (this.#open !== open) return await this.read(work);
      throw fromSqlite(error, open.file);
    }
  }

  write<Result>(work: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.#writing((writer) => writer.transaction().execute(work));
  }

  stage<Result>(work: (writer: Kysely<Tables>, mayBeDone: boolean) => Promise<Result>): Promise<Result> {
    return this.#writing((writer) => work(writer, false));
  }

  releaseSpace(): Promise<number> {
    return this.#writing(async () => {
      const { connection } = this.#open;
      return connection === undefined ? 0 : releasePages(connection);
    });
  }

  async usedBytes(): Promise<number> {
    return await this.read(async () => usedBytes(this.#open.readerConnection));
  }

  async tableSizes(): Promise<readonly TableSize[]> {
    return tableSizes(this.#open.readerConnection);
  }

  async lock(holder: string): Promise<StoreLock> {
    const lock = takeProcessLock(this.#lockFile, holder, this.#options.now());
    if (lock.kind === "busy") return lock;
    this.#lock = { holder, current: lock };
    // Also during long periods without writes.
    this.#looking = setInterval(() => void this.#writing(async () => {}).catch(() => {}), lookEveryMs).unref();
    return { kind: "held", [Symbol.asyncDispose]: () => this.#unlock() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lastWrite;
    await this.#unlock();
    close(this.#open);
  }

  get #lockFile(): string {
    return `${this.#options.file}.lock`;
  }

  async #unlock(): Promise<void> {
    clearInterval(this.#looking);
    await this.#lastWrite;
    // Last chance to rewrite the database, even right after a failed attempt.
    this.#retryRescueAt = Number.NEGATIVE_INFINITY;
    try {
      this.#heed();
    } catch {
      // Logged already.
    }
    const lock = this.#lock;
    this.#lock = undefined;
    await lock?.current?.[Symbol.asyncDispose]();
  }

  /** One after the other: the file may be replaced between two of them. */
  #writing<Result>(work: (writer: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    const result = this.#lastWrite.then(async () => {
      try {
        this.#heed();
        const { writer } = this.#open;
        if (writer === undefined) throw new Error("this connection only reads");
        return await work(writer);
      } catch (error) {
        throw fromSqlite(error, this.#open.file);
      }
    });
    this.#lastWrite = result.catch(() => undefined);
    return result;
  }

  /**
   * The holder of the lock checks that its files are still in place, which takes a few microseconds. Other processes
   * are short-lived and need no check.
   */
  #heed(): void {
    const lock = this.#lock;
    if (lock === undefined) return;
    if (lock.current?.isInPlace() !== true) {
      // Its folder may be gone, too.
      ensureFolder(path.dirname(this.#options.file));
      this.#lockAgain(lock);
    }
    const { file, identity, connection } = this.#open;
    if (connection === undefined || identity === undefined || fileIdentity(file) === identity) return;
    const now = performance.now();
    if (now < this.#retryRescueAt) return;
    try {
      const rescued = rescue(connection, {
        file,
        at: this.#options.now(),
        closeOld: () => close(this.#open),
      });
      this.#open = openFile(this.#options, rescued.file);
      const said = describeRescue(rescued, file);
      this.#options.log.error(said);
      if (rescued.kind === "set-aside") lock.current?.note(said);
      this.#options.onMoved?.(rescued.file);
    } catch (error) {
      this.#retryRescueAt = now + rescueAgainMs;
      const said = describeFailedRescue(error, file);
      this.#options.log.error(said);
      lock.current?.note(said);
      if (!this.#open.connection?.isOpen) throw error;
    }
  }

  /** @throws HarbingerError where another process was faster */
  #lockAgain(lock: OwnLock): void {
    lock.current?.close();
    lock.current = undefined;
    const taken = takeProcessLock(this.#lockFile, lock.holder, this.#options.now());
    if (taken.kind === "busy") {
      throw new HarbingerError("store-busy", `lost the database lock; it is now held by ${taken.holder}`, {
        remedy: "Only one process may scan and deliver: end one of the two.",
      });
    }
    lock.current = taken;
    this.#options.log.warn("the lock file of the database was deleted or replaced; recreated it", {
      file: this.#lockFile,
    });
  }
}

interface OwnLock {
  readonly holder: string;
  /** `undefined` where its file was deleted, and another process has locked a new one. */
  current: ProcessLock | undefined;
}

interface OpenFile {
  readonly file: string;
  /** Which file it is; `undefined` where the system does not report it. */
  readonly identity: string | undefined;
  readonly connection: DatabaseSync | undefined;
  readonly writer: Kysely<Tables> | undefined;
  readonly readerConnection: DatabaseSync;
  readonly reader: Kysely<Tables>;
}

function openFile(options: SqliteOptions, file: string): OpenFile {
  refuseForeignLinkInSharedFolder(file);
  const connection = options.isReadOnly ? undefined : openWriter({ ...options, file });
  try {
    const readerConnection = openReader({ ...options, file });
    const kysely = (database: DatabaseSync) => new Kysely<Tables>({ dialect: new NodeSqliteDialect(database) });
    return {
      file,
      identity: fileIdentity(file),
      connection,
      writer: connection === undefined ? undefined : kysely(connection),
      readerConnection,
      reader: kysely(readerConnection),
    };
  } catch (error) {
    connection?.close();
    throw error;
  }
}

/**
 * Where the file is in its place, the writer closes last: it merges the write-ahead log into the file and deletes the
 * log, so that the file alone can be moved. Where it is not, the writer closes first: while a reader is open it does
 * not delete the log, which may by now belong to another database of the same name; and a reader never does.
 */
function close({ file, identity, connection, readerConnection }: OpenFile): void {
  const isInPlace = identity !== undefined && fileIdentity(file) === identity;
  try {
    // It counts as a reader from its first query on.
    if (!isInPlace && readerConnection.isOpen) readerConnection.prepare("select 1 from sqlite_schema limit 1").get();
  } catch {
    // Its file is gone, or damaged: there is nothing beside it that could be deleted by mistake.
  }
  const inOrder = isInPlace ? [readerConnection, connection] : [connection, readerConnection];
  for (const each of inOrder) if (each?.isOpen === true) each.close();
}

/** Opens `file` for writing as this program does, without Kysely. Creates it, private to its owner, where it is missing. */
function openWriter(options: Pick<SqliteOptions, "file" | "busyTimeoutMs">): DatabaseSync {
  createPrivately(options.file);
  const database = new DatabaseSync(options.file, { timeout: options.busyTimeoutMs, defensive: true });
  try {
    // Only for a new file; an existing one keeps its mode. Freed pages can be released, a few at a time: see releaseSpace.
    database.exec(`
      pragma auto_vacuum = incremental;
      pragma journal_mode = wal;
      pragma wal_autocheckpoint = 4000;
      pragma synchronous = full;
      pragma cache_size = -8192;
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

function openReader(options: Pick<SqliteOptions, "file" | "busyTimeoutMs">): DatabaseSync {
  return new DatabaseSync(options.file, { timeout: options.busyTimeoutMs, readOnly: true });
}

/** SQLite gives the files beside it (`-wal`, `-shm`) the mode of the database. */
function createPrivately(file: string): void {
  ensureFolder(path.dirname(file));
  // SQLite opens or rejects an existing file.
  if (existsSync(file)) return;
  try {
    createPrivateFile(file);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    // A link that leads nowhere yet, or another process was quicker.
    closeSync(openForAppending(file));
  }
}
