import { existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { messageOf } from "../../core/errors.ts";
import { ensureFolder } from "../../platform/private-files.ts";
import { putInPlace } from "../../platform/put-in-place.ts";
import { copyTo } from "./backup.ts";

/** The result of rewriting an open database whose file is no longer at its path. */
export interface Rescue {
  /** `restored`: at its path again. `set-aside`: beside another file that took its path, and that is left alone. */
  readonly kind: "restored" | "set-aside";
  readonly file: string;
}

/**
 * Writes a database whose file was deleted or replaced to a file again. An open file that no folder names any more is gone
 * when it is closed; until then the connection reads all of it.
 * @param closeOld closes every connection to it, once the copy is on the disk
 */
export function rescue(
  database: DatabaseSync,
  { file, at, closeOld }: { readonly file: string; readonly at: number; readonly closeOld: () => void },
): Rescue {
  ensureFolder(path.dirname(file));
  const copy = `${file}.rescued`;
  copyTo(database, copy);
  const isFree = !existsSync(file);
  closeOld();
  if (isFree) {
    // SQLite would read files left by the old one as part of the new one.
    rmSync(`${file}-wal`, { force: true });
    rmSync(`${file}-shm`, { force: true });
    if (putInPlace(copy, file)) return { kind: "restored", file };
  }
  const aside = freeName(`${file}.set-aside-${new Date(at).toISOString().slice(0, 10)}`);
  renameSync(copy, aside);
  return { kind: "set-aside", file: aside };
}

function freeName(wanted: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!existsSync(name)) return name;
  }
}

/** For people: what happened, and what to do. */
export function describeRescue(rescued: Rescue, file: string): string {
  return rescued.kind === "restored"
    ? `the database file ${file} was deleted or moved away while it was in use; all of it was written there again`
    : `the database file ${file} was replaced by another file while it was in use; that one is left alone, and recording continues in ${rescued.file}. Restart the program to use the new file`;
}

export function describeFailedRescue(error: unknown, file: string): string {
  return `the database file ${file} was deleted or replaced while it was in use, and cannot be rewritten yet: ${messageOf(error)}. What is stored is lost when the program ends before that`;
}
