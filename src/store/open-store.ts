import { readFileSync } from "node:fs";
import type { Clock } from "../core/clock.ts";
import { HarbingerError, messageOf } from "../core/errors.ts";
import { type Log, silentLog } from "../core/log.ts";
import type { Store } from "../core/store.ts";
import { systemClock } from "../platform/system-clock.ts";
import { parseStoreLocation, shownLocation } from "./location.ts";

export interface OpenStoreOptions {
  /** `sqlite:FILE`, a file name, or a `postgres://` URL. */
  readonly location: string;
  /** The PostgreSQL password, where it is not in the URL; or a file that contains it. */
  readonly password?: string | undefined;
  readonly passwordFile?: string;
  /** Relative file names start here; by default in the working directory. */
  readonly folder?: string;
  readonly clock?: Clock;
  readonly log?: Log;
  /**
   * Where SQLite runs. `own`, the default: in a thread of its own, so that no long statement blocks this one.
   * `caller`: in this thread, which starts quicker; for short commands.
   */
  readonly thread?: "own" | "caller";
  /**
   * How long a call waits for a PostgreSQL server that restarts or cannot be reached. Default 0: it fails at once, as
   * a command should.
   */
  readonly patienceMs?: number | undefined;
  /**
   * Called when the database thread has ended, out of memory or by a bug: every call fails from then on, and only a
   * restart of the process helps.
   */
  readonly lost?: (error: HarbingerError) => void;
}

/** How long to wait for another program that holds SQLite's write lock. */
const busyTimeoutMs = 5000;

/**
 * Opens the store, creates it where there is none, brings an older one up to date, and takes over a database of the
 * earlier tool. The implementation of the other database is never loaded.
 * @throws HarbingerError `config`, `permission`, `store`, `store-busy`, `store-full` or `store-newer`; no message
 * contains a password
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const location = parseStoreLocation(options.location, options.folder);
  const clock = options.clock ?? systemClock;
  const log = options.log ?? silentLog;
  if (location.kind === "postgres") {
    const { openPostgresStore } = await import("./postgres/open-postgres-store.ts");
    const password = options.passwordFile === undefined ? options.password : readPassword(options.passwordFile);
    return openPostgresStore({
      url: location.url,
      shownLocation: shownLocation(location),
      clock,
      log,
      password,
      patienceMs: options.patienceMs,
    });
  }
  if (options.thread === "caller") {
    const { openSqliteStore } = await import("./sqlite/open-sqlite-store.ts");
    return openSqliteStore({ file: location.file, clock, log, busyTimeoutMs, role: "all" });
  }
  const { openWorkerStore } = await import("./sqlite/worker-store.ts");
  const { lost } = options;
  return openWorkerStore({ file: location.file, clock, log, busyTimeoutMs, lost });
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new HarbingerError("config", `cannot read the database password: ${messageOf(error)}`, { cause: error });
  }
}
