import type { Address } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import { maxExceptions } from "../../../core/coverage.ts";
import type { Port } from "../../../core/ports.ts";
import type { ScanObserver, ScanResult } from "../../../core/scan-engine.ts";
import type { ScanLimits } from "../schema.ts";
import type { ScanTargets } from "../targets/resolve-targets.ts";
import { TargetSpace } from "../targets/target-space.ts";
import type { Caps } from "./caps.ts";
import { DelayedProbes } from "./delayed-probes.ts";
import { EndpointOrder, type Shard } from "./endpoint-order.ts";
import { Flight, type Lane, type SettledProbe } from "./flight.ts";
import { describeLocalError, isGeneralShortage, isShortage, knockStateOf } from "./knock-state.ts";
import { Loss } from "./loss.ts";
import type { NeighbourPace } from "./neighbours.ts";
import { kernelRetryMs, Patience } from "./patience.ts";
import { ProbeQueue } from "./probe-queue.ts";
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
  readonly neighbours: NeighbourPace;
  readonly observer: ScanObserver;
  readonly signal: AbortSignal;
}

/** A scan's result, and where to take it up if it ended early. */
export interface ConnectScanResult extends ScanResult {
  /** Options with which the rest can be scanned later; everything before was settled. */
  readonly resume?: { readonly seed: number; readonly from: number };
}

const tickMs = 5;
const progressMs = 250;
/** Connects started without giving the event loop a turn. */
const launchesAtOnce = 128;
/** Silent endpoints that wait for another look, at most; then looking again comes before going on. */
const retryRoom = 65_536;
/** Probes held back by the caps of their host or network, at most; then the scan waits. */
const delayedRoom = 4_096;
/** A destination that this machine cannot connect to is tried so often. */
const localTries = 5;
/** Local errors alone, this many from the start: the rest would fare no better. */
const hopeless = 1_024;
/** How long the observer may take for what was found, once the scan was aborted. */
const lastWordMs = 700;

/** The attempt counts looks in its low four bits, and local shortages of this endpoint above. */
const lookMask = 15;
const shortageStep = 16;

/**
 * One scan: endpoints come from {@link EndpointOrder} or from the queues of those to be looked at again, pass the caps,
 * become connections in {@link Flight}, and end in {@link Tally} and {@link SightingOutlet}.
 *
 * All work happens in {@link #pump}, which runs after the event loop has polled for input, so that an answer which
 * arrived while the process was busy is never taken for silence.
 */
export class ConnectScan {
  readonly #options: ConnectScanOptions;
  readonly #space: TargetSpace;
  readonly #order: EndpointOrder;
  readonly #flight: Flight;
  readonly #patience: Patience;
  readonly #loss = new Loss();
  readonly #tally = new Tally();
  readonly #window: Window;
  readonly #retries = new ProbeQueue(retryRoom);
  readonly #delayed: DelayedProbes;
  readonly #outlet: SightingOutlet;
  readonly #ended = Promise.withResolvers<void>();
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;
  /** Why it ended early. */
  #cut: string | undefined;
  #pumpIsDue = false;
  /** Everything that arrived before this moment has been seen. */
  #polledUpTo = 0;
  #isDraining = false;
  #backOffMs = 0;
  #backOffUntil = 0;
  /** Start of a shortage during which no connection could be opened at all. */
  #shortSince: number | undefined;
  #shortCode = "";
  #strainedAt = Number.NEGATIVE_INFINITY;
  #progressAt = 0;
  /** Endpoints in the queue that were looked at twice and are done unless answers show losses. */
  #doubtful = 0;
  #shownDone = 0;

  constructor(options: ConnectScanOptions) {
    this.#options = options;
    this.#space = new TargetSpace(options.targets.ranges);
    this.#order = new EndpointOrder({
      hosts: this.#space.size,
      ports: options.ports.length,
      seed: options.seed,
      shard: options.shard,
      from: options.from,
    });
    const capacity = Math.min(options.sockets, Math.max(1, this.#order.steps));
    this.#flight = new Flight({
      capacity,
      now: () => options.clock.monotonic(),
      listener: {
        opened: (probe) => this.#opened(probe),
        failed: (probe, code, wasAsked) => this.#failed(probe, code, wasAsked),
      },
    });
    this.#delayed = new DelayedProbes(delayedRoom + capacity);
    this.#window = new Window({ initial: 256, min: 4, max: capacity });
    this.#patience = new Patience(options.limits);
    this.#outlet = new SightingOutlet(options.observer, (error) => {
      this.#failure ??= { error };
      this.#end();
    });
  }

  /** Lowers or raises how many connections may be under way, when other scans come and go. */
  limitSockets(sockets: number): void {
    this.#window.limit(Math.min(sockets, this.#flight.capacity));
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
    const unsettled = [...this.#flight, ...this.#retries, ...this.#delayed];
    this.#flight.abandon();
    const unheard = await this.#handOverTheRest();
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#reportProgress();
    return this.#result(unsettled, unheard);
  }

  async #tick(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#options.clock.sleep(tickMs, stop);
      if (!stop.aborted) this.#schedule();
    }
  }

  /** Runs the pump once in this turn of the event loop, after input was polled. */
  #schedule(): void {
    if (this.#pumpIsDue || this.#isEnded) return;
    this.#pumpIsDue = true;
    setImmediate(() => {
      this.#pumpIsDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#isEnded) return;
    const now = this.#options.clock.monotonic();
    this.#expire();
    if (!this.#outlet.isFull) this.#launchDue(now);
    this.#outlet.flush();
    if (now - this.#progressAt >= progressMs) {
      this.#progressAt = now;
      this.#reportProgress();
    }
    if (this.#order.isFinished && this.#retries.length + this.#delayed.length + this.#flight.size === 0) this.#end();
    this.#polledUpTo = this.#options.clock.monotonic();
  }

  /** Gives up connections that waited as long as any may. */
  #expire(): void {
    const firstBefore = this.#polledUpTo - this.#patience.firstLongMs();
    while (this.#flight.oldestStart(0) <= firstBefore) this.#silent(this.#flight.expire(0));
    const repeatedBefore = this.#polledUpTo - this.#repeatedMs();
    while (this.#flight.oldestStart(1) <= repeatedBefore) this.#silent(this.#flight.expire(1));
  }

  /** Makes room by giving up a connection that has waited long enough while others wait for its place. */
  #giveUpOldest(): boolean {
    let lane: Lane;
    if (this.#flight.oldestStart(1) <= this.#polledUpTo - this.#repeatedMs()) lane = 1;
    else if (this.#flight.oldestStart(0) <= this.#polledUpTo - this.#patience.firstMs()) lane = 0;
    else return false;
    this.#window.grow();
    this.#silent(this.#flight.expire(lane));
    return true;
  }

  #repeatedMs(): number {
    const waves = Math.min(this.#order.steps, retryRoom) / this.#window.size;
    return this.#patience.repeatedMs(waves);
  }

  #launchDue(now: number): void {
    if (now < this.#backOffUntil) return;
    const { caps, neighbours } = this.#options;
    let launched = 0;
    // Looking at an endpoint without launching it (it is delayed, or not worth another look) is cheap, but not free.
    for (let looked = 0; looked < launchesAtOnce * 8 && launched < launchesAtOnce; looked++) {
      if (caps.waitMs(now) > 0) break;
      const isDelayedDue = this.#delayed.firstDue <= now;
      if (!isDelayedDue && !this.#hasNext()) break;
      if (this.#flight.size >= this.#window.size && !this.#giveUpOldest()) break;
      let endpoint: number;
      let attempt: number;
      if (isDelayedDue) {
        endpoint = this.#delayed.firstEndpoint;
        attempt = this.#delayed.firstAttempt;
        this.#delayed.dropFirst();
      } else {
        if (this.#takesRetryNext()) {
          endpoint = this.#retries.firstEndpoint;
          attempt = this.#retries.firstAttempt;
          this.#retries.dropFirst();
          if (attempt > 2) this.#doubtful -= 1;
          if (attempt > 2 && !this.#loss.deservesAnotherLook(attempt - 1)) {
            this.#tally.settle("filtered");
            continue;
          }
        } else {
          endpoint = this.#order.next();
          attempt = 1;
        }
        const index = endpoint % this.#space.size;
        const due = Math.max(caps.reserve(this.#space, index, now), neighbours.reserve(this.#space, index, now));
        if (due > now) {
          this.#delayed.add(endpoint, attempt, due);
          continue;
        }
      }
      caps.spend(now);
      this.#launch(endpoint, attempt);
      launched += 1;
    }
    if (launched === 0) return;
    this.#flight.endTurn();
    // A full series: there may be more to send at once. Give the event loop its turn and go on.
    if (launched === launchesAtOnce) this.#schedule();
  }

  #hasNext(): boolean {
    if (this.#delayed.length >= delayedRoom) return false;
    return !this.#order.isFinished || this.#retries.length > 0;
  }

  /** New endpoints first: a second look is better the later it comes. But the queue for second looks has an end. */
  #takesRetryNext(): boolean {
    if (this.#order.isFinished) return true;
    const waiting = this.#retries.length + this.#flight.size + this.#delayed.length;
    if (waiting >= retryRoom - 1) this.#isDraining = true;
    else if (this.#retries.length <= retryRoom / 2) this.#isDraining = false;
    return this.#isDraining && this.#retries.length > 0;
  }

  #launch(endpoint: number, attempt: number): void {
    const hosts = this.#space.size;
    const index = endpoint % hosts;
    const { ports, targets } = this.#options;
    let host = this.#space.hostAt(index);
    if (targets.zones.size > 0) {
      const address = this.#space.addressAt(index);
      const zone = targets.zones.get(address);
      if (zone !== undefined) host = `${address}%${zone}`;
    }
    this.#flight.launch({
      endpoint,
      attempt,
      lane: (attempt & lookMask) > 1 ? 1 : 0,
      host,
      port: ports[(endpoint - index) / hosts] ?? 0,
    });
  }

  #opened(probe: SettledProbe): void {
    this.#answered(probe);
    this.#tally.settle("open");
    const { address, port } = this.#endpointOf(probe.endpoint);
    const hostname = this.#options.targets.names.get(withoutZone(address));
    this.#outlet.add({ address, port, ...(hostname === undefined ? {} : { hostname }) });
    this.#schedule();
  }

  #failed(probe: SettledProbe, code: string, wasAsked: boolean): void {
    if (isShortage(code) && this.#isPostponed(probe, code)) return;
    const state = knockStateOf(code, wasAsked);
    if (state === "local-error") {
      const { address, port } = this.#endpointOf(probe.endpoint);
      this.#tally.settleLocalError(code, address, port);
      if (this.#tally.localErrors === hopeless && this.#tally.settled === hopeless)
        this.#endEarly(describeLocalError(code));
    } else {
      if (state === "closed") this.#answered(probe);
      this.#tally.settle(state);
    }
    this.#schedule();
  }

  /** Learns from an answer, open or closed. */
  #answered(probe: SettledProbe): void {
    this.#shortSince = undefined;
    this.#backOffMs = 0;
    const now = this.#options.clock.monotonic();
    // On the clock by which silence is measured: what a busy process took to look is not the network's delay.
    const waitedMs = Math.max(0, this.#polledUpTo - probe.startedAt);
    const look = probe.attempt & lookMask;
    // An answer after the system repeated the SYN does not say to which of them (Karn's algorithm, RFC 6298 section 3).
    const isRepeated = now - probe.startedAt >= kernelRetryMs - 50;
    if (!isRepeated) this.#patience.roundTrip.add(waitedMs);
    this.#loss.answered(isRepeated ? look + 1 : look);
    const wasLost = look > 1 && waitedMs < this.#patience.firstMs();
    if (wasLost && this.#loss.share > 0.02 && now - this.#strainedAt > 500) {
      // Packets get lost: send a little more slowly, yet not much, for loss may have other causes.
      this.#strainedAt = now;
      const least = Math.max(256, this.#flight.capacity * 0.7);
      if (this.#window.size > least) this.#window.shrink(this.#flight.size, Math.max(0.85, least / this.#window.size));
    } else if (!wasLost && this.#flight.size + 1 >= this.#window.size) {
      this.#window.grow();
    }
  }

  #silent(probe: SettledProbe): void {
    this.#shortSince = undefined;
    this.#backOffMs = 0;
    const { maxAttempts } = this.#options.limits;
    const waitedMs = this.#polledUpTo - probe.startedAt;
    const looks = (probe.attempt & lookMask) + (waitedMs >= kernelRetryMs + this.#patience.firstMs() ? 1 : 0);
    const hasRoom = this.#retries.length < retryRoom;
    // From the third look on the queue may be left out when it is full; whether the look is made is decided at its turn.
    const isWanted =
      looks < 2
        ? maxAttempts > 1
        : looks < maxAttempts &&
          (this.#retries.length + this.#flight.size < retryRoom - 1 || this.#loss.deservesAnotherLook(looks));
    if (isWanted && hasRoom) {
      this.#retries.push(probe.endpoint, looks + 1);
      if (looks >= 2) this.#doubtful += 1;
    } else this.#tally.settle("filtered");
  }

  /** A local shortage: slows down and keeps the endpoint for later. False where it has to count as a local error. */
  #isPostponed(probe: SettledProbe, code: string): boolean {
    const now = this.#options.clock.monotonic();
    if (!isGeneralShortage(code) && probe.attempt >= shortageStep * localTries) return false;
    if (isGeneralShortage(code)) {
      this.#shortSince ??= now;
      this.#shortCode = code;
      if (now - this.#shortSince > this.#options.limits.shortagePatienceMs) {
        this.#delayed.add(probe.endpoint, probe.attempt, now);
        this.#endEarly(describeLocalError(code));
        return true;
      }
    }
    if (now >= this.#backOffUntil) {
      this.#backOffMs = Math.min(1000, Math.max(20, this.#backOffMs * 2));
      this.#backOffUntil = now + this.#backOffMs;
      this.#window.shrink(this.#flight.size + 1, 0.7);
    }
    const attempt = isGeneralShortage(code) ? probe.attempt : probe.attempt + shortageStep;
    this.#delayed.add(probe.endpoint, attempt, this.#backOffUntil);
    return true;
  }

  #endpointOf(endpoint: number): { readonly address: Address; readonly port: Port } {
    const index = endpoint % this.#space.size;
    const { ports, targets } = this.#options;
    const address = this.#space.addressAt(index);
    const zone = targets.zones.get(address);
    return {
      address: zone === undefined ? address : (`${address}%${zone}` as Address),
      port: ports[(endpoint - index) / this.#space.size] ?? 0,
    };
  }

  #endEarly(reason: string): void {
    if (this.#isEnded) return;
    this.#cut = reason;
    this.#end();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#ended.resolve();
  }

  #reportProgress(): void {
    this.#shownDone = Math.max(this.#shownDone, this.#tally.settled + this.#doubtful);
    this.#options.observer.progress?.({
      done: this.#isEnded ? this.#tally.settled : this.#shownDone,
      total: this.#order.steps - Math.min(this.#options.from, this.#order.steps),
      found: this.#tally.open,
    });
  }

  /** @returns true where an aborted scan could not wait for the observer any longer */
  async #handOverTheRest(): Promise<boolean> {
    if (!this.#options.signal.aborted) {
      await this.#outlet.drain();
      return false;
    }
    const patience = new AbortController();
    const drained = this.#outlet.drain().then(() => false);
    const late = await Promise.race([drained, this.#options.clock.sleep(lastWordMs, patience.signal).then(() => true)]);
    patience.abort();
    return late;
  }

  #result(unsettled: readonly number[], unheard: boolean): ConnectScanResult {
    const { targets, ports } = this.#options;
    const tally = this.#tally;
    const local = tally.commonestLocalError;
    const common = {
      engine: "connect",
      counts: tally.counts,
      notes: unheard ? ["the scan was aborted before everything found was taken"] : [],
    };
    const exceptions = this.#exceptUnasked(unsettled);
    const asked = tally.settled - tally.localErrors;
    if (asked === 0 && (local !== undefined || this.#shortSince !== undefined) && !this.#options.signal.aborted) {
      const reason = this.#cut ?? describeLocalError(local ?? this.#shortCode);
      return { ...common, status: "failed", coverage: { kind: "none" }, reason };
    }
    const coverage = exceptions ? tally.coverage(targets.ranges, ports) : ({ kind: "none" } as const);
    if (this.#cut !== undefined) {
      const steps = unsettled.map((endpoint) => this.#order.stepOf(endpoint));
      const from = steps.reduce((least, step) => Math.min(least, step), this.#order.position);
      return { ...common, status: "partial", coverage, reason: this.#cut, resume: { seed: this.#options.seed, from } };
    }
    if (local === undefined) return { ...common, status: "complete", coverage };
    const endpoints = tally.localErrors === 1 ? "1 endpoint" : `${tally.localErrors} endpoints`;
    return {
      ...common,
      status: "partial",
      coverage,
      reason: `${endpoints} could not be asked: ${describeLocalError(local)}`,
    };
  }

  /** Notes every endpoint of the ranges that this scan did not settle. False when they are too many to name. */
  #exceptUnasked(unsettled: readonly number[]): boolean {
    const order = this.#order;
    const total = this.#space.size * this.#options.ports.length;
    if (total - this.#tally.settled > maxExceptions) return false;
    const except = (endpoint: number) => {
      const { address, port } = this.#endpointOf(endpoint);
      this.#tally.except(address, port);
    };
    for (const endpoint of unsettled) except(endpoint);
    for (let step = order.position; step < order.steps; step++) except(order.at(step));
    for (let step = 0; step < Math.min(this.#options.from, order.steps); step++) except(order.at(step));
    if (this.#options.shard.count > 1) {
      for (let endpoint = 0; endpoint < total; endpoint++)
        if (!Number.isInteger(order.stepOf(endpoint))) except(endpoint);
    }
    return true;
  }
}

function withoutZone(address: Address): Address {
  const percent = address.indexOf("%");
  return percent < 0 ? address : (address.slice(0, percent) as Address);
}
