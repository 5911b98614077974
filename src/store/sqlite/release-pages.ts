import type { DatabaseSync } from "node:sqlite";

/** Released in one step, which takes less than a tenth of a second. */
const pagesAtOnce = 512;
/** Unused pages that stay in the file, for new rows: 16 MiB, and a tenth of a larger file. */
const pagesKept = 4096;
const keptShare = 0.1;

/**
 * Releases the last pages of the file to the file system, after moving their content to unused pages. Does nothing
 * where few are unused, and in files of earlier versions, which cannot do that.
 * @returns how many bytes; 0 where there is nothing more to release
 */
export function releasePages(database: DatabaseSync): number {
  const pragma = (name: string) => Number(database.prepare(`pragma ${name}`).get()?.[name] ?? 0);
  const unused = pragma("freelist_count");
  const kept = Math.max(pagesKept, pragma("page_count") * keptShare);
  if (unused <= kept || pragma("auto_vacuum") !== 2) return 0;
  database.exec(`pragma incremental_vacuum(${Math.min(pagesAtOnce, Math.ceil(unused - kept))})`);
  return Math.max(0, unused - pragma("freelist_count")) * pragma("page_size");
}
