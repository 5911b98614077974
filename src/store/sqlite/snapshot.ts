import { backup, DatabaseSync } from "node:sqlite";

/** Pages between two reports of progress; 4 MiB are read and written in about a hundredth of a second. */
const pagesAtOnce = 1024;

export interface CopyProgress {
  readonly donePages: number;
  readonly totalPages: number;
}

export interface SnapshotOptions {
  /** Created by the caller, empty, with the mode that the copy is to have. */
  readonly copy: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

/**
 * Copies the database of an open connection as it is at this moment, page by page, while others write to it. The read
 * transaction that is begun here lasts until the copy is complete: so no page of a later transaction is in it, and the copy need
 * not restart with each one. Until then the write-ahead log grows by what is written.
 * @param look reads from the same moment
 */
export async function copySnapshot<Seen>(
  source: DatabaseSync,
  { copy, signal, onProgress }: SnapshotOptions,
  look: () => Seen,
): Promise<Seen> {
  source.exec("begin");
  try {
    // The read transaction starts with the first read.
    source.prepare("select count(*) from sqlite_schema").get();
    await backup(source, copy, {
      rate: pagesAtOnce,
      progress({ totalPages, remainingPages }) {
        signal?.throwIfAborted();
        onProgress?.({ donePages: totalPages - remainingPages, totalPages });
      },
    });
    signal?.throwIfAborted();
    return look();
  } finally {
    source.exec("rollback");
  }
}

/** Opens a copy that no other process uses, as one file without a write-ahead log. */
export function openCopy(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { defensive: true });
  try {
    database.exec("pragma journal_mode = delete; pragma synchronous = full");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
