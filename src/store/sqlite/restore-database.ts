import { existsSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { Clock } from "../../core/clock.ts";
import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { safeText } from "../../core/safe-text.ts";
import { fileIdentity } from "../../platform/file-identity.ts";
import { createPrivateFile, ensureFolder } from "../../platform/private-files.ts";
import { putInPlace, syncName, syncToDisk } from "../../platform/put-in-place.ts";
import { programKey, schemaTooNew, schemaVersion } from "../migrations/migrations.ts";
import { removeMark } from "./backup-mark.ts";
import { type DatabaseContents, metaValue, readContents, schemaOf } from "./database-contents.ts";
import { findDamage } from "./integrity.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { takeProcessLock } from "./process-lock.ts";
import { findActive, shapeOf } from "./schema-shape.ts";
import { type CopyProgress, copySnapshot, openCopy } from "./snapshot.ts";
import { fromSqlite } from "./sqlite-errors.ts";
import { inheritedPorts } from "./takeover.ts";
import { removeUnfinished } from "./unfinished-files.ts";

export interface RestoreOptions {
  /** The backup, or any other database of ours; an absolute path. It is only read. */
  readonly from: string;
  /** Where to restore the database to: an absolute path. */
  readonly file: string;
  /** Sets an existing database aside. */
  readonly force: boolean;
  /** What to do with messages that were waiting when the backup was made: they may have been sent since. */
  readonly waiting: "hold" | "send" | "drop";
  readonly clock: Clock;
  readonly log: Log;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

export interface Restored extends DatabaseContents {
  /** Of the backup; lower than now where it was brought up to date. */
  readonly foundSchema: number;
  /** The new path of the database that was there before. */
  readonly setAside?: string | undefined;
  /** Messages that are held, or dropped. */
  readonly withheld: number;
}

const busyTimeoutMs = 5000;

/**
 * Replaces the database by a backup. All work is done on a copy beside it: until that is complete, checked, of this program's
 * schema and on the disk, nothing is changed, whatever fails; the replacement itself is a renaming.
 * @throws HarbingerError `store-busy` where a process holds the database, `usage` where one is there and may not be replaced, `store`,
 * `store-newer`, `store-full`, `permission`
 */
export async function restoreDatabase(options: RestoreOptions): Promise<Restored> {
  const { from, file, force, clock } = options;
  const foundSchema = refuseUnusable(from, file);
  ensureFolder(path.dirname(file));
  const lock = takeProcessLock(`${file}.lock`, "harbinger restore", clock.now());
  if (lock.kind === "busy") throw inUse(file, lock.holder);
  await using _held = lock;
  if (existsSync(file) && !force) {
    throw new HarbingerError("usage", `there is a database already: ${file}; it was not touched`, {
      remedy: "--force puts the backup in its place, and keeps it beside under another name.",
    });
  }
  // The lock excludes other processes. A lock file that a killed process left behind is useless.
  const copy = `${file}.restoring`;
  removeUnfinished(copy);
  try {
    await copyTo(copy, options);
    const withheld = await bringUpToDate(copy, options);
    const contents = seal(copy);
    const setAside = exchange(copy, file, clock.now());
    syncName(file);
    return { ...contents, foundSchema, withheld, setAside };
  } catch (error) {
    removeUnfinished(copy);
    throw fromSqlite(error, file);
  }
}

/** @returns its schema version */
function refuseUnusable(from: string, file: string): number {
  const identity = fileIdentity(from);
  if (identity === undefined) throw new HarbingerError("not-found", `there is no file ${from}`);
  if (identity === fileIdentity(file)) {
    throw new HarbingerError("usage", `${from} is the database itself`, { remedy: "Name a backup of it." });
  }
  if (!statSync(from).isFile()) throw new HarbingerError("usage", `${from} is not a file`);
  return reading(from, (database) => {
    const schema = schemaOf(database);
    if (schema === undefined) throw notOurs(database, from);
    if (schema <= schemaVersion) return schema;
    throw schemaTooNew({
      location: from,
      found: schema,
      known: schemaVersion,
      program: metaValue(database, programKey),
    });
  });
}

function notOurs(database: DatabaseSync, from: string): HarbingerError {
  const isEarlier = inheritedPorts(database, from).length > 0;
  return new HarbingerError("store", isEarlier ? `${from} is a database of the earlier tool` : `${from} is empty`, {
    remedy: isEarlier
      ? "It needs no restoring: name it in `store:`, and the first run takes it over and keeps a copy."
      : "Name a file that harbinger backup wrote.",
  });
}

/** A database in write-ahead form can be opened in a folder that cannot be written to only where SQLite need not look for changes. */
function openToRead(from: string): DatabaseSync {
  const options = { readOnly: true, timeout: busyTimeoutMs };
  const database = new DatabaseSync(from, options);
  try {
    database.prepare("select count(*) from sqlite_schema").get();
    return database;
  } catch (error) {
    database.close();
    if (existsSync(`${from}-wal`)) throw error;
    const url = pathToFileURL(from);
    url.searchParams.set("immutable", "1");
    return new DatabaseSync(url, options);
  }
}

function reading<Result>(from: string, work: (database: DatabaseSync) => Result): Result {
  try {
    using database = openToRead(from);
    return work(database);
  } catch (error) {
    throw unusable(error, from);
  }
}

function unusable(error: unknown, from: string): HarbingerError {
  const translated = fromSqlite(error, from);
  if (error instanceof HarbingerError) return translated;
  return new HarbingerError(translated.code, `cannot restore ${from}: ${messageOf(error)}`, {
    remedy: "Name a file that harbinger backup wrote.",
    cause: error,
  });
}

function inUse(file: string, holder: string): HarbingerError {
  return new HarbingerError("store-busy", `the database ${file} is in use by ${holder}`, {
    remedy: "Stop it first; nothing was changed.",
  });
}

async function copyTo(copy: string, { from, file, onProgress }: RestoreOptions): Promise<void> {
  try {
    createPrivateFile(copy, existsSync(file) ? file : path.dirname(file));
    using source = openToRead(from);
    await copySnapshot(source, { copy, onProgress }, () => undefined);
  } catch (error) {
    throw fromSqlite(error, file);
  }
  using database = openCopy(copy);
  let damage: readonly string[];
  try {
    damage = findDamage(database, "full");
  } catch (error) {
    throw unusable(error, from);
  }
  if (damage.length === 0) return refuseActive(database, from);
  throw new HarbingerError("store", `${from} is damaged and was not restored:\n${damage.join("\n")}`, {
    remedy: "Restore another backup; nothing was changed.",
  });
}

/** Runs before anything in the copy is changed, because a change would run its triggers. */
function refuseActive(database: DatabaseSync, from: string): void {
  const found = findActive(database);
  if (found.length === 0) return;
  const what = safeText(found.join(", "), { limit: 500 });
  throw new HarbingerError("store", `${from} was not made by this program: ${what} is in it`, {
    remedy: "Nothing was changed. Restore a backup that only trusted users can write to.",
  });
}

/** A database of this schema version must have all parts of the schema: otherwise the first use of it fails. */
async function refuseIncomplete(copy: string, { clock, log, from }: RestoreOptions): Promise<void> {
  const model = `${copy}.model`;
  removeUnfinished(model);
  try {
    await using _store = await openSqliteStore({ file: model, clock, log, role: "all", busyTimeoutMs });
    using expected = new DatabaseSync(model, { readOnly: true });
    using found = new DatabaseSync(copy, { readOnly: true });
    const there = shapeOf(found);
    const missing = [...shapeOf(expected)].filter((part) => !there.has(part));
    if (missing.length === 0) return;
    const some = `${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ` and ${missing.length - 5} more` : ""}`;
    throw new HarbingerError("store", `${from} is not complete, and was not restored: it has no ${some}`, {
      remedy: "Name a file that harbinger backup wrote; nothing was changed.",
    });
  } finally {
    removeUnfinished(model);
  }
}

/** @returns how many messages are held or dropped */
async function bringUpToDate(copy: string, options: RestoreOptions): Promise<number> {
  const { clock, log, waiting, from } = options;
  await using store = await openSqliteStore({ file: copy, clock, log, role: "all", busyTimeoutMs, keepsCopy: false });
  await refuseIncomplete(copy, options);
  if (waiting === "send") return 0;
  const at = reading(from, (database) => readContents(database).backup?.at ?? statSync(from).mtimeMs);
  const made = new Date(at).toISOString().slice(0, 19).replace("T", " ");
  const reason =
    waiting === "hold"
      ? `held: it waited when the restored backup was made (${made} UTC), and may have been sent since`
      : `dropped: it waited when the restored backup was made (${made} UTC)`;
  return await store.deliveries.withhold({ how: waiting, reason, at: clock.now() });
}

/** Everything in one file, on the disk. */
function seal(copy: string): DatabaseContents {
  using database = openCopy(copy);
  // A database of an earlier version becomes able to release space. The rewrite leaves no unused pages either.
  if (database.prepare("pragma auto_vacuum").get()?.["auto_vacuum"] !== 2) {
    database.exec("pragma auto_vacuum = incremental; vacuum");
  }
  const contents = readContents(database);
  removeMark(database);
  database.close();
  syncToDisk(copy);
  return contents;
}

/** @returns the new path of the database that was there */
function exchange(copy: string, file: string, at: number): string | undefined {
  if (!existsSync(file)) {
    removeLog(file);
    if (putInPlace(copy, file)) return undefined;
    throw new HarbingerError("store-busy", `another file took the place of ${file} meanwhile`);
  }
  const aside = freeName(`${file}.replaced-${new Date(at).toISOString().slice(0, 10)}`);
  takeLogOver(file);
  if (existsSync(`${file}-wal`)) {
    // Damaged, or in use by a reader: SQLite cannot merge the two files, so both get the new name.
    keepAs(`${file}-wal`, `${aside}-wal`);
    keepAs(file, aside);
    removeLog(file);
    renameSync(copy, file);
    return aside;
  }
  removeLog(file);
  keepAs(file, aside);
  renameSync(copy, file);
  return aside;
}

/** Gives the old one a second name first, so that there is a database at the path at any time. */
function keepAs(file: string, aside: string): void {
  try {
    linkSync(file, aside);
  } catch (error) {
    if (systemCode(error) === "EEXIST") throw error;
    // Not every file system has hard links.
    renameSync(file, aside);
  }
}

/** Merges the write-ahead log into the database file, where both are intact. */
function takeLogOver(file: string): void {
  try {
    using database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    database.prepare("select count(*) from sqlite_schema").get();
    database.exec("pragma wal_checkpoint(truncate)");
  } catch {
    // It is set aside as it is.
  }
}

function removeLog(file: string): void {
  for (const beside of ["-wal", "-shm", "-journal"]) rmSync(`${file}${beside}`, { force: true });
}

function freeName(wanted: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!existsSync(name)) return name;
  }
}
