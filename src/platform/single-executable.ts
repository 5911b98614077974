import { getAsset, getRawAsset, isSea } from "node:sea";

/** Whether this process is the single executable, which holds all that belongs to the program; see scripts/package/. */
export const isSingleExecutable: boolean = isSea();

/**
 * A file that the single executable holds: pages of the executable itself, read when they are needed. Not to be written to.
 * @returns `undefined` in a checkout or an installed package, where it is a file
 */
export function embeddedFile(name: string): Buffer | undefined {
  if (!isSingleExecutable) return undefined;
  const bytes = getRawAsset(name);
  return typeof bytes === "string" ? Buffer.from(bytes) : Buffer.from(bytes);
}

/** The same as text. */
export function embeddedText(name: string): string | undefined {
  return isSingleExecutable ? getAsset(name, "utf8") : undefined;
}
