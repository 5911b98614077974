import { maxTimerMs } from "../../core/clock.ts";
import type { ChannelName, ClosedLane, Delivery, Lane } from "../../core/delivery.ts";
import { messageOf } from "../../core/errors.ts";
import { OutageLog } from "../../core/outage-log.ts";
import type { DeliveryStore } from "../../core/store.ts";
import { Attempter, type AttempterOptions, type AttempterSettings } from "./attempter.ts";
import { ClosedLanes, keyOf } from "./closed-lanes.ts";

/** The part of the store that the loop uses. */
export type Outbox = Pick<DeliveryStore, "recover" | "claim" | "recordOutcome" | "release" | "nextDueAt" | "list">;

/** What a new configuration may change. */
export interface LoopSettings extends AttempterSettings {
  /** Concurrent attempts; one at a time in each lane. Default 4. */
  readonly parallel?: number;
}

export interface DeliveryLoopOptions extends AttempterOptions {
  readonly outbox: Outbox;
  /** As in the settings. */
  readonly parallel?: number;
  /**
   * Called when the wall clock was set back, which moves scheduled attempts into the far future: it should make them due. A
   * rejection is logged, and the function is called again.
   */
  readonly clockSetBack?: () => Promise<void>;
  /** How long attempts in progress may continue when the loop stops, before they are aborted. Default 20 seconds. */
  readonly graceMs?: number;
}

/** What a loop has done since it was created. */
export interface DeliveryCounts {
  readonly delivered: number;
  /** Failed, to be retried. */
  readonly retried: number;
  /** Rejected, or given up. */
  readonly dead: number;
  /** Claimed and returned without an attempt. */
  readonly released: number;
}

export interface DrainOptions {
  /** Milliseconds since the epoch. After it no attempt starts; those in progress have the grace time. */
  readonly deadline: number;
  /** Also wait for deliveries that become due before the deadline, such as a second attempt. Default false. */
  readonly waitForRetries?: boolean;
}

const defaultParallel = 4;
/** The outbox is read at least this often: the wall clock may jump, and another process may make deliveries due. */
const maxLoopPauseMs = 5_000;
/** The wait after a claim that returned nothing although a delivery was due. */
const minLoopPauseMs = 1000;
/** After an abort: for the channel to return its outcome, and for the record to be written. */
const abortGraceMs = 5000;
/** A smaller correction of the clock delays no delivery noticeably. */
const toleratedClockStepMs = 30_000;
/** Deliveries that no process is sending are recovered this often: a process that held the lock may have been killed. */
const recoverEveryMs = 60_000;
/** Searched after a claim whose answer was lost; far more than are ever in progress. */
const maxTakenBack = 1000;

/**
 * Sends the deliveries that are queued and due, and records one outcome for each attempt.
 *
 * The loop claims only as many deliveries as it can start at once, and one of each lane, because after a crash it is unknown
 * which of the claimed ones were sent. A claimed delivery is in one of these states; in the store all of them are `sending`:
 *
 * ATTEMPTING. The channel has the message. The attempt ends with an outcome. It is aborted at its time limit, or when the loop
 * was stopped and the grace time is over; that is an outcome too.
 *
 * RECORDING. The outcome is known and is written before anything else. If the store fails, the write is retried: the message
 * was sent, so its outcome must not be lost. Until it is written the delivery counts as an attempt in progress, so a store
 * without space stops the loop from sending more.
 *
 * UNRECORDED. The loop was stopped before the outcome could be written. The outcome is kept in memory: if the same loop is
 * started again and claims the delivery, it records the outcome and does not send. Another process repeats the delivery,
 * marked as uncertain, with the same message identifier.
 */
export class DeliveryLoop implements AsyncDisposable {
  readonly #options: DeliveryLoopOptions;
  #parallel: number;
  /** Every delivery in progress, by its id. */
  readonly #attempts = new Map<number, Promise<void>>();
  /** Lanes with a delivery in progress. */
  readonly #busyLanes = new Map<string, Lane>();
  readonly #closedLanes = new ClosedLanes();
  readonly #attempter: Attempter;
  readonly #outage: OutageLog;
  #wakeup = Promise.withResolvers<void>();
  /** The answer to a claim was lost: deliveries may be claimed that are not in progress. */
  #claimIsUncertain = false;
  /** The latest time that the wall clock has shown. */
  #latest = Number.NEGATIVE_INFINITY;
  #run: Run | undefined;
  #counts = { delivered: 0, retried: 0, dead: 0, released: 0 };

  constructor(options: DeliveryLoopOptions) {
    this.#options = options;
    this.#parallel = options.parallel ?? defaultParallel;
    this.#attempter = new Attempter(options, this.#closedLanes);
    this.#outage = new OutageLog({
      ...options,
      fails: "cannot read the outbox; retrying",
      works: "the outbox can be read again",
    });
  }

  get counts(): DeliveryCounts {
    return { ...this.#counts };
  }

  /** Delivers until `stop`. The caller holds the store's lock. */
  start(): void {
    const run = this.#open();
    run.finished = this.#deliver(run, () => false);
  }

  /**
   * Uses other settings from now on; attempts in progress keep their channels.
   * @param changed channels that were replaced: their lanes are opened
   */
  adjust(settings: LoopSettings, changed: readonly ChannelName[]): void {
    this.#parallel = settings.parallel ?? defaultParallel;
    this.#attempter.adjust(settings);
    this.#closedLanes.openAll(changed);
    this.wake();
  }

  /** Reads the outbox now, because deliveries were queued or made due. */
  wake(): void {
    this.#wakeup.resolve();
  }

  /**
   * Claims nothing more, returns what has not started, waits for attempts in progress, and aborts them after the grace time.
   * It never rejects, and takes no longer than the grace time and twice five seconds.
   */
  async stop(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    run.closing.abort();
    this.wake();
    await this.#finish(run);
  }

  /**
   * Delivers until nothing is due or the deadline is reached, then stops. The caller holds the store's lock.
   * @returns the counts of this drain
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
    if (this.#run !== undefined) throw new Error("the delivery loop is already running");
    const run = {
      closing: new AbortController(),
      aborting: new AbortController(),
      abandoning: new AbortController(),
      finished: Promise.resolve(),
    };
    this.#run = run;
    return run;
  }

  /** Claims and starts deliveries until the run closes, or until nothing is in progress and `isDone` for the next due time. */
  async #deliver(run: Run, isDone: (dueAt: number | undefined) => boolean): Promise<void> {
    const { outbox, clock } = this.#options;
    const closing = run.closing.signal;
    let recoverAt = Number.NEGATIVE_INFINITY;
    let failures = 0;
    while (!closing.aborted) {
      // Before reading, so that a delivery queued meanwhile ends the pause.
      this.#wakeup = Promise.withResolvers();
      try {
        if (this.#claimIsUncertain) await this.#releaseUnstarted();
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
        // More may be due.
        if (taken > 0) continue;
        // `dueAt` leaves out lanes with an attempt in progress, so only without one it is the whole answer.
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
      log.warn("the clock was set back; trying the waiting deliveries now", { byMs: this.#latest - now });
      await clockSetBack?.();
    }
    this.#latest = now;
  }

  async #recover(): Promise<void> {
    const { outbox, clock, log } = this.#options;
    const count = await outbox.recover(clock.now(), [...this.#attempts.keys()]);
    if (count > 0) log.warn("repeating deliveries that were interrupted", { count });
  }

  /** Releases deliveries that are marked as sending and are not in progress: nothing of them was sent. */
  async #releaseUnstarted(): Promise<void> {
    const { outbox } = this.#options;
    for (const { id } of (await outbox.list({ states: ["sending"], limit: maxTakenBack })).rows) {
      if (!this.#attempts.has(id)) await outbox.release(id);
    }
    this.#claimIsUncertain = false;
  }

  /** Closed lanes, and lanes with a delivery in progress. */
  #heldLanes(): readonly ClosedLane[] {
    return [...this.#closedLanes.closedAt(this.#options.clock.now()), ...this.#busyLanes.values()];
  }

  async #take(room: number, run: Run): Promise<number> {
    const { outbox, clock } = this.#options;
    this.#claimIsUncertain = true;
    const claimed = await outbox.claim({ at: clock.now(), limit: room, closed: this.#heldLanes() });
    this.#claimIsUncertain = false;
    for (const delivery of claimed) {
      if (run.closing.signal.aborted) await this.#release(delivery);
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

  /** Waits until `wake` is called, `ms` are over, or the run closes. */
  async #pause(ms: number, closing: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const sleep = this.#options.clock.sleep(ms, AbortSignal.any([woken.signal, closing]));
    await Promise.race([this.#wakeup.promise, sleep]);
    woken.abort();
    await sleep;
  }

  async #release({ id }: Delivery): Promise<void> {
    const { outbox, log } = this.#options;
    try {
      await outbox.release(id);
      this.#counts.released += 1;
    } catch (error) {
      // It stays `sending`; the next start finds it there.
      log.warn("cannot release a delivery", { delivery: id, error: messageOf(error) });
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
          log.error("stopped with deliveries in progress; the next start repeats them", { count: this.#attempts.size });
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

/** The time from a start to its stop. */
interface Run {
  /** Claim nothing more. */
  readonly closing: AbortController;
  /** Abort attempts. */
  readonly aborting: AbortController;
  /** Stop retrying to write records. */
  readonly abandoning: AbortController;
  finished: Promise<void>;
}
