import type { Address } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import { isGeneralShortage, isShortage, probeStateOf } from "../../../core/connect-error.ts";
import type { ProbeState } from "../../../core/probe-state.ts";
import {
  type EndedProbe,
  firstProbe,
  type InFlightListener,
  InFlightProbes,
  type NewProbe,
  type ProbeKind,
  probeKinds,
} from "./in-flight-probes.ts";
import { LinkMonitor } from "./link-monitor.ts";
import type { NeighbourTable } from "./neighbours.ts";
import { Shortage } from "./shortage.ts";
import { afterShortage, shortagesOf } from "./tries.ts";

/**
 * - `send`: the probe was filled in and is to be sent now.
 * - `skip`: an endpoint was chosen that needs no probe now; choose the next one.
 * - `wait`: nothing is to be sent in this turn.
 */
export type NextProbe = "send" | "skip" | "wait";

/** Decides what a {@link ProbePump} sends and how long it waits for answers, and evaluates the outcomes. */
export interface ProbePolicy {
  /** There is nothing to send and nothing in flight: the pump needs no turns. */
  readonly isIdle: boolean;
  /** How long the oldest probe of a kind may stay without an answer, in milliseconds. */
  timeoutMs(kind: ProbeKind, now: number): number;
  /** Chooses what to send next, and writes it into `probe`. */
  next(probe: NewProbe, now: number): NextProbe;
  /** A probe could not be sent: choose its endpoint again at `due`, with these `tries`. */
  postpone(endpoint: number, tries: number, due: number): void;
  /** A probe got no answer within its time-out. */
  silent(probe: EndedProbe): void;
  /** A probe ended in any other way. @param code the system's error code; empty for `open` */
  ended(probe: EndedProbe, state: ProbeState, code: string): void;
  /** A shortage of this machine began, or lasts after a back-off. */
  shortageBegan?(): void;
  /** This machine has not been able to open a connection for longer than the limits allow. */
  shortageLasts(code: string): void;
  turnBegins?(now: number): void;
  turnEnds?(now: number): void;
}

export interface ProbePumpOptions {
  readonly clock: Clock;
  readonly policy: ProbePolicy;
  readonly neighbours: Pick<NeighbourTable, "routes" | "isUp">;
  /** Probes in flight, at most. */
  readonly capacity: number;
  readonly shortagePatienceMs: number;
}

const tickMs = 5;
/** Connects started without giving the event loop a turn. */
const maxLaunchesPerTurn = 128;
/** An endpoint that needs no probe costs little, but not nothing. */
const maxChosenPerTurn = maxLaunchesPerTurn * 8;
/** An address that this machine cannot connect to is tried this often. */
const maxLocalTries = 5;

/**
 * Sends probes and waits for their outcomes; what to send, and what an outcome means, is up to the {@link ProbePolicy}.
 * All work happens in turns. In a turn the probes whose time-out has passed are given up, then further ones are sent,
 * unless a shortage of this machine requires a pause.
 * - `idle`: no turn is scheduled. The next tick, an outcome or {@link requestTurn} schedules one.
 * - `scheduled`: a turn runs after the event loop has polled for input. Answers that arrived while the process was busy
 *   are therefore seen before their probes could be given up.
 * - `stopped`: for good. No probe is sent or given up any more.
 */
export class ProbePump implements InFlightListener {
  readonly #policy: ProbePolicy;
  readonly #clock: Clock;
  readonly #inFlight: InFlightProbes;
  readonly #links: LinkMonitor;
  readonly #shortage = new Shortage();
  readonly #shortagePatienceMs: number;
  readonly #next: NewProbe = { endpoint: -1, tries: 0, kind: firstProbe, host: "", port: 0 };
  readonly #stopping = new AbortController();
  #state: "idle" | "scheduled" | "stopped" = "idle";
  /** All input that arrived before this moment has been processed: time-outs are measured by it. */
  #polledUpTo = 0;

  constructor({ clock, policy, neighbours, capacity, shortagePatienceMs }: ProbePumpOptions) {
    this.#policy = policy;
    this.#clock = clock;
    this.#inFlight = new InFlightProbes({ capacity, listener: this, now: () => clock.monotonic() });
    this.#links = new LinkMonitor(neighbours);
    this.#shortagePatienceMs = shortagePatienceMs;
  }

  get capacity(): number {
    return this.#inFlight.capacity;
  }

  /** How many probes are in flight. */
  get size(): number {
    return this.#inFlight.size;
  }

  get isStopped(): boolean {
    return this.#state === "stopped";
  }

  /** The error of a shortage that still lasts. */
  get shortage(): string | undefined {
    return this.#shortage.code;
  }

  /** How many probes of a kind are in flight. */
  sizeOf(kind: ProbeKind): number {
    return this.#inFlight.sizeOf(kind);
  }

  /** The endpoint of the oldest probe of a kind; -1 when there is none. */
  oldestEndpoint(kind: ProbeKind): number {
    return this.#inFlight.oldestEndpoint(kind);
  }

  /** Whether the oldest probe of a kind has been without an answer for `timeoutMs`. */
  isOverdue(kind: ProbeKind, timeoutMs: number): boolean {
    return this.#inFlight.oldestStart(kind) <= this.#polledUpTo - timeoutMs;
  }

  /** Gives up the oldest probe of a kind, which must not be empty. */
  giveUpOldest(kind: ProbeKind): void {
    this.#shortage.over();
    this.#policy.silent(this.#inFlight.expire(kind));
  }

  /** How long a probe waited; without the time in which this process was too busy to see an answer. */
  waitedMs({ startedAt }: EndedProbe): number {
    return Math.max(0, this.#polledUpTo - startedAt);
  }

  /** Whether the interface that sends to `address` had no link while `probe` waited. */
  wasLinkDown({ startedAt }: EndedProbe, address: Address): boolean {
    return this.#links.wasDown(address, startedAt, this.#clock.monotonic());
  }

  /** Runs until {@link stop}. */
  async run(): Promise<void> {
    const { signal } = this.#stopping;
    this.#polledUpTo = this.#clock.monotonic();
    this.requestTurn();
    while (!signal.aborted) {
      await this.#clock.sleep(tickMs, signal);
      this.requestTurn();
    }
  }

  /** Schedules a turn, unless there is one or none is needed. */
  requestTurn(): void {
    if (this.#state !== "idle" || this.#policy.isIdle) return;
    this.#state = "scheduled";
    setImmediate(() => this.#turn());
  }

  stop(): void {
    this.#state = "stopped";
    this.#stopping.abort();
  }

  /** Closes all connections, without an outcome; after {@link stop}. */
  abandon(): void {
    this.#inFlight.abandon();
  }

  /** The endpoints in flight. */
  [Symbol.iterator](): Iterator<number> {
    return this.#inFlight[Symbol.iterator]();
  }

  /** @internal */
  opened(probe: EndedProbe): void {
    this.#shortage.over();
    this.#policy.ended(probe, "open", "");
    this.requestTurn();
  }

  /** @internal */
  failed(probe: EndedProbe, code: string, wasSent: boolean): void {
    if (isShortage(code) && this.#isPostponed(probe, code)) return;
    const state = probeStateOf(code, wasSent);
    if (state !== "local-error") this.#shortage.over();
    this.#policy.ended(probe, state, code);
    this.requestTurn();
  }

  #turn(): void {
    if (this.isStopped) return;
    this.#state = "idle";
    const now = this.#clock.monotonic();
    this.#links.update(now);
    this.#policy.turnBegins?.(now);
    for (const kind of probeKinds) {
      while (this.isOverdue(kind, this.#policy.timeoutMs(kind, now))) this.giveUpOldest(kind);
    }
    if (now >= this.#shortage.until) this.#send(now);
    this.#policy.turnEnds?.(now);
    this.#polledUpTo = this.#clock.monotonic();
  }

  #send(now: number): void {
    let launched = 0;
    let chosen = 0;
    for (; chosen < maxChosenPerTurn && launched < maxLaunchesPerTurn && !this.isStopped; chosen++) {
      const step = this.#policy.next(this.#next, now);
      if (step === "wait") break;
      if (step === "skip") continue;
      this.#inFlight.launch(this.#next);
      launched += 1;
    }
    if (launched > 0) this.#inFlight.endTurn();
    // A full series: there may be more to send. Let the event loop process input, then go on.
    if (launched === maxLaunchesPerTurn || chosen === maxChosenPerTurn) this.requestTurn();
  }

  /** Postpones a probe after a local shortage. @returns false where it has to count as a local error */
  #isPostponed({ endpoint, tries }: EndedProbe, code: string): boolean {
    const isGeneral = isGeneralShortage(code);
    if (!isGeneral && shortagesOf(tries) >= maxLocalTries) return false;
    const now = this.#clock.monotonic();
    if (this.#shortage.failed(code, now)) this.#policy.shortageBegan?.();
    this.#policy.postpone(endpoint, isGeneral ? tries : afterShortage(tries), this.#shortage.until);
    if (isGeneral && this.#shortage.lastsMs(now) > this.#shortagePatienceMs) this.#policy.shortageLasts(code);
    return true;
  }
}
