import type { Clock } from "../../core/clock.ts";
import type { SendOutcome } from "../../core/delivery.ts";
import { HarbingerError, messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import type { DeliveryStore } from "../../core/store.ts";

type Settlement = Parameters<DeliveryStore["settle"]>[2];

/** Between two tries to write a record: this at first, then twice as long up to the other. */
const initialWaitMs = 250;
const maxWaitMs = 30_000;
/** What the store says is not its own trouble, such as a delivery that is gone, is asked so many times; an hour or so. */
const maxRefusals = 120;
/** Remembered at most; the oldest is forgotten first. */
const maxUnrecorded = 10_000;

/** Writes what came of attempts, however long the store refuses; what could not be written is remembered. */
export class OutcomeRecord {
  readonly #outbox: Pick<DeliveryStore, "settle">;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #unrecorded = new Map<number, SendOutcome>();

  constructor(options: { readonly outbox: Pick<DeliveryStore, "settle">; readonly clock: Clock; readonly log: Log }) {
    this.#outbox = options.outbox;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** What came of an earlier attempt and could not be written; only where the message may have been taken. */
  unrecorded(deliveryId: number): SendOutcome | undefined {
    return this.#unrecorded.get(deliveryId);
  }

  /** Never rejects. Tries until it is written, until `leaving` is aborted, or until it makes no sense any more. */
  async write(deliveryId: number, outcome: SendOutcome, settlement: Settlement, leaving: AbortSignal): Promise<void> {
    let refusals = 0;
    for (let failures = 0; ; failures += 1) {
      try {
        await this.#outbox.settle(deliveryId, outcome, settlement);
        this.#unrecorded.delete(deliveryId);
        return;
      } catch (error) {
        if (error instanceof HarbingerError && error.code === "internal") refusals += 1;
        const isOver = refusals >= maxRefusals;
        const next = isOver ? "giving up" : "trying again";
        const level = failures === 0 || isOver ? "error" : "debug";
        this.#log[level](`cannot record what came of a delivery; ${next}`, {
          delivery: deliveryId,
          outcome: outcome.kind,
          error: messageOf(error),
          failures: failures + 1,
        });
      }
      await this.#clock.sleep(Math.min(initialWaitMs * 2 ** Math.min(failures, 10), maxWaitMs), leaving);
      if (leaving.aborted || refusals >= maxRefusals) {
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
