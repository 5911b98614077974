import { readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";

/**
 * A file that is being written has a name of its own, with the number of the process that writes it: `FILE.1234.unfinished`. One
 * that a killed process left behind goes with the next backup to the same place.
 */
const suffix = ".unfinished";

/** Whoever writes one touches it far more often. */
const staleAfterMs = 60_000;

export function unfinishedName(target: string): string {
  return `${target}.${process.pid}${suffix}`;
}

/** Removes it, with what SQLite keeps beside it. */
export function removeUnfinished(file: string): void {
  for (const beside of ["", "-journal", "-wal", "-shm"]) rmSync(`${file}${beside}`, { force: true });
}

/** Removes what killed processes left behind of files with the name of `target`. */
export function removeStale(target: string, now: number): void {
  const folder = path.dirname(target);
  const start = `${path.basename(target)}.`;
  for (const name of namesIn(folder)) {
    const file = path.join(folder, name);
    const writer = writerOf(name, start);
    if (writer !== undefined && !isAlive(writer) && isOld(file, now)) removeUnfinished(file);
  }
}

/** The number of the process in the name of a file that it was writing. */
function writerOf(name: string, start: string): number | undefined {
  if (!name.startsWith(start) || !name.endsWith(suffix)) return undefined;
  const number = name.slice(start.length, -suffix.length);
  return /^[1-9]\d{0,9}$/.test(number) ? Number(number) : undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A process of another container has a number that means nothing here: therefore the age counts as well. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function isOld(file: string, now: number): boolean {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && now - written > staleAfterMs;
}
