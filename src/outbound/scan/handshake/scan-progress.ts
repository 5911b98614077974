import type { ScanProgress } from "../../../core/scan-engine.ts";
import type { EndpointOrder } from "./endpoint-order.ts";
import type { HostQuestions } from "./host-questions.ts";
import type { ProbePump } from "./probe-pump.ts";
import type { ProbeScheduler } from "./probe-scheduler.ts";
import type { ProbeTimeouts } from "./probe-timeouts.ts";
import type { Tally } from "./tally.ts";
import { type ScanMoment, TimeLeft } from "./time-left.ts";

export interface ProgressSources {
  readonly order: EndpointOrder;
  /** Steps of `order` that were skipped. */
  readonly from: number;
  readonly scheduler: ProbeScheduler;
  readonly inFlight: Pick<ProbePump, "sizeOf">;
  readonly questions: HostQuestions;
  readonly timeouts: ProbeTimeouts;
  readonly tally: Tally;
}

/** Counts what the scan does, and says how far it is. */
export class ScanProgressMeter {
  readonly #sources: ProgressSources;
  readonly #timeLeft = new TimeLeft();
  #shownDone = 0;
  #launched = 0;
  #firstLooks = 0;
  #shortFirstLooks = 0;
  #spared = 0;
  #lastLaunchMs = 0;
  #lastQuestionMs = 0;

  constructor(sources: ProgressSources) {
    this.#sources = sources;
  }

  launched(look: number, now: number): void {
    this.#launched += 1;
    this.#lastLaunchMs = now;
    if (look === 1) this.#firstLooks += 1;
  }

  /** The first probe to a host on the own link was started. */
  questioned(now: number): void {
    this.#lastQuestionMs = now;
  }

  /** An endpoint was silent after `looks` looks. */
  silent(looks: number): void {
    if (looks === 1) this.#shortFirstLooks += 1;
  }

  /** Endpoints need no probe, because nobody has their address. */
  spared(count: number): void {
    this.#spared += count;
  }

  /** @param isEnded what was looked at twice does not count as done by itself any more */
  at(now: number, isEnded: boolean): ScanProgress {
    const { tally, scheduler, order, from } = this.#sources;
    // Endpoints looked at twice count as done; that may be taken back where answers show losses, but is not shown.
    this.#shownDone = Math.max(this.#shownDone, tally.settled + scheduler.doubtful);
    const leftMs = isEnded ? undefined : this.#timeLeft.estimate(this.moment(now));
    return {
      done: isEnded ? tally.settled : this.#shownDone,
      total: Math.max(0, order.steps - from),
      found: tally.open,
      ...(leftMs === undefined ? {} : { leftMs }),
    };
  }

  moment(now: number): ScanMoment {
    const { order, scheduler, inFlight, questions, timeouts } = this.#sources;
    const { known, questions: inQuestion, held, ready } = questions.hosts;
    const asked = known.present + known.absent + inQuestion;
    return {
      atMs: now,
      launched: this.#launched,
      firstLooks: this.#firstLooks,
      shortFirstLooks: this.#shortFirstLooks,
      underWay: inFlight.sizeOf(0),
      repeatsUnderWay: inFlight.sizeOf(1),
      undrawn: order.steps - order.position,
      fresh: ready + scheduler.delayed,
      repeats: scheduler.repeats,
      spared: this.#spared,
      held: held - ready,
      unasked: order.isFinished && held === ready ? 0 : Math.max(0, questions.onLink - asked),
      asked,
      inQuestion,
      present: known.present,
      lastLaunchMs: this.#lastLaunchMs,
      lastQuestionMs: this.#lastQuestionMs,
      questionTakesMs: questions.takesMs,
      silenceTakesMs: timeouts.firstLongMs(),
    };
  }
}
