import type { Clock } from "../../core/clock.ts";
import type { SendOutcome } from "../../core/delivery.ts";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { DeliveryStore } from "../../core/store.ts";

type OutcomeTimes = Parameters<DeliveryStore["recordOutcome"]>[2];

/** Waits between two tries to write a record: they double from the initial one to the maximum. */
const initialWaitMs = 250;
const maxWaitMs = 30_000;
/** Tries for an error that is not an outage of the store, such as a deleted delivery; about an hour. */
const maxRefusals = 120;
/** At this limit the oldest outcome is removed. */
const maxUnrecorded = 10_000;

/** Records the outcomes of attempts. It retries for as long as the store fails, and keeps outcomes that it could not record. */
export class OutcomeRecord {
  readonly #outbox: Pick<DeliveryStore, "recordOutcome">;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #unrecorded = new Map<number, SendOutcome>();

  constructor(options: {
    readonly outbox: Pick<DeliveryStore, "recordOutcome">;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#outbox = options.outbox;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** The outcome of an earlier attempt that could not be recorded; only if the message may have been accepted. */
  unrecorded(deliveryId: number): SendOutcome | undefined {
    return this.#unrecorded.get(deliveryId);
  }

  /** Never rejects. Retries until the outcome is recorded, `abandoned` is aborted, or the limit for refusals is reached. */
  async write(deliveryId: number, outcome: SendOutcome, times: OutcomeTimes, abandoned: AbortSignal): Promise<void> {
    let refusals = 0;
    for (let failures = 0; ; failures += 1) {
      try {
        await this.#outbox.recordOutcome(deliveryId, outcome, times);
        this.#unrecorded.delete(deliveryId);
        return;
      } catch (error) {
        if (error instanceof HarbingerError && error.code === "internal") refusals += 1;
        const isOver = refusals >= maxRefusals;
        const next = isOver ? "giving up" : "retrying";
        const level = failures === 0 || isOver ? "error" : "debug";
        this.#log[level](`cannot record the outcome of a delivery; ${next}`, {
          delivery: deliveryId,
          outcome: outcome.kind,
          error: messageOf(error),
          failures: failures + 1,
        });
      }
      await this.#clock.sleep(Math.min(initialWaitMs * 2 ** Math.min(failures, 10), maxWaitMs), abandoned);
      if (abandoned.aborted || refusals >= maxRefusals) {
        if (outcome.kind !== "retry") this.#remember(deliveryId, outcome);
        return;
      }
    }
  }

  #remember(deliveryId: number, outcome: SendOutcome): void {
    this.#unrecorded.set(deliveryId, outcome);
    const [oldest] = this.#unrecorded.keys();
    if (oldest !== undefined && this.#unrecorded.size > maxUnrecorded) this.#unrecorded.delete(oldest);
  }
}
