import { statSync } from "node:fs";

/** The identity of a file: its device and inode number. A file that is renamed to its path, or created there, has another identity. */
export function identityOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`;
}

/** The identity of the file at a path; `undefined` if there is none. */
export function fileIdentity(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : identityOf(stats);
}
