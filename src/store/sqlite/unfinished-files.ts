import { readdirSync, rmSync, statSync } from "node:fs";
import path from "node:path";

/**
 * A file that is being written has a name of its own, with the number of the process that writes it: `FILE.1234.unfinished`. One
 * that a killed process left behind goes with the next backup to the same place.
 */
const suffix = ".unfinished";

/** A process that writes one updates it far more often. */
const staleAfterMs = 60_000;

export function unfinishedName(target: string): string {
  return `${target}.${process.pid}${suffix}`;
}

/** Removes it, with what SQLite keeps beside it. */
export function removeUnfinished(file: string): void {
  for (const beside of ["", "-journal", "-wal", "-shm"]) rmSync(`${file}${beside}`, { force: true });
}

/** Removes what killed processes left behind in a folder of files whose names `isTarget` knows. */
export function removeStale(folder: string, isTarget: (name: string) => boolean, now: number): void {
  for (const name of namesIn(folder)) {
    const unfinished = readName(name);
    if (unfinished === undefined || !isTarget(unfinished.target) || isAlive(unfinished.writer)) continue;
    const file = path.join(folder, name);
    if (isOld(file, now)) removeUnfinished(file);
  }
}

/** What a file of this name was to become, and the number of the process that wrote it. */
function readName(name: string): { readonly target: string; readonly writer: number } | undefined {
  if (!name.endsWith(suffix)) return undefined;
  const stem = name.slice(0, -suffix.length);
  const dot = stem.lastIndexOf(".");
  const number = stem.slice(dot + 1);
  return dot > 0 && /^[1-9]\d{0,9}$/.test(number) ? { target: stem.slice(0, dot), writer: Number(number) } : undefined;
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
