import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { systemCode } from "../core/errors.ts";

/**
 * Renames a complete file to its final name, unless that exists.
 * @returns false if another file has that name; it is not replaced
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

/** Flushes the content of a file to disk. */
export function syncToDisk(file: string): void {
  const descriptor = openSync(file, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Flushes the name of a file to disk, if the system can do that for folders. */
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
    // Windows and some network file systems cannot do this.
  } finally {
    closeSync(descriptor);
  }
}
