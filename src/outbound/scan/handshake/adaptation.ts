import type { ScanLimits } from "../schema.ts";
import type { SettledProbe } from "./in-flight-probes.ts";
import { LossEstimator } from "./loss-estimator.ts";
import type { ProbePump } from "./probe-pump.ts";
import { lookOf } from "./probe-scheduler.ts";
import { kernelRetryMs, ProbeTimeouts } from "./probe-timeouts.ts";
import { Window } from "./window.ts";

const initialWindow = 256;
const minWindow = 4;
/** After a shortage of this machine, this share of the window is left. */
const shortageFactor = 0.7;
/** Loss makes the window smaller by 15 % at a time and never below 70 % of the capacity, for loss may have other causes. */
const lossFactor = 0.85;
const minLossShare = 0.7;
/** The share of late answers from which on loss counts as a sign of strain, and how often it does. */
const strainLoss = 0.02;
const strainEveryMs = 500;

/** What a scan learns from its answers: how long to wait, how many packets get lost, how many probes may be in flight. */
export class Adaptation {
  readonly timeouts: ProbeTimeouts;
  readonly loss = new LossEstimator();
  readonly window: Window;
  readonly #pump: ProbePump;
  #strainedAt = Number.NEGATIVE_INFINITY;

  constructor(limits: ScanLimits, pump: ProbePump) {
    this.timeouts = new ProbeTimeouts(limits);
    this.window = new Window({ initial: initialWindow, min: minWindow, max: pump.capacity });
    this.#pump = pump;
  }

  /** The host answered a probe, open or closed. */
  answered(probe: SettledProbe, now: number): void {
    const waitedMs = this.#pump.waitedMs(probe);
    const look = lookOf(probe.attempt);
    // An answer after the system repeated the SYN does not say to which of them (Karn's algorithm, RFC 6298 section 3).
    const isRepeated = now - probe.startedAt >= kernelRetryMs - 50;
    if (!isRepeated) this.timeouts.roundTrip.add(waitedMs);
    this.loss.answered(isRepeated ? look + 1 : look);
    const wasLost = look > 1 && waitedMs < this.timeouts.firstMs();
    if (wasLost && this.loss.share > strainLoss && now - this.#strainedAt > strainEveryMs) {
      this.#strainedAt = now;
      const min = Math.max(initialWindow, this.#pump.capacity * minLossShare);
      if (this.window.size > min) this.window.shrink(this.#pump.size, Math.max(lossFactor, min / this.window.size));
    } else if (!wasLost && this.#pump.size + 1 >= this.window.size) {
      this.window.grow();
    }
  }

  /** This machine has a shortage: fewer probes at a time. */
  shortageMet(): void {
    this.window.shrink(this.#pump.size + 1, shortageFactor);
  }

  /** The look that a silent probe was: the system may have repeated the SYN, with time for an answer to that. */
  looksAt(probe: SettledProbe): number {
    const wasRepeated = this.#pump.waitedMs(probe) >= kernelRetryMs + this.timeouts.firstMs();
    return lookOf(probe.attempt) + (wasRepeated ? 1 : 0);
  }
}
