import type { ScanLimits } from "../schema.ts";
import { type EndedProbe, firstProbe, repeatedProbe, resolvingProbe } from "./in-flight-probes.ts";
import { LossEstimator } from "./loss-estimator.ts";
import type { ProbePump } from "./probe-pump.ts";
import { kernelRetryMs, ProbeTimeouts } from "./probe-timeouts.ts";
import { attemptOf } from "./tries.ts";
import { Window } from "./window.ts";

const initialWindow = 256;
const minWindow = 4;
/** After a shortage of this machine, this share of the window is left. */
const shortageFactor = 0.7;
/** Loss makes the window 15 % smaller at a time and never below 70 % of the capacity, because loss may have other causes. */
const lossFactor = 0.85;
const minCapacityShare = 0.7;
/** Loss makes the window smaller when more than this share of hosts is missed at the first attempt, and at most this often. */
const minLoss = 0.02;
const shrinkEveryMs = 500;

/** What a scan learns from its answers: time-outs, how many packets get lost, and how many probes may be in flight. */
export class Adaptation {
  readonly timeouts: ProbeTimeouts;
  readonly loss = new LossEstimator();
  readonly window: Window;
  readonly #pump: ProbePump;
  #socketLimit = Number.POSITIVE_INFINITY;
  #shrunkAt = Number.NEGATIVE_INFINITY;

  constructor(limits: ScanLimits, pump: ProbePump) {
    this.timeouts = new ProbeTimeouts(limits);
    this.window = new Window({ initial: initialWindow, min: minWindow, max: pump.capacity });
    this.#pump = pump;
  }

  /** Changes how many probes may be in flight, when other scans start or end. */
  limitSockets(sockets: number): void {
    this.#socketLimit = sockets;
    this.window.limit(Math.min(sockets, this.#pump.capacity));
  }

  /** No further probe may be sent. Pending hosts do not count for the window: they wait for ARP, not for the network. */
  get isFull(): boolean {
    const { size, capacity } = this.#pump;
    if (size >= Math.min(capacity, this.#socketLimit)) return true;
    return size - this.#pump.sizeOf(resolvingProbe) >= this.window.size;
  }

  /**
   * Gives up the oldest probe if it has waited long enough, since others wait for its place.
   * @returns false where there is none
   */
  makeRoom(roundSize: number): boolean {
    const isRepeated = this.#pump.isOverdue(repeatedProbe, this.repeatedMs(roundSize));
    if (!isRepeated && !this.#pump.isOverdue(firstProbe, this.timeouts.firstMs())) return false;
    this.window.grow();
    this.#pump.giveUpOldest(isRepeated ? repeatedProbe : firstProbe);
    return true;
  }

  /** The time-out of repeated probes. @param roundSize how many endpoints one round of second attempts has */
  repeatedMs(roundSize: number): number {
    return this.timeouts.repeatedMs(roundSize / this.window.size);
  }

  /** A probe was answered: open or closed. */
  answered(probe: EndedProbe, now: number): void {
    const waitedMs = this.#pump.waitedMs(probe);
    const attempt = attemptOf(probe.tries);
    // An answer after the system repeated the SYN does not say to which of them (Karn's algorithm, RFC 6298 section 3).
    const isRepeated = now - probe.startedAt >= kernelRetryMs - 50;
    if (!isRepeated) this.timeouts.roundTrip.add(waitedMs);
    this.loss.answered(isRepeated ? attempt + 1 : attempt);
    const wasLost = attempt > 1 && waitedMs < this.timeouts.firstMs();
    if (wasLost && this.loss.share > minLoss && now - this.#shrunkAt > shrinkEveryMs) {
      this.#shrunkAt = now;
      const min = Math.max(initialWindow, this.#pump.capacity * minCapacityShare);
      if (this.window.size > min) this.window.shrink(this.#pump.size, Math.max(lossFactor, min / this.window.size));
    } else if (!wasLost && this.#pump.size + 1 >= this.window.size) {
      this.window.grow();
    }
  }

  /** This machine has a shortage: fewer probes may be in flight. */
  shortageBegan(): void {
    this.window.shrink(this.#pump.size + 1, shortageFactor);
  }

  /** How many attempts a silent endpoint has had: the system may have repeated the SYN, with time for an answer. */
  attemptsUpTo(probe: EndedProbe): number {
    const wasRepeated = this.#pump.waitedMs(probe) >= kernelRetryMs + this.timeouts.firstMs();
    return attemptOf(probe.tries) + (wasRepeated ? 1 : 0);
  }
}
