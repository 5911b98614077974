import { type Address, addressToBigInt, familyOf } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import { mergeRanges } from "../../../core/network.ts";
import type { Port } from "../../../core/ports.ts";
import type { ProbeState } from "../../../core/probe-state.ts";
import type { ConnectBudget, SocketUser } from "../handshake/connect-budget.ts";
import { DelayedProbes } from "../handshake/delayed-probes.ts";
import {
  type EndedProbe,
  firstProbe,
  type NewProbe,
  type ProbeKind,
  repeatedProbe,
} from "../handshake/in-flight-probes.ts";
import { NeighbourPace, type NeighbourTable } from "../handshake/neighbours.ts";
import { type NextProbe, type ProbePolicy, ProbePump } from "../handshake/probe-pump.ts";
import { attemptOf } from "../handshake/tries.ts";
import type { ScanLimits } from "../schema.ts";
import { TargetSpace } from "../targets/target-space.ts";

export interface EndpointProberOptions {
  readonly clock: Clock;
  readonly limits: ScanLimits;
  readonly budget: ConnectBudget;
  readonly neighbours: NeighbourTable;
  /** Endpoints without an outcome, at most. */
  readonly room: number;
  /** Probes in flight, at most. */
  readonly maxInFlight: number;
  /** Receives each outcome. @param code the system's error code of a `local-error`, else empty */
  readonly onOutcome: (id: number, state: ProbeState, code: string) => void;
}

interface Target {
  readonly address: Address;
  readonly port: Port;
  /** The address, in the form that the caps take. */
  readonly space: TargetSpace;
}

/** The time-out of a second probe: nothing is known of the round-trip times. */
const secondTimeoutMs = 3000;

/**
 * Handshakes with single endpoints that another engine or an earlier scan named. Each is made when the caps allow it, and repeated
 * once after silence. Time-outs are fixed: single endpoints show too little about a network. A shortage of this machine delays
 * a handshake, and becomes its outcome only when it lasts.
 */
export class EndpointProber implements ProbePolicy, SocketUser, AsyncDisposable {
  readonly #options: EndpointProberOptions;
  readonly #pump: ProbePump;
  readonly #waiting: DelayedProbes;
  readonly #targets = new Map<number, Target>();
  readonly #neighbours: NeighbourPace;
  #share: Disposable | undefined;
  #running: Promise<void> | undefined;
  #maxInFlight: number;
  #lastAddress: Address | undefined;

  constructor(options: EndpointProberOptions) {
    const { clock, limits, budget, neighbours, maxInFlight } = options;
    this.#options = options;
    this.#maxInFlight = maxInFlight;
    this.#waiting = new DelayedProbes(options.room);
    this.#pump = new ProbePump({
      clock,
      policy: this,
      neighbours,
      capacity: Math.min(maxInFlight, budget.sockets()),
      shortagePatienceMs: limits.shortagePatienceMs,
    });
    this.#neighbours = new NeighbourPace(neighbours, mergeRanges(neighbours.onLink));
  }

  start(): void {
    this.#share = this.#options.budget.join(this);
    this.#running = this.#pump.run();
  }

  limitSockets(sockets: number): void {
    this.#maxInFlight = Math.min(sockets, this.#pump.capacity);
  }

  /** Probes one endpoint; `onOutcome` is called with its `id`. */
  probe(id: number, address: Address, port: Port): void {
    const value = addressToBigInt(address);
    const space = new TargetSpace([{ family: familyOf(address), first: value, last: value }]);
    const target = { address, port, space };
    this.#targets.set(id, target);
    this.#schedule(id, 1, target);
  }

  /** Closes what is in flight; there are no outcomes any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#pump.stop();
    this.#pump.abandon();
    this.#targets.clear();
    this.#share?.[Symbol.dispose]();
    await this.#running;
  }

  get isIdle(): boolean {
    return this.#targets.size === 0;
  }

  timeoutMs(kind: ProbeKind): number {
    const { connectTimeoutMs } = this.#options.limits;
    return kind === firstProbe ? connectTimeoutMs : Math.max(secondTimeoutMs, connectTimeoutMs);
  }

  next(probe: NewProbe, now: number): NextProbe {
    const { caps } = this.#options.budget;
    if (this.#pump.size >= this.#maxInFlight || this.#waiting.firstDue > now) return "wait";
    const id = this.#waiting.firstEndpoint;
    const tries = this.#waiting.firstTries;
    const target = this.#targets.get(id);
    if (target === undefined) {
      this.#waiting.dropFirst();
      return "skip";
    }
    if (!target.space.isLoopback(0)) {
      if (caps.waitMs(now) > 0) return "wait";
      caps.spend(now);
    }
    this.#waiting.dropFirst();
    probe.endpoint = id;
    probe.tries = tries;
    probe.kind = attemptOf(tries) > 1 ? repeatedProbe : firstProbe;
    probe.host = target.address;
    probe.port = target.port;
    return "send";
  }

  postpone(endpoint: number, tries: number, due: number): void {
    this.#waiting.add(endpoint, tries, due);
  }

  silent(probe: EndedProbe): void {
    const { endpoint, tries } = probe;
    const target = this.#targets.get(endpoint);
    if (target === undefined) return;
    if (attemptOf(tries) > 1) this.ended(probe, "filtered", "");
    else this.#schedule(endpoint, tries + 1, target);
  }

  ended(probe: EndedProbe, state: ProbeState, code: string): void {
    const { endpoint } = probe;
    const target = this.#targets.get(endpoint);
    if (target === undefined) return;
    const isUnanswered = state === "filtered" || state === "unreachable";
    // What was sent into a link that is down is a fault of this machine.
    if (isUnanswered && this.#pump.wasLinkDown(probe, target.address))
      this.#finish(endpoint, "local-error", "ENETDOWN");
    else this.#finish(endpoint, state, state === "local-error" ? code : "");
  }

  /** What waits cannot be probed; what is in flight may still be answered. */
  shortageLasts(code: string): void {
    while (this.#waiting.length > 0) {
      const id = this.#waiting.firstEndpoint;
      this.#waiting.dropFirst();
      this.#finish(id, "local-error", code);
    }
  }

  #schedule(id: number, tries: number, { address, space }: Target): void {
    const now = this.#options.clock.monotonic();
    let due = now;
    if (!space.isLoopback(0)) {
      due = this.#options.budget.caps.reserve(space, 0, now);
      // The ports of one host need one entry of the neighbour table.
      if (address !== this.#lastAddress) due = Math.max(due, this.#neighbours.reserve(space, 0, now));
      this.#lastAddress = address;
    }
    this.#waiting.add(id, tries, due);
    this.#pump.requestTurn();
  }

  #finish(id: number, state: ProbeState, code: string): void {
    if (this.#targets.delete(id)) this.#options.onOutcome(id, state, code);
    this.#pump.requestTurn();
  }
}
