import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import { OutageLog } from "../../core/outage-log.ts";
import { isPassing } from "./postgres-errors.ts";

const initialPauseMs = 100;
const maxPauseMs = 2000;

export interface OutageRetryOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** How long a call is retried while the server restarts or is unreachable. 0: each call is tried once. */
  readonly patienceMs: number;
}

/**
 * Retries calls that failed for a temporary reason: the server restarts, another one takes over, the network is cut,
 * all its connections are taken. The start and the end of an outage are logged once each, however many calls fail.
 */
export class OutageRetry {
  readonly #options: OutageRetryOptions;
  readonly #outage: OutageLog;
  readonly #closing = new AbortController();

  constructor(options: OutageRetryOptions) {
    this.#options = options;
    this.#outage = new OutageLog({
      ...options,
      fails: "the database server is not available; retrying",
      works: "the database server is available again",
    });
  }

  /** @param mayRepeat called after a failure: whether another attempt is safe */
  async run<Result>(attempt: () => Promise<Result>, mayRepeat: () => boolean): Promise<Result> {
    const { clock, patienceMs } = this.#options;
    const giveUpAt = clock.monotonic() + patienceMs;
    for (let pauseMs = initialPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      try {
        const result = await attempt();
        this.#outage.worked();
        return result;
      } catch (error) {
        if (!isPassing(error)) throw error;
        if (patienceMs > 0) this.#outage.failed(error);
        if (!mayRepeat() || this.#closing.signal.aborted || clock.monotonic() + pauseMs >= giveUpAt) throw error;
      }
      await clock.sleep(pauseMs, this.#closing.signal);
    }
  }

  /** Calls in progress are not retried any more. */
  close(): void {
    this.#closing.abort();
  }
}
