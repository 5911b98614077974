import { createHash } from "node:crypto";
import { chmodSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { HarbingerError, systemCode } from "../../core/errors.ts";
import { ensureFolder, isOwnFolder, privateFolderMode } from "../../platform/private-files.ts";
import { parseStoreLocation, type StoreLocation } from "../../store/location.ts";

/** `sun_path` of unix(7) holds 108 bytes on Linux and 104 elsewhere, its NUL included. */
const maxSocketPathBytes = 103;

/**
 * Where the process that uses a store listens for local commands: a socket beside the database file. For PostgreSQL, or if that
 * path is too long for a socket: a socket in a private folder among the temporary files. On Windows: a named pipe. The place is
 * derived from the store; `HARBINGER_CONTROL` overrides it.
 */
export function controlPlace(store: string, environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment["HARBINGER_CONTROL"] ?? "";
  if (named !== "") return path.resolve(named);
  const location = parseStoreLocation(store);
  if (process.platform === "win32") return `\\\\.\\pipe\\harbinger-${nameOf(location)}`;
  if (location.kind === "sqlite") {
    const beside = `${location.file}.control`;
    if (Buffer.byteLength(beside) <= maxSocketPathBytes) return beside;
  }
  return path.join(folderAmongTemporaryFiles(), `${nameOf(location)}.control`);
}

function folderAmongTemporaryFiles(): string {
  return path.join(os.tmpdir(), `harbinger-${process.getuid?.() ?? 0}`);
}

/** Independent of the password, so that every user of the same store gets the same name. */
function nameOf(location: StoreLocation): string {
  let text: string;
  // Windows file names are case-insensitive.
  if (location.kind === "sqlite") text = process.platform === "win32" ? location.file.toLowerCase() : location.file;
  else {
    const { hostname, port, pathname } = new URL(location.url);
    text = `${hostname}:${port || 5432}${pathname}`;
  }
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/**
 * Creates the folder of the socket if it is ours among the temporary files.
 * @throws HarbingerError `permission` if another user created a folder of that name
 */
export function prepareControlFolder(place: string): void {
  if (!isAmongTemporaryFiles(place)) return;
  const folder = path.dirname(place);
  ensureFolder(folder);
  refuseForeignFolder(place);
  chmodSync(folder, privateFolderMode);
}

/**
 * Any user can create a folder among the temporary files and impersonate us there.
 * @throws HarbingerError `permission` if another user created it
 */
export function refuseForeignFolder(place: string): void {
  if (!isAmongTemporaryFiles(place)) return;
  const folder = path.dirname(place);
  try {
    if (isOwnFolder(folder)) return;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  throw new HarbingerError("permission", `${folder} belongs to another user`, {
    remedy: "Set HARBINGER_CONTROL to another path for the control socket.",
  });
}

function isAmongTemporaryFiles(place: string): boolean {
  return process.platform !== "win32" && path.dirname(place) === folderAmongTemporaryFiles();
}
