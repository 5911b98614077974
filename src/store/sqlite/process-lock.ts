import { readFileSync, rmSync } from "node:fs";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import { safeText } from "../../core/safe-text.ts";
import type { StoreLock } from "../../core/store.ts";
import { fileIdentity } from "../../platform/file-identity.ts";
import { type FileLock, tryLockFile } from "../../platform/file-lock.ts";
import { writeFileAtomically } from "../../platform/private-files.ts";

/**
 * The lock that only one process per database holds. A text file beside the lock file names the holder: the lock file
 * cannot be read while it is locked, and opening and closing it would end a POSIX lock.
 */
export function takeProcessLock(file: string, holder: string, at: number): ProcessLock | BusyLock {
  const holderFile = `${file}.txt`;
  const lock = lockOf(file);
  if (lock === undefined) return { kind: "busy", ...readHolder(holderFile) };
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
    close: () => lock[Symbol.dispose](),
    async [Symbol.asyncDispose]() {
      if (!lock.isHeld) return;
      try {
        rmSync(holderFile, { force: true });
      } catch {
        // The folder is no longer writable. The text file with the holder matters only while the lock is held.
      }
      lock[Symbol.dispose]();
    },
  };
}

type BusyLock = Extract<StoreLock, { readonly kind: "busy" }>;

export interface ProcessLock extends AsyncDisposable {
  readonly kind: "held";
  /** False where the lock file was deleted or replaced: another process could lock the new one. */
  isInPlace(): boolean;
  /** A note that processes which try to take the lock can read. */
  note(trouble: string): void;
  /** Gives up a lock whose file is gone; a file that is there now belongs to another process. */
  close(): void;
}

function readHolder(holderFile: string): Omit<BusyLock, "kind"> {
  try {
    const [holder = "", trouble = ""] = readFileSync(holderFile, "utf8").trim().split("\n");
    return { holder: safeText(holder), trouble: trouble === "" ? undefined : safeText(trouble) };
  } catch {
    return { holder: "another process" };
  }
}

function lockOf(file: string): FileLock | undefined {
  try {
    return tryLockFile(file);
  } catch (error) {
    throw new HarbingerError("store", `cannot lock ${file}: ${messageOf(error)}`, {
      remedy: "The folder of the database must be writable.",
      cause: error,
    });
  }
}
