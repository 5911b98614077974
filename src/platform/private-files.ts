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
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { HarbingerError, systemCode } from "../core/errors.ts";
import { putInPlace } from "./put-in-place.ts";

/**
 * Mode of files that only their owner may read: databases, reports, logs. On Windows file modes have no effect; the access
 * list of the folder decides.
 */
export const privateFileMode = 0o600;
export const privateFolderMode = 0o700;

/**
 * Creates the folder and its parents, accessible to the owner only. Existing folders keep their mode.
 *
 * One folder at a time: Node's `recursive` never returns if the system reports `ENOENT` below an existing folder, as in `/proc`
 * or in a mounted folder that was deleted on the server.
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
 * Whether this is a folder that belongs to this user. Any user can create a folder among the temporary files to attack others.
 * True if the system has no user ids.
 * @throws the system's error if it does not exist
 */
export function isOwnFolder(folder: string): boolean {
  const found = lstatSync(folder);
  const user = process.getuid?.();
  return found.isDirectory() && (user === undefined || found.uid === user);
}

/**
 * Creates an empty file that only its owner can access. If root creates it for a service that runs as another user, it gets the
 * owner of `model`: the file to be replaced, or the folder.
 * @throws the system's error; `EEXIST` if the file exists
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

/** Makes a regular file accessible to its owner only. Ignores symbolic links, which may point to another user's file. */
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
 * Opens a file for appending. A new file is readable by its owner only. An existing file keeps its mode: it may be `/dev/null`,
 * or belong to another user on purpose. A symbolic link created by another user is not followed.
 * @throws the system's error, or an Error for such a link
 */
export function openForAppending(file: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  // Without O_NONBLOCK opening a named pipe without a reader would block forever.
  const flags = O_WRONLY | O_APPEND | O_NONBLOCK;
  try {
    return openSync(file, flags | O_CREAT | O_EXCL, privateFileMode);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  }
  return openSync(file, flags | (refuseForeignLink(file) === "link" ? O_CREAT : O_NOFOLLOW), privateFileMode);
}

/**
 * Rejects a symbolic link created by another user, who could choose the file that is written. Links of root are accepted.
 * @throws HarbingerError `permission` with the name of the link
 */
export function refuseForeignLink(file: string): "link" | "no-link" {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() !== true) return "no-link";
  const user = process.getuid?.();
  if (user === undefined || found.uid === user || found.uid === 0) return "link";
  throw new HarbingerError(
    "permission",
    `${file} is a symbolic link that another user made (user id ${found.uid}); it is not followed`,
    { remedy: "Remove the link, or name a file in a folder where other users cannot write." },
  );
}

/**
 * For files that SQLite opens: it resolves links itself, so the system's protection of shared folders (fs.protected_symlinks) has no effect.
 * This is the same rule: in a folder like /tmp, where everybody can create entries, links of others are not followed.
 * @throws HarbingerError `permission` with the name of the link
 */
export function refuseForeignLinkInSharedFolder(file: string): void {
  const sharedBits = 0o1002;
  const folder = statSync(path.dirname(file), { throwIfNoEntry: false });
  if (folder !== undefined && (folder.mode & sharedBits) === sharedBits) refuseForeignLink(file);
}

const maxLinks = 40;

/**
 * The file behind symbolic links of this user or of root, for a writer that replaces the file and not the link. Each link is looked at
 * before it is followed: Node's `realpath` follows them itself, so the system's protection of shared folders has no effect.
 * @throws HarbingerError `permission` for a link of another user, the system's error for a link that cannot be followed
 */
export function followOwnLinks(file: string): string {
  let at = path.resolve(file);
  for (let links = 0; refuseForeignLink(at) === "link"; links++) {
    if (links === maxLinks)
      throw Object.assign(new Error(`ELOOP: too many symbolic links, '${file}'`), { code: "ELOOP" });
    at = path.resolve(realpathSync(path.dirname(at)), readlinkSync(at));
  }
  return at;
}

/**
 * Writes the whole file or nothing: writes a temporary file beside it, flushes that to disk, then renames it to `file`.
 * @throws the system's error (`ENOSPC`, `EACCES` ...); nothing is left on disk then
 */
export function writeFileAtomically(file: string, content: string): void {
  writeTemporary(file, content, (temporary) => renameSync(temporary, file));
}

/**
 * Like {@link writeFileAtomically}, but never replaces an existing file.
 * @throws the system's error; `EEXIST` if the file exists
 */
export function writeNewFile(file: string, content: string): void {
  writeTemporary(file, content, (temporary) => {
    if (!putInPlace(temporary, file))
      throw Object.assign(new Error(`EEXIST: file exists, '${file}'`), { code: "EEXIST" });
  });
}

function writeTemporary(file: string, content: string, moveIntoPlace: (temporary: string) => void): void {
  // A name may have 255 bytes: with all of the file's, this one would have more.
  const start = path.basename(file).slice(0, 50);
  const temporary = path.join(path.dirname(file), `.${start}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const descriptor = openSync(temporary, "wx", privateFileMode);
    try {
      const bytes = Buffer.from(content, "utf8");
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    moveIntoPlace(temporary);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
