import type { Clock } from "../../../core/clock.ts";
import { describeLocalError } from "../../../core/connect-error.ts";
import type { AddressRange } from "../../../core/network.ts";
import type { ProbeState } from "../../../core/probe-state.ts";
import type { ScanLimits } from "../schema.ts";
import type { TargetSpace } from "../targets/target-space.ts";
import { Adaptation } from "./adaptation.ts";
import type { Caps } from "./caps.ts";
import type { EndpointOrder } from "./endpoint-order.ts";
import { HostQuestions } from "./host-questions.ts";
import type { Lane, NewProbe, SettledProbe } from "./in-flight-probes.ts";
import type { NeighbourSlots } from "./neighbour-slots.ts";
import type { NeighbourTable } from "./neighbours.ts";
import { type NextProbe, type ProbePolicy, ProbePump } from "./probe-pump.ts";
import { lookOf, ProbeScheduler } from "./probe-scheduler.ts";
import type { ScanEndpoints } from "./scan-endpoints.ts";
import { ScanOutcomes } from "./scan-outcomes.ts";
import { ScanProgressMeter } from "./scan-progress.ts";
import type { SightingOutlet } from "./sighting-outlet.ts";
import type { Tally } from "./tally.ts";

export interface ScanProbesOptions {
  readonly clock: Clock;
  readonly limits: ScanLimits;
  readonly caps: Caps;
  /** Connections that this scan may have under way. */
  readonly sockets: number;
  readonly neighbours: NeighbourTable;
  readonly neighbourSlots: NeighbourSlots;
  readonly space: TargetSpace;
  /** What `space` numbers. */
  readonly ranges: readonly AddressRange[];
  readonly endpoints: ScanEndpoints;
  readonly order: EndpointOrder;
  /** Steps of `order` that were skipped. */
  readonly from: number;
  readonly tally: Tally;
  readonly outlet: SightingOutlet;
  /** Called at the end of each turn of the pump. */
  readonly onTurn: (now: number) => void;
}

/**
 * The probes of a scan: endpoints come from the {@link ProbeScheduler}, are sent by the {@link ProbePump}, and end in {@link Tally} and
 * {@link SightingOutlet}. Time-outs and the number of probes in flight adapt to the answers ({@link Adaptation}); on the own link
 * the first probe of a host shows whether it is up ({@link HostQuestions}).
 */
export class ScanProbes implements ProbePolicy {
  readonly isIdle = false;
  readonly pump: ProbePump;
  readonly progress: ScanProgressMeter;
  readonly #options: ScanProbesOptions;
  readonly #adaptation: Adaptation;
  readonly #questions: HostQuestions;
  readonly #scheduler: ProbeScheduler;
  readonly #outcomes: ScanOutcomes;
  #socketLimit: number;
  #cut: string | undefined;

  constructor(options: ScanProbesOptions) {
    const { clock, limits, caps, sockets, neighbours, neighbourSlots, space, ranges, order, from, tally } = options;
    this.#options = options;
    this.#socketLimit = sockets;
    const hosts = space.size;
    const capacity = Math.min(sockets, Math.max(1, order.steps));
    const { shortagePatienceMs } = limits;
    const pump = new ProbePump({ clock, policy: this, neighbours, capacity, shortagePatienceMs });
    this.pump = pump;
    this.#adaptation = new Adaptation(limits, pump);
    const { timeouts, loss } = this.#adaptation;
    this.#questions = new HostQuestions({
      space,
      ranges,
      table: neighbours,
      slots: neighbourSlots,
      timeouts,
      loss,
      capacity,
      endpoints: order.steps,
    });
    this.#scheduler = new ProbeScheduler({
      order,
      hosts,
      onLink: this.#questions.hosts,
      loss,
      capacity,
      underWay: () => pump.size,
      reserve: (endpoint, now) => caps.reserve(space, endpoint % hosts, now),
      maxAttempts: limits.maxAttempts,
    });
    const [scheduler, questions] = [this.#scheduler, this.#questions];
    this.progress = new ScanProgressMeter({ order, from, scheduler, inFlight: pump, questions, timeouts, tally });
    const { endpoints, outlet } = options;
    const hopeless = (reason: string) => this.endEarly(reason);
    this.#outcomes = new ScanOutcomes({ endpoints, tally, outlet, progress: this.progress, pump, hopeless });
  }

  /** Why the scan ended early. */
  get cut(): string | undefined {
    return this.#cut;
  }

  /** Lowers or raises how many connections may be under way, when other scans come and go. */
  limitSockets(sockets: number): void {
    this.#socketLimit = sockets;
    this.#adaptation.window.limit(Math.min(sockets, this.pump.capacity));
  }

  endEarly(reason: string): void {
    if (this.pump.isStopped) return;
    this.#cut = reason;
    this.pump.stop();
  }

  /** Closes what is in flight. @returns the endpoints drawn from the order that have no outcome */
  abandon(): readonly number[] {
    const unsettled = [...this.pump, ...this.#scheduler];
    this.pump.abandon();
    this.#questions.hosts.release();
    return unsettled;
  }

  turnBegins(now: number): void {
    this.#questions.update(now);
  }

  turnEnds(now: number): void {
    this.#options.onTurn(now);
    if (this.#scheduler.isEmpty && this.pump.size === 0) this.pump.stop();
  }

  timeoutMs(lane: Lane, now: number): number {
    if (lane === 0) return this.#adaptation.timeouts.firstLongMs();
    return lane === 1 ? this.#repeatedMs() : this.#questionMs(now);
  }

  #repeatedMs(): number {
    return this.#adaptation.timeouts.repeatedMs(this.#scheduler.roundSize / this.#adaptation.window.size);
  }

  #questionMs(now: number): number {
    const endpoint = this.pump.oldestEndpoint(2);
    const { afterMs } = this.#questions.silenceOf(endpoint);
    if (!this.pump.isOverdue(2, afterMs)) return afterMs;
    this.#questions.refresh(now);
    return this.#questions.silenceOf(endpoint).afterMs;
  }

  next(probe: NewProbe, now: number): NextProbe {
    const { caps, outlet, endpoints } = this.#options;
    const scheduler = this.#scheduler;
    if (outlet.isFull || caps.waitMs(now) > 0 || !scheduler.hasDue(now)) return "wait";
    if (this.#isFull() && !this.#giveUpOldest()) return "wait";
    const taken = scheduler.take(now);
    const { endpoint } = scheduler;
    if (taken === "filtered") this.#outcomes.filtered();
    if (taken === "absent") this.#outcomes.absent(1);
    if (taken === "cut-off") this.#outcomes.localError(endpoint, "ENETDOWN");
    if (taken !== "probe") return "skip";
    if (endpoints.isOwn(endpoint)) {
      this.#questions.isThere(endpoint);
      this.#outcomes.answered(endpoint, "closed");
      return "skip";
    }
    caps.spend(now);
    this.#fill(probe, now);
    return "send";
  }

  #fill(probe: NewProbe, now: number): void {
    const { endpoints } = this.#options;
    const { endpoint, attempt } = this.#scheduler;
    const look = lookOf(attempt);
    const isQuestion = this.#questions.isOpen(endpoint);
    if (isQuestion) this.progress.questioned(now);
    else this.progress.launched(look, now);
    probe.endpoint = endpoint;
    probe.attempt = attempt;
    probe.lane = isQuestion ? 2 : look > 1 ? 1 : 0;
    probe.host = endpoints.hostOf(endpoint);
    probe.port = endpoints.portOf(endpoint);
  }

  /** Questions stand outside of the window: they wait for neighbours, not for the network. */
  #isFull(): boolean {
    const { size, capacity } = this.pump;
    return size >= Math.min(capacity, this.#socketLimit) || size - this.pump.sizeOf(2) >= this.#adaptation.window.size;
  }

  /** Makes room by giving up a connection that has waited long enough while others wait for its place. */
  #giveUpOldest(): boolean {
    const isRepeated = this.pump.isOverdue(1, this.#repeatedMs());
    if (!isRepeated && !this.pump.isOverdue(0, this.#adaptation.timeouts.firstMs())) return false;
    this.#adaptation.window.grow();
    this.pump.giveUpOldest(isRepeated ? 1 : 0);
    return true;
  }

  postpone(endpoint: number, attempt: number, due: number): void {
    this.#scheduler.postpone(endpoint, attempt, due);
  }

  shortageMet(): void {
    this.#adaptation.shortageMet();
  }

  shortageLasts(code: string): void {
    this.endEarly(describeLocalError(code));
  }

  ended(probe: SettledProbe, state: ProbeState, code: string): void {
    const { endpoint } = probe;
    if (state === "open" || state === "closed") {
      this.#questions.isThere(endpoint);
      this.#adaptation.answered(probe, this.#options.clock.monotonic());
      this.#outcomes.answered(endpoint, state);
      return;
    }
    if (this.#questions.isOpen(endpoint)) {
      if (
        code === "EHOSTUNREACH" &&
        this.#questions.isNobody(endpoint, this.#options.clock.monotonic() - probe.startedAt)
      ) {
        this.#nobodyAt(probe);
        return;
      }
      this.#questions.isThere(endpoint);
    }
    if (state === "local-error") this.#outcomes.localError(endpoint, code);
    else this.#outcomes.noAnswer(probe, state);
  }

  silent(probe: SettledProbe): void {
    if (probe.lane === 2) {
      this.#questionSilent(probe);
      return;
    }
    this.#questions.isThere(probe.endpoint);
    const looks = this.#adaptation.looksAt(probe);
    this.progress.silent(looks);
    // Whether a third look is worth its time is decided later, from the number of looks alone.
    if (looks >= 2 && this.#outcomes.wasCutOff(probe)) this.#outcomes.localError(probe.endpoint, "ENETDOWN");
    else if (!this.#scheduler.lookAgain(probe.endpoint, looks)) this.#outcomes.noAnswer(probe, "filtered");
  }

  #questionSilent(probe: SettledProbe): void {
    if (this.#questions.silenceOf(probe.endpoint).isAbsent) {
      this.#nobodyAt(probe);
      return;
    }
    // The host is there, yet the SYN may have left a moment ago: that was no look.
    this.#questions.isThere(probe.endpoint);
    if (!this.#scheduler.lookAgain(probe.endpoint, 0)) this.#outcomes.noAnswer(probe, "filtered");
  }

  /** Nobody answers for the address of a host on the own link. */
  #nobodyAt(probe: SettledProbe): void {
    const verdict = this.#questions.nobodyAt(probe.endpoint, this.#outcomes.wasCutOff(probe));
    if (verdict.kind === "absent") this.#outcomes.absent(verdict.count);
    if (verdict.kind === "cut-off")
      for (const endpoint of verdict.endpoints) this.#outcomes.localError(endpoint, "ENETDOWN");
  }
}
