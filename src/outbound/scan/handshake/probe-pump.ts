import type { Address } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import { isGeneralShortage, isShortage, probeStateOf } from "../../../core/connect-error.ts";
import type { ProbeState } from "../../../core/probe-state.ts";
import {
  type InFlightListener,
  InFlightProbes,
  type Lane,
  lanes,
  type NewProbe,
  type SettledProbe,
} from "./in-flight-probes.ts";
import { Links } from "./links.ts";
import type { NeighbourTable } from "./neighbours.ts";
import { afterShortage, shortagesOf } from "./probe-scheduler.ts";
import { Shortage } from "./shortage.ts";

/**
 * - `send`: the probe was filled in and is to be sent now.
 * - `skip`: an endpoint was dealt with that needs no probe now; ask for the next one.
 * - `wait`: nothing is to be sent in this turn.
 */
export type NextProbe = "send" | "skip" | "wait";

/** Decides what a {@link ProbePump} sends and how long it waits for answers, and evaluates the outcomes. */
export interface ProbePolicy {
  /** There is nothing to send and nothing to wait for: turns of the pump are not needed. */
  readonly isIdle: boolean;
  /** How long the oldest probe of a lane may stay without an answer, in milliseconds. */
  timeoutMs(lane: Lane, now: number): number;
  /** Chooses what to send next, and writes it into `probe`. */
  next(probe: NewProbe, now: number): NextProbe;
  /** A probe could not be sent; the same endpoint is to be chosen again at `due`, with this `attempt`. */
  postpone(endpoint: number, attempt: number, due: number): void;
  /** A probe got no answer within its time-out. */
  silent(probe: SettledProbe): void;
  /** A probe ended in any other way. @param code the system's error code; empty for `open` */
  ended(probe: SettledProbe, state: ProbeState, code: string): void;
  /** A shortage of this machine began, or goes on after a back-off. */
  shortageMet?(): void;
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
/** How often an endpoint may meet a local shortage that may be the fault of its address. */
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
  readonly #links: Links;
  readonly #shortage = new Shortage();
  readonly #shortagePatienceMs: number;
  readonly #next: NewProbe = { endpoint: -1, attempt: 0, lane: 0, host: "", port: 0 };
  readonly #stopping = new AbortController();
  #state: "idle" | "scheduled" | "stopped" = "idle";
  /** All input that arrived before this moment has been processed: time-outs are measured by it. */
  #polledUpTo = 0;

  constructor({ clock, policy, neighbours, capacity, shortagePatienceMs }: ProbePumpOptions) {
    this.#policy = policy;
    this.#clock = clock;
    this.#inFlight = new InFlightProbes({ capacity, listener: this, now: () => clock.monotonic() });
    this.#links = new Links(neighbours);
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

  /** How many probes of a lane are in flight. */
  sizeOf(lane: Lane): number {
    return this.#inFlight.sizeOf(lane);
  }

  /** The endpoint of the oldest probe of a lane; -1 when there is none. */
  oldestEndpoint(lane: Lane): number {
    return this.#inFlight.oldestEndpoint(lane);
  }

  /** Whether the oldest probe of a lane has been without an answer for `timeoutMs`. */
  isOverdue(lane: Lane, timeoutMs: number): boolean {
    return this.#inFlight.oldestStart(lane) <= this.#polledUpTo - timeoutMs;
  }

  /** Gives up the oldest probe of a lane, which must not be empty. */
  giveUpOldest(lane: Lane): void {
    this.#shortage.over();
    this.#policy.silent(this.#inFlight.expire(lane));
  }

  /** How long a probe waited; without the time in which this process was too busy to see an answer. */
  waitedMs({ startedAt }: SettledProbe): number {
    return Math.max(0, this.#polledUpTo - startedAt);
  }

  /** Whether the interface that sends to `address`, where `probe` got no answer, had no link meanwhile. */
  wasCutOff({ startedAt }: SettledProbe, address: Address): boolean {
    return this.#links.wasDownTo(address, startedAt, this.#clock.monotonic());
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
  opened(probe: SettledProbe): void {
    this.#shortage.over();
    this.#policy.ended(probe, "open", "");
    this.requestTurn();
  }

  /** @internal */
  failed(probe: SettledProbe, code: string, wasAsked: boolean): void {
    if (isShortage(code) && this.#isPostponed(probe, code)) return;
    const state = probeStateOf(code, wasAsked);
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
    for (const lane of lanes) {
      while (this.isOverdue(lane, this.#policy.timeoutMs(lane, now))) this.giveUpOldest(lane);
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

  /** A local shortage: the endpoint is kept for later. False where it has to count as a local error. */
  #isPostponed({ endpoint, attempt }: SettledProbe, code: string): boolean {
    const isGeneral = isGeneralShortage(code);
    if (!isGeneral && shortagesOf(attempt) >= maxLocalTries) return false;
    const now = this.#clock.monotonic();
    if (this.#shortage.met(code, now)) this.#policy.shortageMet?.();
    this.#policy.postpone(endpoint, isGeneral ? attempt : afterShortage(attempt), this.#shortage.until);
    if (isGeneral && this.#shortage.lastsMs(now) > this.#shortagePatienceMs) this.#policy.shortageLasts(code);
    return true;
  }
}
