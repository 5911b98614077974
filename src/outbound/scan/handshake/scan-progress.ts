import type { ScanProgress } from "../../../core/scan-engine.ts";
import type { AddressResolution } from "./address-resolution.ts";
import type { EndpointOrder } from "./endpoint-order.ts";
import { firstProbe, repeatedProbe } from "./in-flight-probes.ts";
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
  readonly resolution: AddressResolution;
  readonly timeouts: ProbeTimeouts;
  readonly tally: Tally;
}

/** Counts the probes of a scan, and computes its progress and the time left. */
export class ScanProgressMeter {
  readonly #sources: ProgressSources;
  readonly #timeLeft = new TimeLeft();
  #shownDone = 0;
  #launched = 0;
  #firstProbes = 0;
  #shortFirstProbes = 0;
  #skipped = 0;
  #lastLaunchMs = 0;
  #lastResolutionMs = 0;

  constructor(sources: ProgressSources) {
    this.#sources = sources;
  }

  launched(attempt: number, now: number): void {
    this.#launched += 1;
    this.#lastLaunchMs = now;
    if (attempt === 1) this.#firstProbes += 1;
  }

  /** The first probe of a host on the own link was started. */
  resolving(now: number): void {
    this.#lastResolutionMs = now;
  }

  /** An endpoint was silent after this many attempts. */
  silent(attempts: number): void {
    if (attempts === 1) this.#shortFirstProbes += 1;
  }

  /** These endpoints need no probe, because no host has their address. */
  skipped(count: number): void {
    this.#skipped += count;
  }

  /** @param isEnded endpoints with two attempts no longer count as done before they have a final state */
  at(now: number, isEnded: boolean): ScanProgress {
    const { tally, scheduler, order, from } = this.#sources;
    // Endpoints with two attempts count as done. Answers that show losses may undo that, but the display never goes back.
    this.#shownDone = Math.max(this.#shownDone, tally.done + scheduler.doubtful);
    const leftMs = isEnded ? undefined : this.#timeLeft.estimate(this.moment(now));
    return {
      done: isEnded ? tally.done : this.#shownDone,
      total: Math.max(0, order.steps - from),
      found: tally.open,
      leftMs,
    };
  }

  moment(now: number): ScanMoment {
    const { order, scheduler, inFlight, resolution, timeouts } = this.#sources;
    const { known, pending, held, ready } = resolution.hosts;
    const hostsStarted = known.up + known.down + pending;
    return {
      atMs: now,
      launched: this.#launched,
      firstProbes: this.#firstProbes,
      shortFirstProbes: this.#shortFirstProbes,
      firstInFlight: inFlight.sizeOf(firstProbe),
      repeatsInFlight: inFlight.sizeOf(repeatedProbe),
      notStarted: order.steps - order.position,
      ready: ready + scheduler.delayed,
      repeats: scheduler.repeats,
      skipped: this.#skipped,
      held: held - ready,
      hostsLeft: order.isFinished && held === ready ? 0 : Math.max(0, resolution.onLink - hostsStarted),
      hostsStarted,
      hostsPending: pending,
      hostsUp: known.up,
      lastLaunchMs: this.#lastLaunchMs,
      lastResolutionMs: this.#lastResolutionMs,
      resolutionTakesMs: resolution.absenceTakesMs,
      silenceTakesMs: timeouts.firstLongMs(),
    };
  }
}
