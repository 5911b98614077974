import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";

/**
 * Sends a small query to the store. `lost`: only a restart helps. Everything else counts as an answer, even an error: a restart
 * does not help against a full disk or an unreachable database server, and would lose unsaved data in memory.
 */
export type StoreQuery = () => Promise<"answers" | "lost">;

export interface WatchdogOptions {
  /** Milliseconds; half of the service manager's time-out. */
  readonly everyMs: number;
  readonly ask: StoreQuery;
  readonly clock: Clock;
  readonly log: Log;
  /** Notifies the service manager that this process works. */
  readonly notify: () => void;
}

/** Longer than any of our statements takes on a large database with a slow disk. */
const silenceMs = 5 * 60_000;

/**
 * Reports at intervals that this process works, until `signal` is aborted. Reports nothing if the event loop hangs, if the store
 * is lost, or if it has not answered for five minutes, as when its thread hangs.
 */
export async function runWatchdog(options: WatchdogOptions, signal: AbortSignal): Promise<void> {
  const { everyMs, ask, clock, log, notify } = options;
  let askedAt: number | undefined;
  let isLost = false;
  let wasStuck = false;
  while (!signal.aborted) {
    if (askedAt === undefined) {
      askedAt = clock.monotonic();
      void ask().then((answer) => {
        askedAt = undefined;
        isLost = answer === "lost";
      });
    }
    const isStuck = isLost || clock.monotonic() - askedAt > silenceMs;
    if (!isStuck) notify();
    else if (!wasStuck) log.error("the database no longer answers: the service manager will restart this service");
    wasStuck = isStuck;
    await clock.sleep(everyMs, signal);
  }
}
