import type { Clock } from "./clock.ts";
import { messageOf, remedyOf } from "./errors.ts";
import type { Log, LogFields } from "./log.ts";

/** Minimum interval of reminders during an outage. */
const remindEveryMs = 10 * 60_000;

/** Logs an operation that may fail many times in a row: at the first failure, at intervals while it fails, and when it works again. */
export class OutageLog {
  readonly #options: { readonly clock: Clock; readonly log: Log; readonly fails: string; readonly works: string };
  #since: number | undefined;
  #remindAt = 0;
  #failures = 0;

  /** @param options.fails the message when it fails, such as `cannot store connections: database error; retrying`; `works` afterwards */
  constructor(options: { readonly clock: Clock; readonly log: Log; readonly fails: string; readonly works: string }) {
    this.#options = options;
  }

  /** Since when it fails, on the monotonic clock; `undefined` while it works. */
  get since(): number | undefined {
    return this.#since;
  }

  failed(error: unknown, fields: LogFields = {}): void {
    const { clock, log, fails } = this.#options;
    const now = clock.monotonic();
    this.#failures += 1;
    const all = { error: messageOf(error), remedy: remedyOf(error), ...fields, failures: this.#failures };
    if (this.#since !== undefined && now < this.#remindAt) {
      log.debug(fails, all);
      return;
    }
    this.#since ??= now;
    this.#remindAt = now + remindEveryMs;
    log.error(fails, all);
  }

  worked(fields: LogFields = {}): void {
    if (this.#since === undefined) return;
    const { clock, log, works } = this.#options;
    const seconds = Math.round((clock.monotonic() - this.#since) / 1000);
    log.warn(works, { ...fields, afterSeconds: seconds, failures: this.#failures });
    this.#since = undefined;
    this.#failures = 0;
  }
}
