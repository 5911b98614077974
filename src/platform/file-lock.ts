import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../core/clock.ts";
import { systemCode } from "../core/errors.ts";
import { createPrivateFile, refuseForeignLinkInSharedFolder } from "./private-files.ts";

/** Disposing releases it; a second call has no effect. */
export interface FileLock extends Disposable {
  readonly isHeld: boolean;
}

/**
 * Locks `file` between processes, on every system that SQLite supports: an exclusive transaction on a small database
 * that is never written. The lock ends with the process, even if that is killed.
 * @returns `undefined` if another process holds it
 * @throws the error of the system or of SQLite if the file cannot be created or locked
 */
export function tryLockFile(file: string): FileLock | undefined {
  try {
    createPrivateFile(file);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
    refuseForeignLinkInSharedFolder(file);
  }
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("pragma journal_mode = memory; begin exclusive");
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return {
    get isHeld() {
      return database.isOpen;
    },
    [Symbol.dispose]() {
      if (database.isOpen) database.close();
    },
  };
}

export interface FileLockOptions {
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  /** How long to wait for another process that holds it. */
  readonly timeoutMs: number;
}

const pollMs = 50;

/**
 * Waits until no other process holds `file`, and locks it as {@link tryLockFile} does.
 * @returns `undefined` if another process held it for too long
 * @throws as {@link tryLockFile} does
 */
export async function lockFile(file: string, { clock, timeoutMs }: FileLockOptions): Promise<FileLock | undefined> {
  const deadline = clock.monotonic() + timeoutMs;
  for (;;) {
    const lock = tryLockFile(file);
    if (lock !== undefined || clock.monotonic() >= deadline) return lock;
    await clock.sleep(pollMs);
  }
}

/** SQLITE_BUSY, including its extended codes. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return false;
  return (error.errcode & 0xff) === 5;
}
