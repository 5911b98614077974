/**
 * Node's cache of compiled code, in a place that only this user can fill. Node runs what it finds there, without comparing it with
 * the sources, and its own default is a folder among the temporary files: any user could create that first and fill it with code
 * for root. Plain JavaScript, because an older Node may load it first.
 */
import { lstatSync, mkdirSync, readlinkSync, statSync } from "node:fs";
import module from "node:module";
import os from "node:os";
import path from "node:path";

const writableByOthers = 0o022;
/** In a folder with this bit (/tmp), only the owner of an entry can rename or remove it. */
const sticky = 0o1000;

/** A start without a cache only takes longer. */
export function usePrivateCompileCache() {
  // Where the owner set NODE_COMPILE_CACHE, Node has enabled the cache before it loads this.
  if (module.enableCompileCache === undefined || module.getCompileCacheDir?.() !== undefined) return;
  if (process.env.NODE_DISABLE_COMPILE_CACHE) return;
  const place = placeOfCache();
  const folder = place === undefined ? undefined : privateFolder(place.existing, place.made);
  if (folder !== undefined) module.enableCompileCache(folder);
}

/** @returns where this user's programs keep what they can make again */
function placeOfCache() {
  const { LOCALAPPDATA: local, XDG_CACHE_HOME: cache } = process.env;
  if (process.platform === "win32") return local ? { existing: local, made: ["harbinger", "cache"] } : undefined;
  // The XDG specification says to ignore relative paths.
  if (cache && path.isAbsolute(cache)) return { existing: cache, made: ["harbinger"] };
  try {
    const home = os.homedir();
    // Services without a home of their own have the root folder.
    return path.isAbsolute(home) && home !== "/" ? { existing: home, made: [".cache", "harbinger"] } : undefined;
  } catch {
    // This user is not in the system's list.
    return undefined;
  }
}

/**
 * @param {string} existing a folder
 * @param {readonly string[]} made names of a folder in it and of one in that, ..., which are made where they are missing
 * @returns {string | undefined} the last one, without symbolic links, or undefined where it cannot be made, or where another user
 *   could write to it or exchange it
 */
export function privateFolder(existing, made) {
  const wanted = path.join(existing, ...made);
  try {
    if (!statSync(existing).isDirectory()) return undefined;
    if (process.geteuid !== undefined) return ownFolder(wanted, process.geteuid());
    // On Windows the access list of the profile decides.
    mkdirSync(wanted, { recursive: true });
    return wanted;
  } catch {
    // A file system that is full or read-only, a home that does not exist.
    return undefined;
  }
}

/**
 * Walks from the root and looks at each step, at symbolic links too, before it goes on: what was looked at can then be changed by this
 * user and by root only.
 */
function ownFolder(wanted, user) {
  const root = path.parse(path.resolve(wanted)).root;
  const left = stepsOf(wanted);
  let links = 0;
  let at = root;
  if (!isSafe(lstatSync(root), user)) return undefined;
  for (let step = left.shift(); step !== undefined; step = left.shift()) {
    const next = path.join(at, step);
    let found = lstatSync(next, { throwIfNoEntry: false });
    if (found === undefined) {
      mkdirSync(next, { mode: 0o700 });
      found = lstatSync(next);
    }
    if (!isSafe(found, user)) return undefined;
    if (found.isSymbolicLink()) {
      links += 1;
      if (links > 40) return undefined;
      const target = path.resolve(at, readlinkSync(next));
      left.unshift(...stepsOf(target));
      at = root;
    } else if (found.isDirectory()) at = next;
    else return undefined;
  }
  // In a folder with the sticky bit others can still create entries.
  return (lstatSync(at).mode & writableByOthers) === 0 ? at : undefined;
}

function stepsOf(folder) {
  return path
    .resolve(folder)
    .split(path.sep)
    .filter((step) => step !== "");
}

function isSafe(found, user) {
  if (found.uid !== user && found.uid !== 0) return false;
  return found.isSymbolicLink() || (found.mode & writableByOthers) === 0 || (found.mode & sticky) !== 0;
}
