import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import { safeText } from "../../core/safe-text.ts";
import type { StoreLock } from "../../core/store.ts";
import { privateFileMode, writeFileAtomically } from "../../platform/private-files.ts";

/**
 * A lock that ends with the process that holds it, on every system that SQLite knows: an exclusive transaction on a
 * small database of its own, which is never written. Who holds it stands in a text file beside it, because nobody else
 * can read a locked database, and because opening and closing the locked file itself would end a POSIX lock.
 */
export function takeProcessLock(file: string, holder: string, at: number): StoreLock {
  const holderFile = `${file}.txt`;
  let database: DatabaseSync | undefined;
  try {
    closeSync(openSync(file, "wx", privateFileMode));
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw cannotLock(file, error);
  }
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec("pragma journal_mode = memory; begin exclusive");
  } catch (error) {
    database?.close();
    if (isBusy(error)) return { kind: "busy", holder: readHolder(holderFile) };
    throw cannotLock(file, error);
  }
  const locked = database;
  try {
    const since = new Date(at).toISOString();
    writeFileAtomically(holderFile, `${safeText(holder)} (process ${process.pid}, since ${since})\n`);
  } catch {
    // The lock counts without it; on a full disk nobody learns the name.
  }
  return {
    kind: "held",
    async [Symbol.asyncDispose]() {
      if (!locked.isOpen) return;
      rmSync(holderFile, { force: true });
      locked.close();
    },
  };
}

function readHolder(holderFile: string): string {
  try {
    return safeText(readFileSync(holderFile, "utf8").trim());
  } catch {
    return "another process";
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return false;
  return (error.errcode & 0xff) === 5;
}

function cannotLock(file: string, error: unknown): HarbingerError {
  return new HarbingerError("store", `cannot lock ${file}: ${messageOf(error)}`, {
    remedy: "The folder of the database must be writable.",
    cause: error,
  });
}
