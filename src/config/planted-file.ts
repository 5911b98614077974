import { lstatSync, statSync } from "node:fs";
import path from "node:path";

const sticky = 0o1000;
const writableForAll = 0o002;

/**
 * Detects a configuration that another user created in a world-writable folder such as `/tmp`. A configuration names programs to
 * run, and a user (root, for example) who starts this program there must not run theirs.
 * @returns the user id; `undefined` if this user or root owns the file, or if the folder is not world-writable
 */
export function plantedBy(file: string): number | undefined {
  const user = process.getuid?.();
  if (user === undefined) return undefined;
  try {
    const { uid } = lstatSync(file);
    if (uid === user || uid === 0) return undefined;
    const { mode } = statSync(path.dirname(path.resolve(file)));
    return (mode & sticky) !== 0 && (mode & writableForAll) !== 0 ? uid : undefined;
  } catch {
    // Missing or unreadable: reading it reports which.
    return undefined;
  }
}
