import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { systemCode } from "../core/errors.ts";
import { putInPlace } from "./put-in-place.ts";

/**
 * Files that only their owner may read: databases, reports, logs. On Windows the folder's own access list decides,
 * because file modes mean nothing there.
 */
export const privateFileMode = 0o600;
export const privateFolderMode = 0o700;

/**
 * Creates the folder, and those above it, for the owner only. One that exists keeps its mode.
 *
 * Folder by folder: Node's `recursive` never returns where the system reports `ENOENT` below a folder that is there, as it
 * does in `/proc`, and in a mounted folder that was deleted on the other side.
 * @throws the system's error
 */
export function ensureFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = path.resolve(folder); statSync(at, { throwIfNoEntry: false }) === undefined; at = path.dirname(at)) {
    missing.push(at);
    if (path.dirname(at) === at) break;
  }
  if (missing.length === 0 && !statSync(folder).isDirectory()) {
    throw Object.assign(new Error(`ENOTDIR: not a directory, '${folder}'`), { code: "ENOTDIR" });
  }
  for (const each of missing.toReversed()) {
    try {
      mkdirSync(each, { mode: privateFolderMode });
    } catch (error) {
      // Another process was faster.
      if (systemCode(error) !== "EEXIST" || statSync(each, { throwIfNoEntry: false })?.isDirectory() !== true)
        throw error;
    }
  }
}

/**
 * Whether a folder is a folder, and belongs to this user. In a folder for temporary files, any user can create one as a trap. True where the
 * system has no user numbers.
 * @throws the system's error where there is none
 */
export function isOwnFolder(folder: string): boolean {
  const found = lstatSync(folder);
  const user = process.getuid?.();
  return found.isDirectory() && (user === undefined || found.uid === user);
}

/**
 * Makes an empty file for its owner only. Where root makes it for a service that runs as another user, it is that user's, as `model` is: a
 * file that is to be replaced, or the folder.
 * @throws the system's error; `EEXIST` where there is one
 */
export function createPrivateFile(file: string, model: string = path.dirname(file)): void {
  const descriptor = openSync(file, "wx", privateFileMode);
  try {
    if (process.getuid?.() !== 0) return;
    const { uid, gid } = statSync(model);
    if (uid !== 0) fchownSync(descriptor, uid, gid);
  } catch (error) {
    // Not every file system has owners.
    if (systemCode(error) !== "EPERM" && systemCode(error) !== "EINVAL") throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Makes a regular file private to its owner; a symbolic link, which may lead to another user's file, is left alone. */
export function makePrivate(file: string): void {
  if (process.platform === "win32") return;
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let descriptor: number;
  try {
    descriptor = openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === "ELOOP" || systemCode(error) === "EMLINK") return;
    throw error;
  }
  try {
    if (fstatSync(descriptor).isFile()) fchmodSync(descriptor, privateFileMode);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Opens a file for appending. One that it makes is readable for its owner only; one that is there keeps its mode: it may be
 * `/dev/null`, or belong to another user on purpose. A symbolic link that another user made is not followed.
 * @throws the system's error, or an Error for such a link
 */
export function openForAppending(file: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  // Without O_NONBLOCK a named pipe without a reader would block for ever.
  const flags = O_WRONLY | O_APPEND | O_NONBLOCK;
  try {
    return openSync(file, flags | O_CREAT | O_EXCL, privateFileMode);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  return openSync(file, flags | (refuseForeignLink(file) === "link" ? O_CREAT : O_NOFOLLOW), privateFileMode);
}

/**
 * A symbolic link that another user made would let that user choose what is written to. Links of root are accepted.
 * @throws Error that names the link
 */
export function refuseForeignLink(file: string): "link" | "no-link" {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() !== true) return "no-link";
  const user = process.getuid?.();
  if (user === undefined || found.uid === user || found.uid === 0) return "link";
  throw new Error(`${file} is a symbolic link that another user made (user id ${found.uid}); it is not followed`);
}

/**
 * Writes the whole file or nothing: to a neighbour first, flushed to the disk, then renamed over `file`.
 * @throws the system's error (`ENOSPC`, `EACCES` ...); then no part of it is left behind
 */
export function writeFileAtomically(file: string, content: string): void {
  writeNeighbour(file, content, (temporary) => renameSync(temporary, file));
}

/**
 * As {@link writeFileAtomically}, but an existing file is never replaced.
 * @throws the system's error; `EEXIST` where there is one
 */
export function writeNewFile(file: string, content: string): void {
  writeNeighbour(file, content, (temporary) => {
    if (!putInPlace(temporary, file))
      throw Object.assign(new Error(`EEXIST: file exists, '${file}'`), { code: "EEXIST" });
  });
}

function writeNeighbour(file: string, content: string, putInItsPlace: (temporary: string) => void): void {
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
    putInItsPlace(temporary);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
