import { lstatSync, statSync } from "node:fs";
import path from "node:path";

const sticky = 0o1000;
const writableForAll = 0o002;

/**
 * Who else made a file of the usual name in a folder for everybody, such as `/tmp`: a configuration names programs to run, and whoever
 * starts this program there, root for one, did not ask for theirs.
 * @returns the user's number; `undefined` where the file is this user's or root's, or the folder is not for everybody
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
    // Nothing is there, or nothing that can be read: reading says which.
    return undefined;
  }
}
