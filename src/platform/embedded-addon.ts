import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { systemCode } from "../core/errors.ts";
import { embeddedFile } from "./single-executable.ts";

/** O_TMPFILE of Linux: a file without a name, which no other process can open. */
const unnamedFile = 0o20_200_000;

/**
 * Loads a native module that is embedded in the single executable. The system loads native code from files only. A file that
 * another user could have written must not be loaded, so the module is written to a new file without a name each time. The file
 * disappears with the process.
 * @throws the system's error if no folder is writable, or the system does not load code from there (`noexec`)
 */
export function loadEmbeddedAddon(name: string): unknown {
  const code = embeddedFile(name);
  if (code === undefined) throw new Error(`${name} is not part of this program`);
  let failure: unknown;
  for (const folder of new Set([os.tmpdir(), "/dev/shm", "/var/tmp"])) {
    try {
      return loadThrough(folder, code);
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

function loadThrough(folder: string, code: Buffer): unknown {
  let descriptor: number;
  try {
    descriptor = openSync(folder, constants.O_RDWR | constants.O_EXCL | unnamedFile, 0o700);
  } catch (error) {
    if (systemCode(error) === "EOPNOTSUPP" || systemCode(error) === "EISDIR") return loadNamed(folder, code);
    throw error;
  }
  try {
    writeFileSync(descriptor, code);
    return load(`/proc/self/fd/${descriptor}`);
  } finally {
    closeSync(descriptor);
  }
}

/** For file systems without unnamed files: uses a new folder that only this user can access. */
function loadNamed(folder: string, code: Buffer): unknown {
  const own = mkdtempSync(path.join(folder, "harbinger-"));
  try {
    const file = path.join(own, "addon.node");
    writeFileSync(file, code, { mode: 0o700, flag: "wx" });
    return load(file);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

function load(file: string): unknown {
  const module: { exports: unknown } = { exports: {} };
  process.dlopen(module, file);
  return module.exports;
}
