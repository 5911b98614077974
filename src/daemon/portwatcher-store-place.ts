import { accessSync, constants } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import type { PortwatcherSettings } from "../config/portwatcher-environment.ts";
import { HarbingerError, messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { Port } from "../core/ports.ts";
import { ensureFolder, isOwnFolder } from "../platform/private-files.ts";

/** Of the earlier tool and of us; whoever listens elsewhere may do so from the same folder. */
const usualPort: Port = 1417;

export interface StorePlace {
  readonly location: string;
  /** It does not outlive the system's, or the container's, next start. */
  readonly isTemporary: boolean;
}

/**
 * Where `portwatcher` keeps what is due: a file in the working directory or, where that cannot be written (a container's
 * read-only file system), in a folder of our own among the temporary files.
 * @throws HarbingerError `permission` where that folder is somebody else's
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
    if (!isOwnFolder(folder)) throw new Error("it belongs to somebody else");
  } catch (error) {
    throw new HarbingerError("permission", `neither ${working} nor ${folder} can be used: ${messageOf(error)}`, {
      remedy: "Set PW_STORE to a file in a folder that this user may write.",
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

/** `PW_STORE`, or the file that is chosen without it. */
export function storeLocation({ store, listener }: Pick<PortwatcherSettings, "store" | "listener">, log: Log): string {
  if (store !== undefined) return store;
  const place = portwatcherStorePlace(listener.ports[0] ?? 0);
  if (place.isTemporary) {
    const user = process.getuid?.() ?? userInfo().username;
    log.warn(
      `${process.cwd()} cannot be written by user ${user}: what waits to be delivered stands among the temporary files, and a restart of the container or the system loses it. To keep it, give the folder to this user (chown ${user}), or set PW_STORE to a file that it may write`,
      { store: place.location },
    );
  }
  return place.location;
}
