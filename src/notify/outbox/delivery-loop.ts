import { maxTimerMs } from "../../core/clock.ts";
import type { ChannelName, ClosedLane, Delivery, Lane } from "../../core/delivery.ts";
import { messageOf } from "../../core/errors.ts";
import { OutageLog } from "../../core/outage-log.ts";
import type { DeliveryStore } from "../../core/store.ts";
import { Attempter, type AttempterOptions, type AttempterSettings } from "./attempter.ts";
import { ClosedLanes, keyOf } from "./closed-lanes.ts";

/** What the loop needs of the store. */
export type Outbox = Pick<DeliveryStore, "recover" | "claim" | "settle" | "release" | "nextDueAt" | "list">;

/** What a new configuration may change. */
export interface LoopSettings extends AttempterSettings {
  /** Attempts at once; one at a time in a lane. Default 4. */
  readonly parallel?: number;
}

export interface DeliveryLoopOptions extends AttempterOptions {
  readonly outbox: Outbox;
  /** As in the settings. */
  readonly parallel?: number;
  /**
   * Called when the wall clock was set back: what waits for an instant that was near is far from it now, and should be
   * made due. A rejection is logged, and it is called again.
   */
  readonly clockSetBack?: () => Promise<void>;
  /** How long attempts under way may go on when the loop stops, before they are broken off. Default 20 seconds. */
  readonly graceMs?: number;
}

/** What a loop has done since it was made. */
export interface DeliveryCounts {
  readonly delivered: number;
  /** Failed for now. */
  readonly retried: number;
  /** Refused for good, or given up. */
  readonly dead: number;
  /** Claimed and handed back without an attempt. */
  readonly released: number;
}

export interface DrainOptions {
  /** Milliseconds since the epoch; after it nothing new is begun, and what is under way has the grace time. */
  readonly deadline: number;
  /** Also wait for what falls due before the deadline, such as a second attempt. Default false. */
  readonly waitForRetries?: boolean;
}

const defaultParallel = 4;
/** Even with nothing due the outbox is looked at: the wall clock may have jumped, another process have asked for more. */
const maxLoopPauseMs = 5_000;
/** Between two looks that found nothing though something was due. */
const minLoopPauseMs = 1000;
/** After an attempt was broken off, for its channel to say so and for the record to be written. */
const abortGraceMs = 5000;
/** A clock that is corrected by less makes nobody wait noticeably longer. */
const toleratedClockStepMs = 30_000;
/** So often what nobody has in hand is taken back: another process may have had the lock for a while, and died with it. */
const recoverEveryMs = 60_000;
/** Looked through after a claim whose answer was lost; far more than are ever in hand. */
const maxTakenBack = 1000;

/**
 * Sends what is due, and records what came of it. What comes in are the deliveries of the store that are queued and
 * due; what goes out are messages on channels and one record for each attempt.
 *
 * No more is claimed than can be begun at once, and of each lane one, because a crash leaves it unknown which of the claimed
 * were being sent. A delivery in the hands of the loop is in one of these states; in the store it is `sending` in all of them:
 *
 * ATTEMPTING. Its channel has the message. It ends with an outcome; when the attempt's time is up, or the loop was
 * stopped and the grace time is over, the channel is told to break off, which is an outcome, too.
 *
 * RECORDING. The outcome is known and is being written, at once and before anything else. A store that fails is asked
 * again and again: the message has left us, so this must not be forgotten. As long as it is not written the delivery
 * keeps its place among the attempts, so a store that is out of space stops the loop from sending more.
 *
 * UNRECORDED. The loop was stopped before the outcome could be written. The outcome is kept: should the same loop be
 * started again and meet the delivery, it is recorded and not sent again. Another process will repeat it, marked
 * uncertain, with the same message identifier.
 */
export class DeliveryLoop implements AsyncDisposable {
  readonly #options: DeliveryLoopOptions;
  #parallel: number;
  /** Every delivery in hand. */
  readonly #attempts = new Map<number, Promise<void>>();
  /** Lanes with a delivery in hand. */
  readonly #busyLanes = new Map<string, Lane>();
  readonly #closedLanes = new ClosedLanes();
  readonly #attempter: Attempter;
  readonly #outage: OutageLog;
  #wakeup = Promise.withResolvers<void>();
  /** The answer to a claim was lost: it may have taken deliveries that nobody has in hand. */
  #claimIsUncertain = false;
  /** The latest that the wall clock has shown. */
  #latest = Number.NEGATIVE_INFINITY;
  #run: Run | undefined;
  #counts = { delivered: 0, retried: 0, dead: 0, released: 0 };

  constructor(options: DeliveryLoopOptions) {
    this.#options = options;
    this.#parallel = options.parallel ?? defaultParallel;
    this.#attempter = new Attempter(options, this.#closedLanes);
    this.#outage = new OutageLog({
      ...options,
      fails: "cannot read what is to be delivered; trying again",
      works: "what is to be delivered can be read again",
    });
  }

  get counts(): DeliveryCounts {
    return { ...this.#counts };
  }

  /** Begins to deliver, and goes on until `stop`. The caller holds the store's lock. */
  start(): void {
    const run = this.#open();
    run.finished = this.#deliver(run, () => false);
  }

  /**
   * Goes on with other settings; attempts under way end with the channels that they began with.
   * @param changed channels that are others now: whether they can be reached is found out anew
   */
  adjust(settings: LoopSettings, changed: readonly ChannelName[]): void {
    this.#parallel = settings.parallel ?? defaultParallel;
    this.#attempter.adjust(settings);
    this.#closedLanes.openAll(changed);
    this.wake();
  }

  /** Something was composed or made due: look now. */
  wake(): void {
    this.#wakeup.resolve();
  }

  /**
   * Takes nothing more, hands back what has not begun, waits for what is under way and breaks it off after the grace
   * time. It never rejects, and takes no longer than the grace time and twice five seconds.
   */
  async stop(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    run.closing.abort();
    this.wake();
    await this.#finish(run);
  }

  /**
   * Delivers until nothing is due or the deadline has come, then stops. The caller holds the store's lock.
   * @returns what was done in this drain
   */
  async drain(options: DrainOptions): Promise<DeliveryCounts> {
    const { clock } = this.#options;
    const before = this.counts;
    const run = this.#open();
    const timer = new AbortController();
    const timeLeft = Math.min(Math.max(options.deadline - clock.now(), 0), maxTimerMs);
    const deadline = clock.sleep(timeLeft, timer.signal).then(() => {
      run.closing.abort();
      this.wake();
    });
    const horizon = () => (options.waitForRetries === true ? options.deadline : clock.now());
    run.finished = this.#deliver(run, (dueAt) => dueAt === undefined || dueAt > horizon());
    await run.finished;
    timer.abort();
    await deadline;
    await this.#finish(run);
    const after = this.counts;
    return {
      delivered: after.delivered - before.delivered,
      retried: after.retried - before.retried,
      dead: after.dead - before.dead,
      released: after.released - before.released,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #open(): Run {
    if (this.#run !== undefined) throw new Error("the delivery loop runs already");
    const run = {
      closing: new AbortController(),
      aborting: new AbortController(),
      abandoning: new AbortController(),
      finished: Promise.resolve(),
    };
    this.#run = run;
    return run;
  }

  /** Takes and begins deliveries until the run closes or `isDone` (with nothing in hand) for the next due instant. */
  async #deliver(run: Run, isDone: (dueAt: number | undefined) => boolean): Promise<void> {
    const { outbox, clock } = this.#options;
    const closing = run.closing.signal;
    let recoverAt = Number.NEGATIVE_INFINITY;
    let failures = 0;
    while (!closing.aborted) {
      // Before looking, so that what is composed meanwhile is not slept over.
      this.#wakeup = Promise.withResolvers();
      try {
        if (this.#claimIsUncertain) await this.#takeBack();
        if (clock.monotonic() >= recoverAt) {
          await this.#recover();
          recoverAt = clock.monotonic() + recoverEveryMs;
        }
        await this.#followClock();
        const inHand = this.#attempts.size;
        const room = this.#parallel - inHand;
        const dueAt = room > 0 ? await outbox.nextDueAt({ closed: this.#heldLanes() }) : undefined;
        const isDue = dueAt !== undefined && dueAt <= clock.now();
        const taken = isDue && !closing.aborted ? await this.#take(room, run) : 0;
        failures = 0;
        this.#outage.worked();
        // There may be more.
        if (taken > 0) continue;
        // What waited behind an attempt that was under way when it was asked was not among the answers.
        if (inHand === 0 && isDone(dueAt)) break;
        const pause = dueAt === undefined ? maxLoopPauseMs : Math.min(dueAt - clock.now(), maxLoopPauseMs);
        await this.#pause(pause > 0 ? pause : minLoopPauseMs, closing);
      } catch (error) {
        failures += 1;
        this.#outage.failed(error);
        await this.#pause(Math.min(minLoopPauseMs * 2 ** Math.min(failures - 1, 10), maxLoopPauseMs), closing);
      }
    }
  }

  async #followClock(): Promise<void> {
    const { clock, clockSetBack, log } = this.#options;
    const now = clock.now();
    if (now < this.#latest - toleratedClockStepMs) {
      log.warn("the clock was set back; what waits to be delivered is tried now", { byMs: this.#latest - now });
      await clockSetBack?.();
    }
    this.#latest = now;
  }

  async #recover(): Promise<void> {
    const { outbox, clock, log } = this.#options;
    const count = await outbox.recover(clock.now(), [...this.#attempts.keys()]);
    if (count > 0) log.warn("repeating deliveries that were cut off", { count });
  }

  /** Nothing was sent of what stands as being sent and is not in our hands. */
  async #takeBack(): Promise<void> {
    const { outbox } = this.#options;
    for (const { id } of await outbox.list({ states: ["sending"], limit: maxTakenBack })) {
      if (!this.#attempts.has(id)) await outbox.release(id);
    }
    this.#claimIsUncertain = false;
  }

  /** Closed ones, and those with a delivery under way. */
  #heldLanes(): readonly ClosedLane[] {
    return [...this.#closedLanes.closedAt(this.#options.clock.now()), ...this.#busyLanes.values()];
  }

  async #take(room: number, run: Run): Promise<number> {
    const { outbox, clock } = this.#options;
    this.#claimIsUncertain = true;
    const claimed = await outbox.claim({ at: clock.now(), limit: room, closed: this.#heldLanes() });
    this.#claimIsUncertain = false;
    for (const delivery of claimed) {
      if (run.closing.signal.aborted) await this.#handBack(delivery);
      else this.#begin(delivery, run);
    }
    return claimed.length;
  }

  #begin(delivery: Delivery, run: Run): void {
    const { id, channel, recipient } = delivery;
    const lane = keyOf(delivery);
    this.#busyLanes.set(lane, { channel, recipient });
    const attempt = this.#attempter
      .attempt(delivery, { abort: run.aborting.signal, abandon: run.abandoning.signal }, (result) => {
        this.#counts[result] += 1;
      })
      .finally(() => {
        this.#busyLanes.delete(lane);
        this.#attempts.delete(id);
        this.wake();
      });
    this.#attempts.set(id, attempt);
  }

  /** Until the bell rings, `ms` are over, or the run closes. */
  async #pause(ms: number, closing: AbortSignal): Promise<void> {
    const rung = new AbortController();
    const sleep = this.#options.clock.sleep(ms, AbortSignal.any([rung.signal, closing]));
    await Promise.race([this.#wakeup.promise, sleep]);
    rung.abort();
    await sleep;
  }

  async #handBack({ id }: Delivery): Promise<void> {
    const { outbox, log } = this.#options;
    try {
      await outbox.release(id);
      this.#counts.released += 1;
    } catch (error) {
      // It stays `sending`; the next start finds it there.
      log.warn("cannot hand a delivery back", { delivery: id, error: messageOf(error) });
    }
  }

  async #finish(run: Run): Promise<void> {
    const { log, graceMs = 20_000 } = this.#options;
    const finished = () => Promise.all([run.finished, ...this.#attempts.values()]);
    if (!(await this.#within(graceMs, finished()))) {
      run.aborting.abort();
      if (!(await this.#within(abortGraceMs, finished()))) {
        run.abandoning.abort();
        if (!(await this.#within(abortGraceMs, finished()))) {
          log.error("stopped with deliveries under way; the next start repeats them", { count: this.#attempts.size });
        }
      }
    }
    if (this.#run === run) this.#run = undefined;
  }

  async #within(ms: number, work: Promise<unknown>): Promise<boolean> {
    const done = new AbortController();
    const sleep = this.#options.clock.sleep(ms, done.signal);
    const isDone = await Promise.race([work.then(() => true), sleep.then(() => false)]);
    done.abort();
    return isDone;
  }
}

/** From one start to its stop. */
interface Run {
  /** Take nothing more. */
  readonly closing: AbortController;
  /** Break attempts off. */
  readonly aborting: AbortController;
  /** Stop trying to write records. */
  readonly abandoning: AbortController;
  finished: Promise<void>;
}
