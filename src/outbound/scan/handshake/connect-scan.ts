import type { Clock } from "../../../core/clock.ts";
import { describeLocalError, isGeneralShortage, isShortage, probeStateOf } from "../../../core/connect-error.ts";
import type { OwnPorts } from "../../../core/own-ports.ts";
import type { Port } from "../../../core/ports.ts";
import type { ScanObserver } from "../../../core/scan-engine.ts";
import type { ScanLimits } from "../schema.ts";
import type { ScanTargets } from "../targets/resolve-targets.ts";
import { TargetSpace } from "../targets/target-space.ts";
import type { Caps } from "./caps.ts";
import { EndpointOrder, type Shard } from "./endpoint-order.ts";
import { HostQuestions } from "./host-questions.ts";
import { InFlightProbes, type SettledProbe } from "./in-flight-probes.ts";
import { Links } from "./links.ts";
import { LossEstimator } from "./loss-estimator.ts";
import type { NeighbourSlots } from "./neighbour-slots.ts";
import type { NeighbourTable } from "./neighbours.ts";
import { afterShortage, lookOf, ProbeScheduler, shortagesOf } from "./probe-scheduler.ts";
import { kernelRetryMs, ProbeTimeouts } from "./probe-timeouts.ts";
import { ScanEndpoints } from "./scan-endpoints.ts";
import { ScanProgressMeter } from "./scan-progress.ts";
import { type ConnectScanResult, scanResult } from "./scan-result.ts";
import { Shortage } from "./shortage.ts";
import { SightingOutlet } from "./sighting-outlet.ts";
import { Tally } from "./tally.ts";
import { Window } from "./window.ts";

export interface ConnectScanOptions {
  readonly targets: ScanTargets;
  readonly ports: readonly Port[];
  readonly seed: number;
  readonly shard: Shard;
  readonly from: number;
  readonly clock: Clock;
  readonly limits: ScanLimits;
  /** Connections that this scan may have under way. */
  readonly sockets: number;
  readonly caps: Caps;
  readonly neighbours: NeighbourTable;
  readonly neighbourSlots: NeighbourSlots;
  readonly own: OwnPorts;
  readonly observer: ScanObserver;
  readonly signal: AbortSignal;
}

const tickMs = 5;
const progressMs = 250;
/** Connects started without giving the event loop a turn. */
const launchesAtOnce = 128;
const looksAtOnce = launchesAtOnce * 8;
/** A destination that this machine cannot connect to is tried so often. */
const localTries = 5;
/** Local errors alone, this many from the start: the rest would fare no better. */
const hopeless = 1_024;
/** How long the observer may take for what was found, once the scan was aborted. */
const lastWordMs = 700;
const initialWindow = 256;
const minWindow = 4;

/**
 * One scan: endpoints come from the {@link ProbeScheduler}, become connections in {@link InFlightProbes}, and end in {@link Tally} and
 * {@link SightingOutlet}; what they met teaches {@link ProbeTimeouts}, {@link Window} and {@link LossEstimator}, and says which hosts of
 * the own link are there ({@link HostQuestions}).
 *
 * All work happens in {@link #pump}, which runs after the event loop has polled for input, so that an answer which
 * arrived while the process was busy is never taken for silence.
 */
export class ConnectScan {
  readonly #options: ConnectScanOptions;
  readonly #endpoints: ScanEndpoints;
  readonly #order: EndpointOrder;
  readonly #links: Links;
  readonly #questions: HostQuestions;
  readonly #scheduler: ProbeScheduler;
  readonly #inFlight: InFlightProbes;
  readonly #timeouts: ProbeTimeouts;
  readonly #loss = new LossEstimator();
  readonly #tally = new Tally();
  readonly #window: Window;
  readonly #shortage = new Shortage();
  readonly #outlet: SightingOutlet;
  readonly #progress: ScanProgressMeter;
  readonly #ended = Promise.withResolvers<void>();
  #isEnded = false;
  #socketLimit: number;
  #failure: { readonly error: unknown } | undefined;
  /** Why it ended early. */
  #cut: string | undefined;
  #isPumpDue = false;
  /** Everything that arrived before this moment has been seen: the clock by which silence is measured. */
  #polledUpTo = 0;
  #strainedAt = Number.NEGATIVE_INFINITY;
  #progressAt = 0;

  constructor(options: ConnectScanOptions) {
    const { targets, ports, seed, shard, from, clock, limits, caps, neighbours } = options;
    this.#socketLimit = options.sockets;
    this.#options = options;
    const space = new TargetSpace(targets.ranges);
    const hosts = space.size;
    this.#endpoints = new ScanEndpoints({ space, targets, ports, own: options.own });
    this.#order = new EndpointOrder({ hosts, ports: ports.length, seed, shard, from });
    const capacity = Math.min(options.sockets, Math.max(1, this.#order.steps));
    this.#inFlight = new InFlightProbes({
      capacity,
      now: () => clock.monotonic(),
      listener: {
        opened: (probe) => this.#opened(probe),
        failed: (probe, code, wasAsked) => this.#failed(probe, code, wasAsked),
      },
    });
    this.#timeouts = new ProbeTimeouts(limits);
    this.#links = new Links(neighbours);
    this.#questions = new HostQuestions({
      space,
      ranges: targets.ranges,
      table: neighbours,
      slots: options.neighbourSlots,
      timeouts: this.#timeouts,
      loss: this.#loss,
      capacity,
      endpoints: this.#order.steps,
    });
    this.#scheduler = new ProbeScheduler({
      order: this.#order,
      hosts,
      onLink: this.#questions.hosts,
      loss: this.#loss,
      capacity,
      underWay: () => this.#inFlight.size,
      reserve: (endpoint, now) => caps.reserve(space, endpoint % hosts, now),
      maxAttempts: limits.maxAttempts,
    });
    this.#window = new Window({ initial: initialWindow, min: minWindow, max: capacity });
    this.#outlet = new SightingOutlet(options.observer, (error) => {
      this.#failure ??= { error };
      this.#end();
    });
    const [order, scheduler, inFlight, questions] = [this.#order, this.#scheduler, this.#inFlight, this.#questions];
    const [timeouts, tally] = [this.#timeouts, this.#tally];
    this.#progress = new ScanProgressMeter({ order, from, scheduler, inFlight, questions, timeouts, tally });
  }

  /** Lowers or raises how many connections may be under way, when other scans come and go. */
  limitSockets(sockets: number): void {
    this.#socketLimit = sockets;
    this.#window.limit(Math.min(sockets, this.#inFlight.capacity));
  }

  async run(): Promise<ConnectScanResult> {
    const { clock, signal } = this.#options;
    const stop = new AbortController();
    const onAbort = () => this.#endEarly("the scan was aborted");
    signal.addEventListener("abort", onAbort, { once: true });
    this.#polledUpTo = clock.monotonic();
    if (signal.aborted) onAbort();
    else this.#schedule();
    const ticking = this.#tick(stop.signal);
    await this.#ended.promise;
    signal.removeEventListener("abort", onAbort);
    stop.abort();
    await ticking;
    const unsettled = [...this.#inFlight, ...this.#scheduler];
    this.#inFlight.abandon();
    this.#questions.hosts.release();
    const notes = (await this.#handOverTheRest()) ? [] : ["the scan was aborted before everything found was taken"];
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#reportProgress();
    return scanResult({
      ...this.#options,
      ranges: this.#options.targets.ranges,
      tally: this.#tally,
      order: this.#order,
      unsettled,
      endpointOf: (endpoint) => this.#endpoints.at(endpoint),
      cut: this.#cut,
      isAborted: signal.aborted,
      shortage: this.#shortage.code,
      notes,
    });
  }

  async #tick(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#options.clock.sleep(tickMs, stop);
      this.#schedule();
    }
  }

  /** Runs the pump once in this turn of the event loop, after input was polled. */
  #schedule(): void {
    if (this.#isPumpDue || this.#isEnded) return;
    this.#isPumpDue = true;
    setImmediate(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#isEnded) return;
    const now = this.#options.clock.monotonic();
    this.#links.update(now);
    this.#questions.update(now);
    this.#expire(now);
    if (!this.#outlet.isFull && now >= this.#shortage.until) this.#launchDue(now);
    this.#outlet.flush();
    if (now - this.#progressAt >= progressMs) {
      this.#progressAt = now;
      this.#reportProgress();
    }
    if (this.#scheduler.isEmpty && this.#inFlight.size === 0) this.#end();
    this.#polledUpTo = this.#options.clock.monotonic();
  }

  /** Gives up connections that waited as long as any may. */
  #expire(now: number): void {
    const firstBefore = this.#polledUpTo - this.#timeouts.firstLongMs();
    while (this.#inFlight.oldestStart(0) <= firstBefore) this.#silent(this.#inFlight.expire(0));
    const repeatedBefore = this.#polledUpTo - this.#repeatedMs();
    while (this.#inFlight.oldestStart(1) <= repeatedBefore) this.#silent(this.#inFlight.expire(1));
    this.#expireQuestions(now);
  }

  #expireQuestions(now: number): void {
    for (;;) {
      const oldest = this.#inFlight.oldestEndpoint(2);
      const isDue = () => this.#inFlight.oldestStart(2) <= this.#polledUpTo - this.#questions.silenceOf(oldest).afterMs;
      if (!isDue()) return;
      this.#questions.refresh(now);
      if (!isDue()) return;
      const { isAbsent } = this.#questions.silenceOf(oldest);
      const probe = this.#inFlight.expire(2);
      if (isAbsent) this.#nobodyAt(probe);
      else this.#unanswered(probe);
    }
  }

  /** A question stayed silent, yet its host is there. Its SYN may have left a moment ago: that was no look. */
  #unanswered(probe: SettledProbe): void {
    this.#questions.isThere(probe.endpoint);
    if (!this.#scheduler.lookAgain(probe.endpoint, 0)) this.#settleNoAnswer("filtered", probe);
  }

  /** Makes room by giving up a connection that has waited long enough while others wait for its place. */
  #giveUpOldest(): boolean {
    const isRepeated = this.#inFlight.oldestStart(1) <= this.#polledUpTo - this.#repeatedMs();
    if (!isRepeated && this.#inFlight.oldestStart(0) > this.#polledUpTo - this.#timeouts.firstMs()) return false;
    this.#window.grow();
    this.#silent(this.#inFlight.expire(isRepeated ? 1 : 0));
    return true;
  }

  #repeatedMs(): number {
    return this.#timeouts.repeatedMs(this.#scheduler.roundSize / this.#window.size);
  }

  #launchDue(now: number): void {
    const { caps } = this.#options;
    let launched = 0;
    // An endpoint that is postponed or not worth another look is cheap to pass by, but not free.
    let looked = 0;
    for (; looked < looksAtOnce && launched < launchesAtOnce; looked++) {
      if (caps.waitMs(now) > 0 || !this.#scheduler.hasDue(now)) break;
      if (this.#isInFlightFull() && !this.#giveUpOldest()) break;
      const taken = this.#scheduler.take(now);
      if (taken === "filtered") this.#tally.settle("filtered");
      if (taken === "absent") this.#settleAbsent(1);
      if (taken === "cut-off") this.#settleLocalError("ENETDOWN", this.#scheduler.endpoint);
      if (this.#isEnded) break;
      if (taken !== "probe") continue;
      if (this.#endpoints.isOwn(this.#scheduler.endpoint)) {
        this.#questions.isThere(this.#scheduler.endpoint);
        this.#tally.settle("closed");
        continue;
      }
      caps.spend(now);
      this.#launch(now);
      launched += 1;
    }
    if (launched > 0) this.#inFlight.endTurn();
    // A full series: there may be more to do at once. Give the event loop its turn and go on.
    if (launched === launchesAtOnce || looked === looksAtOnce) this.#schedule();
  }

  /** Questions stand outside of the window: they wait for neighbours, not for the network. */
  #isInFlightFull(): boolean {
    const { size, capacity } = this.#inFlight;
    return size >= Math.min(capacity, this.#socketLimit) || size - this.#inFlight.sizeOf(2) >= this.#window.size;
  }

  /** Starts what the scheduler chose. */
  #launch(now: number): void {
    const { endpoint, attempt } = this.#scheduler;
    const look = lookOf(attempt);
    const isQuestion = this.#questions.isOpen(endpoint);
    if (isQuestion) this.#progress.questioned(now);
    else this.#progress.launched(look, now);
    this.#inFlight.launch({
      endpoint,
      attempt,
      lane: isQuestion ? 2 : look > 1 ? 1 : 0,
      host: this.#endpoints.hostOf(endpoint),
      port: this.#endpoints.portOf(endpoint),
    });
  }

  #opened(probe: SettledProbe): void {
    this.#answered(probe);
    this.#tally.settle("open");
    const { address, port } = this.#endpoints.at(probe.endpoint);
    const hostname = this.#endpoints.hostnameOf(probe.endpoint);
    this.#outlet.add({ address, port, ...(hostname === undefined ? {} : { hostname }) });
    this.#schedule();
  }

  #failed(probe: SettledProbe, code: string, wasAsked: boolean): void {
    if (isShortage(code) && this.#isPostponed(probe, code)) return;
    const state = probeStateOf(code, wasAsked);
    if (state === "open") {
      this.#opened(probe);
      return;
    }
    if (this.#questions.isOpen(probe.endpoint)) {
      const waitedMs = this.#options.clock.monotonic() - probe.startedAt;
      if (code === "EHOSTUNREACH" && this.#questions.isNobody(probe.endpoint, waitedMs)) {
        this.#nobodyAt(probe);
        return;
      }
      this.#questions.isThere(probe.endpoint);
    }
    if (state === "closed") this.#answered(probe);
    if (state === "local-error") {
      this.#settleLocalError(code, probe.endpoint);
    } else {
      this.#shortage.over();
      if (state === "closed") this.#tally.settle(state);
      else this.#settleNoAnswer(state, probe);
    }
    this.#schedule();
  }

  /** Nothing came from the endpoint; what was sent into a link that is down is a fault of this machine. */
  #settleNoAnswer(state: "filtered" | "unreachable", probe: SettledProbe): void {
    if (this.#wasCutOff(probe)) this.#settleLocalError("ENETDOWN", probe.endpoint);
    else this.#tally.settle(state);
  }

  #wasCutOff({ endpoint, startedAt }: SettledProbe): boolean {
    return this.#links.wasDownTo(this.#endpoints.at(endpoint).address, startedAt, this.#options.clock.monotonic());
  }

  /** Nobody answers for the address of a host on the own link. */
  #nobodyAt(probe: SettledProbe): void {
    this.#shortage.over();
    const verdict = this.#questions.nobodyAt(probe.endpoint, this.#wasCutOff(probe));
    if (verdict.kind === "absent") this.#settleAbsent(verdict.count);
    if (verdict.kind === "cut-off")
      for (const endpoint of verdict.endpoints) this.#settleLocalError("ENETDOWN", endpoint);
    this.#schedule();
  }

  #settleAbsent(count: number): void {
    this.#tally.settle("unreachable", count);
    this.#progress.spared(count);
  }

  #settleLocalError(code: string, endpoint: number): void {
    const { address, port } = this.#endpoints.at(endpoint);
    this.#tally.settleLocalError(code, address, port);
    if (this.#tally.localErrors === hopeless && this.#tally.settled === hopeless)
      this.#endEarly(describeLocalError(code));
  }

  /** Learns from an answer, open or closed. */
  #answered(probe: SettledProbe): void {
    this.#shortage.over();
    this.#questions.isThere(probe.endpoint);
    const now = this.#options.clock.monotonic();
    // What a busy process took to look is not the network's delay.
    const waitedMs = Math.max(0, this.#polledUpTo - probe.startedAt);
    const look = lookOf(probe.attempt);
    // An answer after the system repeated the SYN does not say to which of them (Karn's algorithm, RFC 6298 section 3).
    const isRepeated = now - probe.startedAt >= kernelRetryMs - 50;
    if (!isRepeated) this.#timeouts.roundTrip.add(waitedMs);
    this.#loss.answered(isRepeated ? look + 1 : look);
    const wasLost = look > 1 && waitedMs < this.#timeouts.firstMs();
    if (wasLost && this.#loss.share > 0.02 && now - this.#strainedAt > 500) {
      // Packets get lost: send a little more slowly, yet not much, for loss may have other causes.
      this.#strainedAt = now;
      const least = Math.max(initialWindow, this.#inFlight.capacity * 0.7);
      if (this.#window.size > least)
        this.#window.shrink(this.#inFlight.size, Math.max(0.85, least / this.#window.size));
    } else if (!wasLost && this.#inFlight.size + 1 >= this.#window.size) {
      this.#window.grow();
    }
  }

  #silent(probe: SettledProbe): void {
    this.#shortage.over();
    this.#questions.isThere(probe.endpoint);
    const waitedMs = this.#polledUpTo - probe.startedAt;
    // The system repeated the SYN, and had time for an answer to that.
    const wasRepeated = waitedMs >= kernelRetryMs + this.#timeouts.firstMs();
    const looks = lookOf(probe.attempt) + (wasRepeated ? 1 : 0);
    this.#progress.silent(looks);
    // Whether a third look is worth its time is decided later, from the number of looks alone.
    if (looks >= 2 && this.#wasCutOff(probe)) this.#settleLocalError("ENETDOWN", probe.endpoint);
    else if (!this.#scheduler.lookAgain(probe.endpoint, looks)) this.#settleNoAnswer("filtered", probe);
  }

  /** A local shortage: slows down and keeps the endpoint for later. False where it has to count as a local error. */
  #isPostponed(probe: SettledProbe, code: string): boolean {
    const isGeneral = isGeneralShortage(code);
    if (!isGeneral && shortagesOf(probe.attempt) >= localTries) return false;
    const now = this.#options.clock.monotonic();
    if (this.#shortage.met(code, now)) this.#window.shrink(this.#inFlight.size + 1, 0.7);
    const attempt = isGeneral ? probe.attempt : afterShortage(probe.attempt);
    this.#scheduler.postpone(probe.endpoint, attempt, this.#shortage.until);
    if (isGeneral && this.#shortage.lastsMs(now) > this.#options.limits.shortagePatienceMs)
      this.#endEarly(describeLocalError(code));
    return true;
  }

  #endEarly(reason: string): void {
    if (this.#isEnded) return;
    this.#cut = reason;
    this.#end();
  }

  #end(): void {
    this.#isEnded = true;
    this.#ended.resolve();
  }

  #reportProgress(): void {
    this.#options.observer.progress?.(this.#progress.at(this.#options.clock.monotonic(), this.#isEnded));
  }

  /** @returns false where an aborted scan could not wait for the observer any longer */
  async #handOverTheRest(): Promise<boolean> {
    if (!this.#options.signal.aborted) {
      await this.#outlet.drain();
      return true;
    }
    const waiting = new AbortController();
    const drained = this.#outlet.drain().then(() => true);
    const late = this.#options.clock.sleep(lastWordMs, waiting.signal).then(() => false);
    const isTaken = await Promise.race([drained, late]);
    waiting.abort();
    return isTaken;
  }
}
