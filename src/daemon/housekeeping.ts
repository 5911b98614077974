import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { Store } from "../core/store.ts";
import type { RetentionSettings } from "../store/schema.ts";
import type { Replaceable, Replacement } from "./reload/replacement.ts";

export interface Household {
  readonly store: Store;
  readonly retention: RetentionSettings;
  readonly clock: Clock;
  readonly log: Log;
}

const everyMs = 60 * 60 * 1000;

/** Forgets what is old enough, at once and then each hour. A failure waits for the next hour. */
export class Housekeeping implements Replaceable<{ readonly retention: RetentionSettings }> {
  readonly #household: Household;
  #retention: RetentionSettings;
  #wakeup = new AbortController();

  constructor(household: Household) {
    this.#household = household;
    this.#retention = household.retention;
  }

  async runUntil(signal: AbortSignal): Promise<void> {
    const { clock } = this.#household;
    while (!signal.aborted) {
      await forget({ ...this.#household, retention: this.#retention });
      await clock.sleep(everyMs, AbortSignal.any([signal, this.#wakeup.signal]));
    }
  }

  /** Other times are kept at once. */
  async prepare({ retention }: { readonly retention: RetentionSettings }): Promise<Replacement | undefined> {
    if (isDeepStrictEqual(retention, this.#retention)) return undefined;
    return {
      commit: () => {
        this.#retention = retention;
        this.#wakeup.abort();
        this.#wakeup = new AbortController();
      },
    };
  }
}

/** Once. */
export async function forget({ store, retention, clock, log }: Household): Promise<void> {
  const { reportsMs, hostsMs, connectionsMs, connectionsAtMost, connectionsMaxBytes } = retention;
  try {
    const wall = clock.now();
    const now = await store.trustedTime(wall);
    if (now < wall) log.warn("the clock is far ahead of the last time that is known; old records are kept for now");
    const before = now - connectionsMs;
    const { deliveries, scans, certificates, services } = await store.prune({
      before: now - reportsMs,
      alertsBefore: before,
      hostsBefore: now - hostsMs,
    });
    const connections = await store.connections.prune({
      before,
      keepAtMost: connectionsAtMost,
      keepBytes: connectionsMaxBytes,
    });
    if (deliveries + scans + certificates + services + connections > 0) {
      log.info("pruned expired records", { deliveries, scans, certificates, services, connections });
    }
    const released = await store.releaseSpace();
    if (released > 0) log.info("gave unused space of the database back", { bytes: released });
  } catch (error) {
    log.warn("old records could not be removed", { error: messageOf(error) });
  }
}
