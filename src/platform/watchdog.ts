import type { Clock } from "../core/clock.ts";
import type { Log } from "../core/log.ts";

/**
 * Sends a small query to the store. `lost`: only a restart helps. Everything else counts as an answer, an error as well: a restart
 * does not help against a full disk or an unreachable database server, and would lose what waits in memory.
 */
export type StoreQuestion = () => Promise<"answers" | "lost">;

export interface WatchdogOptions {
  /** Milliseconds; half of the service manager's time-out. */
  readonly everyMs: number;
  readonly ask: StoreQuestion;
  readonly clock: Clock;
  readonly log: Log;
  /** Notifies the service manager that this process works. */
  readonly well: () => void;
}

/** Longer than any statement of ours takes on a large database with a slow disk. */
const silenceMs = 5 * 60_000;

/**
 * Reports again and again that this process works, until `signal` is aborted. An event loop that hangs reports nothing. Neither does one
 * whose store is lost, or has not answered for five minutes: that happens where a thread hangs.
 */
export async function runWatchdog(options: WatchdogOptions, signal: AbortSignal): Promise<void> {
  const { everyMs, ask, clock, log, well } = options;
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
    if (!isStuck) well();
    else if (!wasStuck)
      log.error("the database does not answer any more: the service manager will restart this service");
    wasStuck = isStuck;
    await clock.sleep(everyMs, signal);
  }
}
