import { statfsSync } from "node:fs";

/** Bytes that this user may still write in a folder; `undefined` if the system does not report it. */
export function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
