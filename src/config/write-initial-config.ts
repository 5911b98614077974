import { lstatSync, renameSync } from "node:fs";
import { HarbingerError, messageOf, systemCode } from "../core/errors.ts";
import { writeFileAtomically, writeNewFile } from "../platform/private-files.ts";

/**
 * Writes a new file that only its owner may read.
 * @param force renames an existing file to `FILE.bak`; without it, an existing file is never changed
 * @throws HarbingerError `config` if the file exists, `permission` if it cannot be written
 */
export function writeInitialConfig(file: string, text: string, options: { readonly force?: boolean } = {}): void {
  try {
    if (options.force === true) keep(file);
    writeNewFile(file, text);
  } catch (error) {
    if (error instanceof HarbingerError) throw error;
    if (systemCode(error) === "EEXIST") {
      throw new HarbingerError("config", `${file} already exists and was not changed`, {
        remedy: "Name another file with --config, or use --force: it keeps the existing file as FILE.bak.",
        cause: error,
      });
    }
    throw new HarbingerError("permission", `${file} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

/** Writes a secret, readable by its owner only; replaces an existing file. */
export function writeSecretFile(file: string, secret: string): void {
  try {
    writeFileAtomically(file, `${secret}\n`);
  } catch (error) {
    throw new HarbingerError("permission", `${file} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function keep(file: string): void {
  try {
    if (!lstatSync(file).isFile() && !lstatSync(file).isSymbolicLink()) {
      throw new HarbingerError("config", `${file} is not a regular file and was not changed`, {
        remedy: "Name another file with --config.",
      });
    }
    renameSync(file, `${file}.bak`);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}
