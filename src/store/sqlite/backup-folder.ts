import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type BackupMark, readIdentity, readMark } from "./backup-mark.ts";
import { metaValue, schemaOf } from "./database-contents.ts";
import { removeStale } from "./unfinished-files.ts";

/** A folder of backups that were named by their time: `harbinger-20260131-080000.db`. */
const namePattern = /^harbinger-\d{8}-\d{6}(?:-\d{1,3})?\.db$/;

/** A file in the folder for a backup of this moment, in local time; one that is not there yet. */
export function backupName(folder: string, at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  const stem = `harbinger-${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
  for (let number = 1; ; number++) {
    const file = path.join(folder, number === 1 ? `${stem}.db` : `${stem}-${number}.db`);
    if (!existsSync(file)) return file;
  }
}

export interface FoundBackup {
  readonly file: string;
  readonly mark: BackupMark;
  readonly identity: string | undefined;
}

/**
 * The backups of a database in a folder, newest first: by name, and by the mark inside each. Of databases with the
 * same path, such as those of two machines that share the folder, the identity distinguishes them.
 * @param source the path of the database
 * @param identity its identity, or that of a backup of it
 */
export function backupsIn(folder: string, source: string, identity?: string): readonly FoundBackup[] {
  return readdirSync(folder)
    .filter((name) => namePattern.test(name))
    .map((name) => path.join(folder, name))
    .flatMap((file) => {
      const found = lookInto(file);
      if (found?.mark.source !== source) return [];
      const isOther = identity !== undefined && found.identity !== undefined && found.identity !== identity;
      return isOther ? [] : [{ file, ...found }];
    })
    .sort((a, b) => b.mark.at - a.mark.at || (a.file < b.file ? 1 : -1));
}

/**
 * Removes all but the newest `keep` backups of a database from a folder, and what killed processes left there. Files
 * of other names, of other databases and those that cannot be read stay.
 * @param made the one that was just made: it is kept even where others have a later time, because a clock was wrong
 * @returns what was removed
 */
export function keepNewest(folder: string, { source, made, keep, now }: KeepOptions): readonly string[] {
  removeStale(folder, (name) => namePattern.test(name), now);
  const removed = backupsIn(folder, source, lookInto(made)?.identity)
    .map(({ file }) => file)
    .filter((file) => file !== made)
    .slice(keep - 1);
  for (const file of removed) rmSync(file);
  return removed;
}

export interface KeepOptions {
  readonly source: string;
  readonly made: string;
  /** 1 or more. */
  readonly keep: number;
  readonly now: number;
}

function lookInto(file: string): Omit<FoundBackup, "file"> | undefined {
  try {
    if (!statSync(file).isFile()) return undefined;
    using database = new DatabaseSync(file, { readOnly: true });
    if (schemaOf(database) === undefined) return undefined;
    const mark = readMark(metaValue(database, "backup"));
    return mark === undefined ? undefined : { mark, identity: readIdentity(database) };
  } catch {
    return undefined;
  }
}
