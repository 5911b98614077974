import type { HarbingerError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";

/** What waits for a database that is gone is given up after this. */
const endLimitMs = 20_000;

/**
 * Ends what runs where its database is lost, for whoever watches this process to start it again: a service manager, or the restart policy
 * of a container. Without one it would stay, and do nothing, for good.
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

  /** For `openStore`. */
  readonly tell = (error: HarbingerError): void => {
    this.#log.error(
      "the database is lost to this process, which ends now; the next start goes on with all that was stored",
      {
        error: error.message,
      },
    );
    // Whatever becomes of the orderly end.
    process.exitCode = 1;
    setTimeout(() => process.exit(1), endLimitMs).unref();
    this.#lost.abort(error);
  };

  /** @throws HarbingerError `store-lost` where it is lost */
  throwIfLost(): void {
    this.#lost.signal.throwIfAborted();
  }
}
