import type { Clock, Random } from "../../core/clock.ts";
import type { Channel, Delivery, SendOutcome } from "../../core/delivery.ts";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { safeText } from "../../core/safe-text.ts";
import type { DeliveryStore } from "../../core/store.ts";
import { type ChannelMap, unconfigured } from "../channel-map.ts";
import type { ClosedLanes } from "./closed-lanes.ts";
import { OutcomeRecord } from "./outcome-record.ts";
import { defaultRetrySchedule, nextAttemptAt, type RetrySchedule } from "./retry-schedule.ts";

/** What a new configuration may change. */
export interface AttempterSettings {
  readonly channels: ChannelMap;
  readonly retrySchedule?: RetrySchedule;
  /**
   * Time limit of an attempt. Default 15 minutes: a mail server may take 10 minutes to accept a message (RFC 5321 section
   * 4.5.3.2.6), and a client that gives up sooner sends it twice.
   */
  readonly attemptLimitMs?: number;
}

export interface AttempterOptions extends AttempterSettings {
  readonly outbox: Pick<DeliveryStore, "recordOutcome">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface AttemptSignals {
  /** The loop stops and the grace time is over: end the attempt now. */
  readonly abort: AbortSignal;
  /** The loop stops: do not retry to write records. */
  readonly abandon: AbortSignal;
}

/** The result of one attempt. */
export type AttemptResult = "delivered" | "retried" | "dead";

/** Makes one attempt: gives a claimed delivery to its channel and records the outcome. */
export class Attempter {
  readonly #options: Omit<AttempterOptions, keyof AttempterSettings>;
  #settings: AttempterSettings;
  readonly #lanes: ClosedLanes;
  readonly #record: OutcomeRecord;

  /** @param lanes are closed and opened as attempts find them */
  constructor(options: AttempterOptions, lanes: ClosedLanes) {
    this.#options = options;
    this.#settings = options;
    this.#lanes = lanes;
    this.#record = new OutcomeRecord(options);
  }

  /** New attempts use these settings; attempts in progress keep their own. */
  adjust(settings: AttempterSettings): void {
    this.#settings = settings;
  }

  /**
   * Never rejects; resolves when the outcome is recorded.
   * @param onResult called when the outcome is known
   */
  async attempt(delivery: Delivery, signals: AttemptSignals, onResult: (result: AttemptResult) => void): Promise<void> {
    const { clock, log } = this.#options;
    const channel = this.#settings.channels[delivery.channel];
    const outcome = this.#record.unrecorded(delivery.id) ?? (await this.#send(delivery, channel, signals.abort));
    const at = clock.now();
    const attempts = delivery.attempts + 1;
    // The channel was replaced meanwhile, so the outcome says nothing about the new one: try that at once.
    const isReplaced = channel !== this.#settings.channels[delivery.channel];
    const next =
      outcome.kind !== "retry" ? undefined : isReplaced ? at : this.#nextAttemptAt(delivery, outcome, at, signals);
    if (outcome.kind === "retry" && outcome.closed === true && next !== undefined && !isReplaced)
      this.#lanes.close(delivery, { at, until: next });
    else if (!signals.abort.aborted) this.#lanes.open(delivery);
    // Record first: if the process is killed before, the message is sent twice.
    const times = next === undefined ? { at } : { at, nextAttemptAt: next };
    const written = this.#record.write(delivery.id, outcome, times, signals.abandon);
    const fields = {
      delivery: delivery.id,
      label: delivery.label,
      channel: delivery.channel,
      recipient: delivery.recipient,
      attempts,
    };
    if (outcome.kind === "delivered") {
      onResult("delivered");
      log.info("delivered", { ...fields, detail: outcome.detail });
    } else if (next !== undefined) {
      onResult("retried");
      log.warn("not delivered yet", { ...fields, reason: outcome.reason, nextAttemptInMs: next - at });
    } else {
      onResult("dead");
      const why =
        outcome.kind === "rejected"
          ? "gave up: the message was rejected"
          : "gave up: not delivered within give_up_after";
      const next = `to send it again: harbinger deliveries retry ${delivery.id}`;
      log.error(why, { ...fields, reason: outcome.reason, next });
    }
    await written;
  }

  #nextAttemptAt(
    delivery: Delivery,
    outcome: SendOutcome & { readonly kind: "retry" },
    at: number,
    { abort }: AttemptSignals,
  ): number | undefined {
    // Aborted because the loop stops: the next start tries at once.
    if (abort.aborted) return at;
    const { random } = this.#options;
    const { retrySchedule = defaultRetrySchedule } = this.#settings;
    const { createdAt } = delivery;
    const { retryAfterMs, closed = false } = outcome;
    // A delivery that waited in a closed lane continues with the back-off of that lane.
    const attempts = Math.max(delivery.attempts, closed ? this.#lanes.failures(delivery) : 0) + 1;
    return nextAttemptAt(retrySchedule, { attempts, createdAt, at, closed, retryAfterMs }, random);
  }

  async #send(delivery: Delivery, channel: Channel | undefined, abort: AbortSignal): Promise<SendOutcome> {
    const { clock, log } = this.#options;
    const { attemptLimitMs = 15 * 60_000 } = this.#settings;
    const { message } = delivery;
    if (message === undefined) return { kind: "rejected", reason: "the delivery has no message" };
    if (channel === undefined) return unconfigured(delivery.channel);
    const finished = new AbortController();
    const overdue = new AbortController();
    const limit = clock.sleep(attemptLimitMs, finished.signal).then(() => {
      if (!finished.signal.aborted) overdue.abort();
    });
    try {
      return await channel.send(message, delivery.recipient, AbortSignal.any([overdue.signal, abort]));
    } catch (error) {
      // A channel returns outcomes. An exception is a bug in it, but the delivery must not be lost.
      log.error("a channel threw unexpectedly", { channel: delivery.channel, error: messageOf(error) });
      return { kind: "retry", reason: safeText(`internal error: ${messageOf(error)}`), uncertain: true };
    } finally {
      finished.abort();
      await limit;
    }
  }
}
