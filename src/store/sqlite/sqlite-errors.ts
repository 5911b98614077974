import { accessSync, constants } from "node:fs";
import path from "node:path";
import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import { freeBytes } from "../../platform/free-space.ts";

// Primary result codes, https://www.sqlite.org/rescode.html
const busyCode = 5;
const lockedCode = 6;
const readOnlyCode = 8;
const inputOutputCode = 10;
const corruptCode = 11;
const fullCode = 13;
const cannotOpenCode = 14;
const notADatabaseCode = 26;

// SQLITE_IOERR_WRITE and its like: no space for the files beside the database, or the disk fails.
const writeFailures = new Set([778, 1034, 1290, 1546, 4618, 4874]);

/** Translates `error` for the user of the database `file`. */
export function fromSqlite(error: unknown, file: string): HarbingerError {
  if (error instanceof HarbingerError) return error;
  const code = resultCode(error);
  const system = systemCode(error);
  if (system === "ENOSPC" || system === "EDQUOT") return full(file, error);
  if (system === "EACCES" || system === "EPERM" || system === "EROFS") {
    return new HarbingerError("permission", `cannot open the database ${file}: ${messageOf(error)}`, {
      remedy: "Run as the user who owns the file and its folder, or set `store:` to another place.",
      cause: error,
    });
  }
  if (code === undefined) {
    return new HarbingerError("store", `the database ${file} failed: ${messageOf(error)}`, { cause: error });
  }
  switch (code & 0xff) {
    case busyCode:
    case lockedCode:
      return new HarbingerError("store-busy", `another program has locked the database ${file}`, {
        remedy: "Wait until it is done, or close the program that writes to this database.",
        cause: error,
      });
    case fullCode:
      return full(file, error);
    case inputOutputCode:
      return writeFailures.has(code) && hasNoSpace(file) ? full(file, error) : diskFailure(file, error);
    case readOnlyCode:
      if (isReadOnlyFileSystem(file)) return diskFailure(file, error);
      return cannotOpen(file, error);
    case cannotOpenCode:
      return cannotOpen(file, error);
    case corruptCode:
    case notADatabaseCode:
      return new HarbingerError("store", `the database ${file} is damaged or not a SQLite database`, {
        remedy:
          "Restore a backup: harbinger restore FILE --force keeps this file beside it. Without a backup, move the file away; the program then creates a new database.",
        cause: error,
      });
  }
  return new HarbingerError("store", `the database ${file} failed: ${messageOf(error)}`, { cause: error });
}

/** Less than SQLite allocates at once. */
const littleSpace = 1_000_000;

function hasNoSpace(file: string): boolean {
  const free = freeBytes(path.dirname(file));
  // Where the system does not report free space, a full disk is the likelier cause.
  return !isReadOnlyFileSystem(file) && (free === undefined || free < littleSpace);
}

function isReadOnlyFileSystem(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return false;
  } catch (error) {
    return systemCode(error) === "EROFS";
  }
}

function diskFailure(file: string, cause: unknown): HarbingerError {
  const what = isReadOnlyFileSystem(file)
    ? `the file system of the database ${file} has become read-only`
    : `the disk reports an error at the database ${file} (input/output error)`;
  return new HarbingerError("store", what, {
    remedy: "Check the system log (dmesg): the disk may be failing. What was not stored is retried.",
    cause,
  });
}

function cannotOpen(file: string, cause: unknown): HarbingerError {
  return new HarbingerError("permission", `cannot open the database ${file} for writing: ${messageOf(cause)}`, {
    remedy: "Run as the user who owns the file and its folder, or set `store:` to another place.",
    cause,
  });
}

function full(file: string, cause: unknown): HarbingerError {
  return new HarbingerError("store-full", `no space left for the database ${file}`, {
    remedy: "Free some space on that disk; what was not stored is retried.",
    cause,
  });
}

function resultCode(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : undefined;
}
