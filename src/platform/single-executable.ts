import { getAsset, getRawAsset, isSea } from "node:sea";

/** Whether this process is the single executable, which contains all files of the program; see scripts/package/. */
export const isSingleExecutable: boolean = isSea();

/**
 * An embedded file of the single executable. Its bytes are pages of the executable, loaded on demand; do not write to them.
 * @returns `undefined` in a checkout or an installed package, where it is a file on disk
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
