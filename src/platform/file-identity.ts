import { statSync } from "node:fs";

/** Which file it is, by its device and number: another one renamed to its path, or made anew there, is another. */
export function identityOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`;
}

/** Which file stands at a path; `undefined` where there is none. */
export function fileIdentity(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : identityOf(stats);
}
