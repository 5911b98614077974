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
   * After this an attempt is broken off. Default 15 minutes: a mail server may think about a message for 10 (RFC 5321
   * section 4.5.3.2.6), and who gives up sooner sends it twice.
   */
  readonly attemptLimitMs?: number;
}

export interface AttempterOptions extends AttempterSettings {
  readonly outbox: Pick<DeliveryStore, "settle">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface AttemptSignals {
  /** We stop, and the grace time is over: break off now. */
  readonly abort: AbortSignal;
  /** We stop: write records no longer. */
  readonly abandon: AbortSignal;
}

/** What became of a delivery in one attempt. */
export type AttemptResult = "delivered" | "retried" | "dead";

/** One attempt after the other: hands a claimed delivery to its channel and records what came of it. */
export class Attempter {
  readonly #options: Omit<AttempterOptions, keyof AttempterSettings>;
  #settings: AttempterSettings;
  readonly #lanes: ClosedLanes;
  readonly #record: OutcomeRecord;

  /** @param lanes are told which of them an attempt found closed, or open */
  constructor(options: AttempterOptions, lanes: ClosedLanes) {
    this.#options = options;
    this.#settings = options;
    this.#lanes = lanes;
    this.#record = new OutcomeRecord(options);
  }

  /** From now on attempts begin with these; those under way end with the ones that they began with. */
  adjust(settings: AttempterSettings): void {
    this.#settings = settings;
  }

  /**
   * Never rejects; ends when the record is written.
   * @param onResult told when the outcome is known
   */
  async attempt(delivery: Delivery, signals: AttemptSignals, onResult: (result: AttemptResult) => void): Promise<void> {
    const { clock, log } = this.#options;
    const channel = this.#settings.channels[delivery.channel];
    const outcome = this.#record.unrecorded(delivery.id) ?? (await this.#send(delivery, channel, signals.abort));
    const at = clock.now();
    const attempts = delivery.attempts + 1;
    // Of another channel by now it says nothing: that one is tried at once.
    const isReplaced = channel !== this.#settings.channels[delivery.channel];
    const next =
      outcome.kind !== "retry" ? undefined : isReplaced ? at : this.#nextAttemptAt(delivery, outcome, at, signals);
    if (outcome.kind === "retry" && outcome.closed === true && next !== undefined && !isReplaced)
      this.#lanes.close(delivery, { at, until: next });
    else if (!signals.abort.aborted) this.#lanes.open(delivery);
    // The record before anything else: if we die before it is written, the message is sent twice.
    const settlement = next === undefined ? { at } : { at, nextAttemptAt: next };
    const written = this.#record.write(delivery.id, outcome, settlement, signals.abandon);
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
        outcome.kind === "rejected" ? "gave up: the message was refused for good" : "gave up: it took too long";
      const next = `harbinger deliveries retry ${delivery.id} sends it again`;
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
    // Broken off because we stop: not the other side's fault, so the next start tries at once.
    if (abort.aborted) return at;
    const { random } = this.#options;
    const { retrySchedule = defaultRetrySchedule } = this.#settings;
    const { createdAt } = delivery;
    const { retryAfterMs, closed = false } = outcome;
    // What waited behind others that found the lane closed is no better off than they were.
    const attempts = Math.max(delivery.attempts, closed ? this.#lanes.failures(delivery) : 0) + 1;
    const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
    return nextAttemptAt(retrySchedule, { attempts, createdAt, at, closed, ...asked }, random);
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
      // A channel answers with outcomes: this is a bug in it, and no reason to lose the delivery.
      log.error("a channel threw unexpectedly", { channel: delivery.channel, error: messageOf(error) });
      return { kind: "retry", reason: safeText(`internal error: ${messageOf(error)}`), uncertain: true };
    } finally {
      finished.abort();
      await limit;
    }
  }
}
