import { existsSync, renameSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { makePrivate } from "../../platform/private-files.ts";
import { syncToDisk } from "../../platform/put-in-place.ts";

/**
 * Copies the whole database to a file beside it, as it is committed now. The copy has its name only when it is complete
 * and on the disk; an existing file is never overwritten.
 * @param name what the copy is for: `before-harbinger`, `schema-1`
 * @returns the copy's path
 */
export function copyBeside(database: DatabaseSync, options: { file: string; name: string; at: number }): string {
  const unfinished = `${options.file}.${options.name}.unfinished`;
  copyTo(database, unfinished);
  const target = freeName(options);
  renameSync(unfinished, target);
  return target;
}

/**
 * Writes the whole database, as it is committed now, to `file`, for its owner only, and to the disk. An existing file
 * is overwritten.
 */
export function copyTo(database: DatabaseSync, file: string): void {
  rmSync(file, { force: true });
  database.prepare("vacuum into ?").run(file);
  makePrivate(file);
  syncToDisk(file);
}

function freeName({ file, name, at }: { file: string; name: string; at: number }): string {
  const day = new Date(at).toISOString().slice(0, 10);
  for (let number = 1; ; number++) {
    const target = `${file}.${name}-${day}${number === 1 ? "" : `-${number}`}`;
    if (!existsSync(target)) return target;
  }
}
