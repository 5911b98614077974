import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../core/clock.ts";
import { systemCode } from "../core/errors.ts";
import { privateFileMode } from "./private-files.ts";

export interface FileLockOptions {
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  /** How long another process may hold it before this one gives up. */
  readonly timeoutMs: number;
}

const pollMs = 50;

/**
 * Waits until no other process holds `file`, and holds it until disposed of. It ends with the process, however that
 * ends: an exclusive transaction on a small database that is never written.
 * @returns `undefined` where another process held it for too long
 * @throws the system's error where the file cannot be made
 */
export async function lockFile(file: string, { clock, timeoutMs }: FileLockOptions): Promise<Disposable | undefined> {
  try {
    closeSync(openSync(file, "wx", privateFileMode));
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  const deadline = clock.monotonic() + timeoutMs;
  for (;;) {
    const database = openExclusively(file);
    if (database !== undefined) return { [Symbol.dispose]: () => database.close() };
    if (clock.monotonic() >= deadline) return undefined;
    await clock.sleep(pollMs);
  }
}

function openExclusively(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec("pragma journal_mode = memory; begin exclusive");
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/** SQLITE_BUSY, whatever its extended code. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return false;
  return (error.errcode & 0xff) === 5;
}
