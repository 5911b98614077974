import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { systemCode } from "../core/errors.ts";

/**
 * Gives a complete file its name, where nothing has that name yet.
 * @returns false where another file has taken the place meanwhile, which is not written over
 */
export function putInPlace(file: string, place: string): boolean {
  try {
    linkSync(file, place);
    rmSync(file);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    // Not every file system has hard links.
    renameSync(file, place);
    return true;
  }
}

/** Flushes what a file holds to the disk. */
export function syncToDisk(file: string): void {
  const descriptor = openSync(file, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Flushes the name of a file to the disk, where the system can do that for folders. */
export function syncName(file: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path.dirname(file), "r");
  } catch {
    return;
  }
  try {
    fsyncSync(descriptor);
  } catch {
    // Windows, and some network file systems, cannot.
  } finally {
    closeSync(descriptor);
  }
}
