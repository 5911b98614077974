import { accessSync, constants } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { Port } from "../../core/ports.ts";
import { ensureFolder, isOwnFolder } from "../../platform/private-files.ts";
import type { PortwatcherSettings } from "./environment.ts";

/** The default port; an instance on another port may run in the same folder. */
const usualPort: Port = 1417;

export interface StorePlace {
  readonly location: string;
  /** Whether it is lost when the system or the container restarts. */
  readonly isTemporary: boolean;
}

/**
 * The database file of `portwatcher`: in the working directory or, if that cannot be written (a container's
 * read-only file system), in a private folder among the temporary files.
 * @throws HarbingerError `permission` if that folder belongs to another user
 */
export function portwatcherStorePlace(
  port: Port,
  folders: { readonly working: string; readonly temporary: string } = { working: ".", temporary: tmpdir() },
): StorePlace {
  const file = port === usualPort ? "portwatcher.db" : `portwatcher-${port}.db`;
  const working = path.resolve(folders.working);
  if (isWritable(working)) return { location: path.join(working, file), isTemporary: false };
  const user = process.getuid?.();
  const folder = path.join(folders.temporary, user === undefined ? "portwatcher" : `portwatcher-${user}`);
  try {
    ensureFolder(folder);
    if (!isOwnFolder(folder)) throw new Error("it belongs to another user");
  } catch (error) {
    throw new HarbingerError("permission", `neither ${working} nor ${folder} can be used: ${messageOf(error)}`, {
      remedy: "Set PW_STORE to a file in a folder that this user can write to.",
      cause: error,
    });
  }
  return { location: path.join(folder, file), isTemporary: true };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `PW_STORE`, or the default file. */
export function storeLocation({ store, listener }: Pick<PortwatcherSettings, "store" | "listener">, log: Log): string {
  if (store !== undefined) return store;
  const place = portwatcherStorePlace(listener.ports[0] ?? 0);
  if (place.isTemporary) {
    const user = process.getuid?.() ?? userInfo().username;
    log.warn(
      `${process.cwd()} cannot be written by user ${user}: waiting deliveries are stored among the temporary files and are lost when the container or the system restarts. To keep them, give the folder to this user (chown ${user}), or set PW_STORE to a writable file`,
      { store: place.location },
    );
  }
  return place.location;
}
