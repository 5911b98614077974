import { statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { TableSize } from "../../core/store.ts";
import { freeBytes } from "../../platform/free-space.ts";
import { type LastBackup, readLastBackup } from "./backup-mark.ts";
import { type FileBeside, filesBeside } from "./files-beside.ts";
import { findDamage } from "./integrity.ts";
import { tableSizes } from "./space-used.ts";
import { fromSqlite } from "./sqlite-errors.ts";

/** Facts about a database file, read without changing it. */
export interface FileExamination {
  /** Size of the database, including what is only in the write-ahead log. */
  readonly bytes: number;
  /** Of the log beside it. */
  readonly logBytes: number;
  /** Part of `bytes` that is free for new rows. */
  readonly unusedBytes: number;
  /** It releases space by itself; files of earlier versions do not. */
  readonly shrinks: boolean;
  /** Free bytes on its disk; `undefined` where the system does not report them. */
  readonly freeBytes: number | undefined;
  readonly lastBackup: LastBackup | undefined;
  readonly beside: readonly FileBeside[];
  /** `undefined`: too large to be read in a moment. */
  readonly damage: readonly string[] | undefined;
  /** What takes how many bytes, indices included, largest first; empty where it was not examined. */
  readonly sizes: readonly TableSize[];
}

/** A file up to this size is read within seconds. */
const quickBytes = 1_000_000_000;

const busyTimeoutMs = 5000;

/** @param depth `quick` reads each page once, of a file of 1 GB at most; `full` compares each index with its table, whatever that takes */
export function examineFile(file: string, depth: "quick" | "full"): FileExamination {
  try {
    using database = new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs });
    const pragma = (name: string) => Number(database.prepare(`pragma ${name}`).get()?.[name] ?? 0);
    const pageBytes = pragma("page_size");
    const bytes = pragma("page_count") * pageBytes;
    const isRead = depth === "full" || bytes <= quickBytes;
    return {
      bytes,
      logBytes: sizeOf(`${file}-wal`),
      unusedBytes: pragma("freelist_count") * pageBytes,
      shrinks: pragma("auto_vacuum") === 2,
      freeBytes: freeBytes(path.dirname(file)),
      lastBackup: readLastBackup(database),
      beside: filesBeside(file),
      damage: isRead ? findDamage(database, depth) : undefined,
      sizes: isRead ? tableSizes(database) : [],
    };
  } catch (error) {
    throw fromSqlite(error, file);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
