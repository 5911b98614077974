import { type Address, addressToBigInt, familyOf } from "../../../core/address.ts";
import type { Clock } from "../../../core/clock.ts";
import { isGeneralShortage, isShortage, probeStateOf } from "../../../core/connect-error.ts";
import { mergeRanges } from "../../../core/network.ts";
import type { Port } from "../../../core/ports.ts";
import type { ProbeState } from "../../../core/probe-state.ts";
import type { ConnectBudget, SocketUser } from "../handshake/connect-budget.ts";
import { DelayedProbes } from "../handshake/delayed-probes.ts";
import { InFlightProbes, type SettledProbe } from "../handshake/in-flight-probes.ts";
import { Links } from "../handshake/links.ts";
import { NeighbourPace, type NeighbourTable } from "../handshake/neighbours.ts";
import { afterShortage, lookOf, shortagesOf } from "../handshake/probe-scheduler.ts";
import { Shortage } from "../handshake/shortage.ts";
import type { ScanLimits } from "../schema.ts";
import { TargetSpace } from "../targets/target-space.ts";

export interface KnocksOptions {
  readonly clock: Clock;
  readonly limits: ScanLimits;
  readonly budget: ConnectBudget;
  readonly neighbours: NeighbourTable;
  /** Endpoints asked and not yet settled, at most. */
  readonly room: number;
  /** Connections under way, at most. Default 256, for endpoints that have answered before, so that few are waited for. */
  readonly maxUnderWay?: number;
  /** @param code the system's error code of a `local-error`, else empty */
  readonly settled: (id: number, state: ProbeState, code: string) => void;
}

interface Target {
  readonly address: Address;
  readonly port: Port;
  /** The address as the caps want it. */
  readonly space: TargetSpace;
}

const tickMs = 5;
/** Connections started without giving the event loop a turn. */
const launchesAtOnce = 128;
const defaultMaxUnderWay = 256;
/** Silence is asked once more and then waited for so long: nothing is known of the round trips on the way. */
const secondWaitMs = 3000;
/** A destination that this machine cannot connect to is tried so often. */
const localTries = 5;

/**
 * Handshakes with single endpoints that somebody else named. Each is made by {@link InFlightProbes} at the moment that the caps
 * give it, and made again where it met silence; a local shortage delays it, and becomes its outcome only when it lasts.
 *
 * All work happens in {@link #pump}, which runs after the event loop has polled for input, so that an answer which
 * arrived while the process was busy is never taken for silence.
 */
export class Knocks implements SocketUser, AsyncDisposable {
  readonly #options: KnocksOptions;
  readonly #inFlight: InFlightProbes;
  readonly #waiting: DelayedProbes;
  readonly #targets = new Map<number, Target>();
  readonly #shortage = new Shortage();
  readonly #neighbours: NeighbourPace;
  readonly #links: Links;
  readonly #stop = new AbortController();
  #share: Disposable | undefined;
  #ticking: Promise<void> | undefined;
  #maxInFlight: number;
  #lastAddress: Address | undefined;
  #isPumpDue = false;
  /** Everything that arrived before this moment has been seen: the clock by which silence is measured. */
  #polledUpTo = 0;

  constructor(options: KnocksOptions) {
    const { clock, budget, neighbours } = options;
    this.#options = options;
    const maxUnderWay = options.maxUnderWay ?? defaultMaxUnderWay;
    this.#maxInFlight = maxUnderWay;
    this.#waiting = new DelayedProbes(options.room);
    this.#inFlight = new InFlightProbes({
      capacity: Math.min(maxUnderWay, budget.sockets()),
      now: () => clock.monotonic(),
      listener: {
        opened: (probe) => this.#met(probe, "open"),
        failed: (probe, code, wasAsked) => this.#failed(probe, code, wasAsked),
      },
    });
    this.#links = new Links(neighbours);
    this.#neighbours = new NeighbourPace(neighbours, mergeRanges(neighbours.onLink));
  }

  start(): void {
    this.#share = this.#options.budget.join(this);
    this.#polledUpTo = this.#options.clock.monotonic();
    this.#ticking = this.#tick();
  }

  limitSockets(sockets: number): void {
    this.#maxInFlight = Math.min(sockets, this.#inFlight.capacity);
  }

  /** Asks one endpoint; `settled` hears of it by `id`. */
  ask(id: number, address: Address, port: Port): void {
    const value = addressToBigInt(address);
    const space = new TargetSpace([{ family: familyOf(address), first: value, last: value }]);
    const target = { address, port, space };
    this.#targets.set(id, target);
    this.#schedule(id, 1, target);
  }

  /** Ends everything under way; nothing is settled any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#inFlight.abandon();
    this.#targets.clear();
    this.#share?.[Symbol.dispose]();
    await this.#ticking;
  }

  async #tick(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#stop.signal.aborted) {
      await clock.sleep(tickMs, this.#stop.signal);
      this.#pumpSoon();
    }
  }

  #pumpSoon(): void {
    if (this.#isPumpDue || this.#targets.size === 0) return;
    this.#isPumpDue = true;
    setImmediate(() => {
      this.#isPumpDue = false;
      if (!this.#stop.signal.aborted) this.#pump();
    });
  }

  #pump(): void {
    const { clock, limits } = this.#options;
    const now = clock.monotonic();
    this.#links.update(now);
    const firstBefore = this.#polledUpTo - limits.connectTimeoutMs;
    while (this.#inFlight.oldestStart(0) <= firstBefore) this.#silent(this.#inFlight.expire(0));
    const secondBefore = this.#polledUpTo - Math.max(secondWaitMs, limits.connectTimeoutMs);
    while (this.#inFlight.oldestStart(1) <= secondBefore) this.#silent(this.#inFlight.expire(1));
    if (now >= this.#shortage.until) this.#launchDue(now);
    this.#polledUpTo = clock.monotonic();
  }

  #launchDue(now: number): void {
    const { caps } = this.#options.budget;
    let launched = 0;
    while (launched < launchesAtOnce && this.#inFlight.size < this.#maxInFlight && this.#waiting.firstDue <= now) {
      const id = this.#waiting.firstEndpoint;
      const attempt = this.#waiting.firstAttempt;
      const target = this.#targets.get(id);
      if (target !== undefined) {
        const isCapped = !target.space.isLoopback(0);
        if (isCapped && caps.waitMs(now) > 0) break;
        if (isCapped) caps.spend(now);
        const { address, port } = target;
        this.#inFlight.launch({ endpoint: id, attempt, lane: lookOf(attempt) > 1 ? 1 : 0, host: address, port });
        launched += 1;
      }
      this.#waiting.dropFirst();
    }
    if (launched === 0) return;
    this.#inFlight.endTurn();
    // A full series: there may be more to send at once. Give the event loop its turn and go on.
    if (launched === launchesAtOnce) this.#pumpSoon();
  }

  #schedule(id: number, attempt: number, { address, space }: Target): void {
    const now = this.#options.clock.monotonic();
    let due = now;
    if (!space.isLoopback(0)) {
      due = this.#options.budget.caps.reserve(space, 0, now);
      // The ports of one host need one entry of the neighbour table.
      if (address !== this.#lastAddress) due = Math.max(due, this.#neighbours.reserve(space, 0, now));
      this.#lastAddress = address;
    }
    this.#waiting.add(id, attempt, due);
    this.#pumpSoon();
  }

  #silent(probe: SettledProbe): void {
    this.#shortage.over();
    const { endpoint, attempt } = probe;
    const target = this.#targets.get(endpoint);
    if (target === undefined) return;
    if (lookOf(attempt) > 1) this.#met(probe, "filtered");
    else this.#schedule(endpoint, attempt + 1, target);
  }

  #failed(probe: SettledProbe, code: string, wasAsked: boolean): void {
    if (isShortage(code) && this.#isPostponed(probe, code)) return;
    const state = probeStateOf(code, wasAsked);
    if (state === "local-error") this.#settle(probe.endpoint, state, code);
    else this.#met(probe, state);
  }

  /** A local shortage: keeps the endpoint for later. False where it has to count as a local error. */
  #isPostponed({ endpoint, attempt }: SettledProbe, code: string): boolean {
    const isGeneral = isGeneralShortage(code);
    if (!isGeneral && shortagesOf(attempt) >= localTries) return false;
    const now = this.#options.clock.monotonic();
    this.#shortage.met(code, now);
    this.#waiting.add(endpoint, isGeneral ? attempt : afterShortage(attempt), this.#shortage.until);
    if (isGeneral && this.#shortage.lastsMs(now) > this.#options.limits.shortagePatienceMs) this.#giveUp(code);
    return true;
  }

  /** What waits cannot be asked; what is under way may still be answered. */
  #giveUp(code: string): void {
    while (this.#waiting.length > 0) {
      const id = this.#waiting.firstEndpoint;
      this.#waiting.dropFirst();
      this.#settle(id, "local-error", code);
    }
  }

  #met({ endpoint, startedAt }: SettledProbe, state: ProbeState): void {
    this.#shortage.over();
    const address = this.#targets.get(endpoint)?.address;
    const isAnswer = state === "open" || state === "closed" || address === undefined;
    // What was sent into a link that is down is a fault of this machine.
    if (!isAnswer && this.#links.wasDownTo(address, startedAt, this.#options.clock.monotonic()))
      this.#settle(endpoint, "local-error", "ENETDOWN");
    else this.#settle(endpoint, state);
  }

  #settle(id: number, state: ProbeState, code = ""): void {
    if (this.#targets.delete(id)) this.#options.settled(id, state, code);
    this.#pumpSoon();
  }
}
