import { closeSync, existsSync, openSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import { fileIdentity } from "../../platform/file-identity.ts";
import { freeBytes } from "../../platform/free-space.ts";
import { privateFileMode } from "../../platform/private-files.ts";
import { putInPlace, syncName, syncToDisk } from "../../platform/put-in-place.ts";
import { giveIdentity, noteBackup, readIdentity, writeMark } from "./backup-mark.ts";
import { type DatabaseContents, readContents, schemaOf } from "./database-contents.ts";
import { findDamage } from "./integrity.ts";
import { type CopyProgress, copySnapshot, openCopy } from "./snapshot.ts";
import { fromSqlite } from "./sqlite-errors.ts";
import { removeStale, removeUnfinished, unfinishedName } from "./unfinished-files.ts";

export interface BackupOptions {
  /** The database, an absolute path. */
  readonly file: string;
  /** Where to write the copy: the absolute path of a file. */
  readonly target: string;
  /** The path that `doctor` shows; default: `target`. */
  readonly shownTarget?: string;
  /** Replaces an existing file. */
  readonly force: boolean;
  readonly now: () => number;
  /** The version of this program. */
  readonly program: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

export interface Backup extends DatabaseContents {
  readonly file: string;
  readonly bytes: number;
  /** Everything that was stored by then is in it. */
  readonly at: number;
}

/** Files that belong to an open database: a backup in their place would destroy it. */
const ownSuffixes = ["", "-wal", "-shm", "-journal", ".lock", ".lock.txt", ".control"];

const busyTimeoutMs = 5000;

/**
 * Copies a database that may be in use to one file: as it is at one moment, checked, readable by its owner only. The file gets
 * its name when it is complete and on the disk.
 * @throws HarbingerError `usage` where the target may not be overwritten, `store` where the database is damaged or not ours,
 * `store-full`, `permission`
 */
export async function backUpDatabase(options: BackupOptions): Promise<Backup> {
  const { file, target, now, program, signal } = options;
  refuseTarget(options);
  removeStale(path.dirname(target), (name) => name === path.basename(target), now());
  using source = openSource(file);
  refuseForeign(source, file);
  if (readIdentity(source) === undefined) tryToIdentify(file);
  refuseSmallDisk(source, target);
  const copy = unfinishedName(target);
  try {
    createPrivately(copy, target);
    const at = now();
    const found = await fromDisk(target, () => copySnapshot(source, { ...options, copy }, () => readContents(source)));
    signal?.throwIfAborted();
    // The last connection that closes merges the write-ahead log, which a reader cannot do.
    source.close();
    const contents = await fromDisk(target, () => finish(copy, { expected: found, at, source: file, program }));
    renameTo(copy, options);
    syncName(target);
    tryToRecord(file, { at, place: options.shownTarget ?? target });
    return { ...contents, file: target, bytes: statSync(target).size, at };
  } catch (error) {
    removeUnfinished(copy);
    throw error;
  }
}

function openSource(file: string): DatabaseSync {
  try {
    // Only reads, also where the schema is of another version.
    return new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
  } catch (error) {
    throw fromSqlite(error, file);
  }
}

/** Marks the copy, and compares it with what was counted in the database at the same moment. */
function finish(
  copy: string,
  about: {
    readonly expected: DatabaseContents;
    readonly at: number;
    readonly source: string;
    readonly program: string;
  },
): DatabaseContents {
  const { expected, at, source, program } = about;
  using database = openCopy(copy);
  const damage = findDamage(database, "full");
  if (damage.length > 0) throw damaged(source, damage);
  writeMark(database, { at, source, program });
  const contents = readContents(database);
  const { backup: _made, ...counts } = contents;
  const { backup: _before, ...wanted } = expected;
  if (JSON.stringify(counts) !== JSON.stringify(wanted)) {
    throw new HarbingerError("internal", `the copy of ${source} differs from the database`);
  }
  database.close();
  syncToDisk(copy);
  return contents;
}

function refuseTarget({ file, target, force }: BackupOptions): void {
  const existing = fileIdentity(target);
  if (existing === undefined) return;
  if (ownSuffixes.some((suffix) => fileIdentity(`${file}${suffix}`) === existing)) {
    throw new HarbingerError("usage", `${target} is the database itself, or belongs to it`, {
      remedy: "Name another file for the backup.",
    });
  }
  if (!force) throw existsAlready(target);
  if (!statSync(target).isFile()) {
    throw new HarbingerError("usage", `${target} is not a regular file`, {
      remedy: "Name another file for the backup.",
    });
  }
}

function existsAlready(target: string): HarbingerError {
  return new HarbingerError("usage", `${target} exists already and was not touched`, {
    remedy: "Name another file or a folder, or use --force to replace it.",
  });
}

function refuseForeign(source: DatabaseSync, file: string): void {
  let schema: number | undefined;
  try {
    schema = schemaOf(source);
  } catch (error) {
    throw fromSqlite(error, file);
  }
  if (schema !== undefined) return;
  throw new HarbingerError("store", `${file} is not a database of Harbinger yet`, {
    remedy: "The first run makes it one, and keeps a copy of what it was.",
  });
}

/** The copy is as large as the database without its log. Checked first, so that a copy that does not fit is not started. */
function refuseSmallDisk(source: DatabaseSync, target: string): void {
  const pages = Number(source.prepare("pragma page_count").get()?.["page_count"] ?? 0);
  const size = Number(source.prepare("pragma page_size").get()?.["page_size"] ?? 0);
  const free = freeBytes(path.dirname(target));
  if (free === undefined || free >= pages * size) return;
  throw noRoom(target, ` (it needs ${megabytes(pages * size)}, and ${megabytes(free)} are free)`);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`;
}

function noRoom(target: string, detail = "", cause?: unknown): HarbingerError {
  return new HarbingerError("store-full", `no space left for the backup ${target}${detail}`, {
    remedy: "Free some space on that disk, or name a file on another one. The database itself was not touched.",
    cause,
  });
}

function createPrivately(copy: string, target: string): void {
  try {
    closeSync(openSync(copy, "wx", privateFileMode));
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOSPC" || code === "EDQUOT") throw noRoom(target, "", error);
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    throw new HarbingerError("permission", `cannot write the backup ${target}: ${messageOf(error)}`, {
      remedy: isMissing
        ? "Make its folder first."
        : "Run as the user who owns the database, and name a file in a folder that this user may write to.",
      cause: error,
    });
  }
}

/** Errors while the copy is written are reported for the backup, except damage, which is the database's. */
async function fromDisk<Result>(target: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HarbingerError || (error instanceof Error && error.name === "AbortError")) throw error;
    const translated = fromSqlite(error, target);
    if (translated.code === "store-full") throw noRoom(target, "", error);
    throw new HarbingerError(translated.code, `the backup ${target} failed: ${messageOf(error)}`, {
      remedy: "harbinger doctor --full examines the database; an earlier backup can be restored.",
      cause: error,
    });
  }
}

function damaged(source: string, damage: readonly string[]): HarbingerError {
  return new HarbingerError(
    "store",
    `the database ${source} is damaged, so no backup was made:\n${damage.join("\n")}`,
    {
      remedy: "Restore an earlier backup: harbinger restore FILE --force keeps the damaged one beside it.",
    },
  );
}

function renameTo(copy: string, { target, force }: BackupOptions): void {
  if (force) renameSync(copy, target);
  else if (!putInPlace(copy, target)) throw existsAlready(target);
}

/**
 * Gives the database an identity, which distinguishes its backups from those of another machine's database with the same
 * path. Without it, only the path is compared.
 */
function tryToIdentify(file: string): void {
  try {
    using database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    giveIdentity(database);
  } catch {
    // Read-only or full: see below.
  }
}

/** For `doctor`. The backup is valid without it. */
function tryToRecord(file: string, last: { readonly at: number; readonly place: string }): void {
  if (!existsSync(file)) return;
  try {
    using database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    noteBackup(database, last);
  } catch {
    // Read-only, full, or damaged: other commands report that.
  }
}
