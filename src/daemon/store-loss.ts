import type { HarbingerError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";

/** Shutdown after a lost database is forced after this time. */
const endLimitMs = 20_000;

/**
 * Ends the process when its database is lost, so that a service manager, or the restart policy of a container, restarts it.
 * Otherwise the process would keep running without working.
 */
export class StoreLoss {
  readonly #lost = new AbortController();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Aborted as soon as it is lost. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Callback for `openStore`. */
  readonly report = (error: HarbingerError): void => {
    this.#log.error("lost the database, exiting; the next start continues with everything stored", {
      error: error.message,
    });
    // Even if the graceful shutdown hangs.
    process.exitCode = 1;
    setTimeout(() => process.exit(1), endLimitMs).unref();
    this.#lost.abort(error);
  };

  /** @throws HarbingerError `store-lost` if it is lost */
  throwIfLost(): void {
    this.#lost.signal.throwIfAborted();
  }
}
