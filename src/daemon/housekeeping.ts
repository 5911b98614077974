import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import { sizeText } from "../core/size-text.ts";
import type { Store } from "../core/store.ts";
import { pruneReportFiles } from "../notify/channels/file/prune-report-files.ts";
import type { RetentionSettings } from "../store/schema.ts";
import { describeSizes, pruneToSize } from "./prune-to-size.ts";
import type { Replaceable, Replacement } from "./reload/replacement.ts";

export interface HousekeepingParts {
  readonly store: Store;
  readonly retention: RetentionSettings;
  /** The folder of report files, if any. */
  readonly reports?: { readonly directory: string } | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const everyMs = 60 * 60 * 1000;

type Settings = Pick<HousekeepingParts, "retention" | "reports">;

/** Prunes expired records at once and then every hour. After a failure it retries in the next hour. */
export class Housekeeping implements Replaceable<Settings> {
  readonly #parts: HousekeepingParts;
  #settings: Settings;
  #wakeup = new AbortController();
  /** Whether it was already logged that `max_size` cannot be kept. */
  readonly #logged = { tooLarge: false };

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
    this.#settings = parts;
  }

  async runUntil(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      await pruneExpired({ ...this.#parts, ...this.#settings }, this.#logged);
      await clock.sleep(everyMs, AbortSignal.any([signal, this.#wakeup.signal]));
    }
  }

  /** New retention times apply at once. */
  async prepare({ retention, reports }: Settings): Promise<Replacement | undefined> {
    const isSame = reports?.directory === this.#settings.reports?.directory;
    if (isSame && isDeepStrictEqual(retention, this.#settings.retention)) return undefined;
    return {
      commit: () => {
        this.#settings = { retention, reports };
        this.#wakeup.abort();
        this.#wakeup = new AbortController();
      },
    };
  }
}

/** Prunes once. @param logged the warnings that were already logged, and are not repeated */
export async function pruneExpired(
  { store, retention, reports, clock, log }: HousekeepingParts,
  logged: { tooLarge: boolean } = { tooLarge: false },
): Promise<void> {
  const { reportsMs, hostsMs, connectionsMs, connectionsAtMost, connectionsMaxBytes, maxBytes } = retention;
  try {
    const wall = clock.now();
    const now = await store.trustedTime(wall);
    if (now < wall) log.warn("the clock is far ahead of the last known time; old records are kept for now");
    const before = now - connectionsMs;
    const { deliveries, scans, certificates, services } = await store.prune({
      before: now - reportsMs,
      alertsBefore: before,
      hostsBefore: now - hostsMs,
      scansAtMost: retention.scansAtMost,
      discoveriesAtMost: retention.discoveriesAtMost,
    });
    const connections = await store.connections.prune({
      before,
      keepAtMost: connectionsAtMost,
      keepBytes: connectionsMaxBytes,
    });
    if (deliveries + scans + certificates + services + connections > 0) {
      log.info("pruned expired records", { deliveries, scans, certificates, services, connections });
    }
    const { pruned, excess } = await pruneToSize(store, { maxBytes, now });
    if (pruned > 0) {
      log.warn("pruned the oldest records: retention.max_size is reached", {
        pruned,
        limit: sizeText(maxBytes),
      });
    }
    if (excess !== undefined && !logged.tooLarge) {
      log.warn(
        "the database is larger than retention.max_size, and the remaining records are still needed; raise the limit",
        { size: sizeText(excess.bytes), limit: sizeText(maxBytes), largestTables: describeSizes(excess.tables) },
      );
    }
    logged.tooLarge = excess !== undefined;
    const released = await store.releaseSpace();
    if (released > 0) log.info("released unused space of the database", { bytes: released });
    if (reports !== undefined) await removeReports(reports.directory, { retention, now, log });
  } catch (error) {
    log.warn("cannot prune old records", { error: messageOf(error) });
  }
}

async function removeReports(
  directory: string,
  { retention, now, log }: { readonly retention: RetentionSettings; readonly now: number; readonly log: Log },
): Promise<void> {
  const { ageMs, ...limits } = retention.reportFiles;
  if (ageMs === undefined && limits.atMost === undefined && limits.maxBytes === undefined) return;
  try {
    const removed = await pruneReportFiles(directory, {
      ...limits,
      before: ageMs === undefined ? undefined : now - ageMs,
    });
    if (removed.reports > 0) log.info("removed old report files", { ...removed, directory });
  } catch (error) {
    log.warn("cannot remove old report files", { directory, error: messageOf(error) });
  }
}
