import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

/**
 * Files that only their owner may read: databases, reports, logs. On Windows the folder's own access list decides,
 * because file modes mean nothing there.
 */
export const privateFileMode = 0o600;
export const privateFolderMode = 0o700;

/** Creates the folder, and those above it, for the owner only. One that exists keeps its mode. */
export function ensureFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: privateFolderMode });
}

/** Makes an existing file private to its owner. */
export function makePrivate(file: string): void {
  if (process.platform !== "win32") chmodSync(file, privateFileMode);
}

/**
 * Writes the whole file or nothing: to a neighbour first, flushed to the disk, then renamed over `file`.
 * @throws the system's error (`ENOSPC`, `EACCES` ...); then no part of it is left behind
 */
export function writeFileAtomically(file: string, content: string): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const descriptor = openSync(temporary, "wx", privateFileMode);
    try {
      const bytes = Buffer.from(content, "utf8");
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
