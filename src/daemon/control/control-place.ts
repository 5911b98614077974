import { createHash } from "node:crypto";
import { chmodSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { HarbingerError, systemCode } from "../../core/errors.ts";
import { ensureFolder, isOwnFolder, privateFolderMode } from "../../platform/private-files.ts";
import { parseStoreLocation, type StoreLocation } from "../../store/location.ts";

/** `sun_path` of unix(7) holds 108 bytes on Linux and 104 elsewhere, its NUL included. */
const longestSocketPath = 103;

/**
 * Where the process that works with a store listens for commands of this machine: a socket beside the database file; for
 * PostgreSQL, and where that path is too long for a socket, one in a private folder among the temporary files; a named pipe
 * on Windows. Whoever knows the store finds it. `HARBINGER_CONTROL` names another one.
 */
export function controlPlace(store: string, environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment["HARBINGER_CONTROL"] ?? "";
  if (named !== "") return path.resolve(named);
  const location = parseStoreLocation(store);
  if (process.platform === "win32") return `\\\\.\\pipe\\harbinger-${nameOf(location)}`;
  if (location.kind === "sqlite") {
    const beside = `${location.file}.control`;
    if (Buffer.byteLength(beside) <= longestSocketPath) return beside;
  }
  return path.join(folderAmongTemporaryFiles(), `${nameOf(location)}.control`);
}

function folderAmongTemporaryFiles(): string {
  return path.join(os.tmpdir(), `harbinger-${process.getuid?.() ?? 0}`);
}

/** The same store has the same name for whoever has the password and for whoever has another one. */
function nameOf(location: StoreLocation): string {
  let text: string;
  // Windows does not tell capitals from small letters in names of files.
  if (location.kind === "sqlite") text = process.platform === "win32" ? location.file.toLowerCase() : location.file;
  else {
    const { hostname, port, pathname } = new URL(location.url);
    text = `${hostname}:${port || 5432}${pathname}`;
  }
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/**
 * Makes the folder of the socket where it is one of ours among the temporary files.
 * @throws HarbingerError `permission` where another user has made a folder of that name
 */
export function prepareControlFolder(place: string): void {
  if (!isAmongTemporaryFiles(place)) return;
  const folder = path.dirname(place);
  ensureFolder(folder);
  refuseForeignFolder(place);
  chmodSync(folder, privateFolderMode);
}

/**
 * Everybody may make a folder among the temporary files, and answer there in our name.
 * @throws HarbingerError `permission` where another user has made it
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
    remedy: "HARBINGER_CONTROL names another place for the control socket.",
  });
}

function isAmongTemporaryFiles(place: string): boolean {
  return process.platform !== "win32" && path.dirname(place) === folderAmongTemporaryFiles();
}
