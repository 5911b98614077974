import { readFileSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { HarbingerError, messageOf, systemCode } from "../../core/errors.ts";
import { safeText } from "../../core/safe-text.ts";
import type { StoreLock } from "../../core/store.ts";
import { fileIdentity } from "../../platform/file-identity.ts";
import { createPrivateFile, writeFileAtomically } from "../../platform/private-files.ts";

/**
 * A lock that ends with the process that holds it, on every system that SQLite knows: an exclusive transaction on a
 * small database of its own, which is never written. Who holds it stands in a text file beside it, because nobody else
 * can read a locked database, and because opening and closing the locked file itself would end a POSIX lock.
 */
export function takeProcessLock(file: string, holder: string, at: number): ProcessLock | BusyLock {
  const holderFile = `${file}.txt`;
  let database: DatabaseSync | undefined;
  try {
    createPrivateFile(file);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw cannotLock(file, error);
  }
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec("pragma journal_mode = memory; begin exclusive");
  } catch (error) {
    database?.close();
    if (isBusy(error)) return { kind: "busy", ...readHolder(holderFile) };
    throw cannotLock(file, error);
  }
  const locked = database;
  const identity = fileIdentity(file);
  const since = new Date(at).toISOString();
  const write = (trouble: string) => {
    try {
      writeFileAtomically(holderFile, `${safeText(holder)} (process ${process.pid}, since ${since})\n${trouble}`);
    } catch {
      // The lock works without it; on a full disk the holder's name is missing.
    }
  };
  write("");
  return {
    kind: "held",
    isInPlace: () => identity !== undefined && fileIdentity(file) === identity,
    note: (trouble) => write(`${safeText(trouble)}\n`),
    close: () => {
      if (locked.isOpen) locked.close();
    },
    async [Symbol.asyncDispose]() {
      if (!locked.isOpen) return;
      try {
        rmSync(holderFile, { force: true });
      } catch {
        // The folder is no longer writable. The text file with the holder matters only while the lock is held.
      }
      locked.close();
    },
  };
}

type BusyLock = Extract<StoreLock, { readonly kind: "busy" }>;

export interface ProcessLock extends AsyncDisposable {
  readonly kind: "held";
  /** False where the lock file was deleted or replaced: another process could lock the new one. */
  isInPlace(): boolean;
  /** Tells processes that try to take the lock what is wrong here. */
  note(trouble: string): void;
  /** Gives up a lock whose file is gone; a file that is there now belongs to another process. */
  close(): void;
}

function readHolder(holderFile: string): Omit<BusyLock, "kind"> {
  try {
    const [holder = "", trouble = ""] = readFileSync(holderFile, "utf8").trim().split("\n");
    return { holder: safeText(holder), ...(trouble === "" ? {} : { trouble: safeText(trouble) }) };
  } catch {
    return { holder: "another process" };
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
