import type { Clock } from "../../../core/clock.ts";
import { describeLocalError } from "../../../core/connect-error.ts";
import type { AddressRange } from "../../../core/network.ts";
import type { ProbeState } from "../../../core/probe-state.ts";
import type { ScanLimits } from "../schema.ts";
import type { TargetSpace } from "../targets/target-space.ts";
import { Adaptation } from "./adaptation.ts";
import { AddressResolution } from "./address-resolution.ts";
import type { Caps } from "./caps.ts";
import type { EndpointOrder } from "./endpoint-order.ts";
import {
  type EndedProbe,
  firstProbe,
  type NewProbe,
  type ProbeKind,
  repeatedProbe,
  resolvingProbe,
} from "./in-flight-probes.ts";
import type { NeighbourSlots } from "./neighbour-slots.ts";
import type { NeighbourTable } from "./neighbours.ts";
import { type NextProbe, type ProbePolicy, ProbePump } from "./probe-pump.ts";
import { ProbeScheduler } from "./probe-scheduler.ts";
import type { ScanEndpoints } from "./scan-endpoints.ts";
import { ScanOutcomes } from "./scan-outcomes.ts";
import { ScanProgressMeter } from "./scan-progress.ts";
import type { SightingOutlet } from "./sighting-outlet.ts";
import type { Tally } from "./tally.ts";
import { attemptOf } from "./tries.ts";

export interface ScanProbesOptions {
  readonly clock: Clock;
  readonly limits: ScanLimits;
  readonly caps: Caps;
  /** Probes that this scan may have in flight. */
  readonly sockets: number;
  readonly neighbours: NeighbourTable;
  readonly neighbourSlots: NeighbourSlots;
  readonly space: TargetSpace;
  /** The ranges that `space` numbers. */
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
 * the first probe of a host shows whether it is up ({@link AddressResolution}).
 */
export class ScanProbes implements ProbePolicy {
  readonly isIdle = false;
  readonly pump: ProbePump;
  readonly progress: ScanProgressMeter;
  readonly #options: ScanProbesOptions;
  readonly #adaptation: Adaptation;
  readonly #resolution: AddressResolution;
  readonly #scheduler: ProbeScheduler;
  readonly #outcomes: ScanOutcomes;
  #endReason: string | undefined;

  constructor(options: ScanProbesOptions) {
    const { clock, limits, caps, sockets, neighbours, neighbourSlots, space, ranges, order, from, tally } = options;
    this.#options = options;
    const hosts = space.size;
    const capacity = Math.min(sockets, Math.max(1, order.steps));
    const { shortagePatienceMs } = limits;
    const pump = new ProbePump({ clock, policy: this, neighbours, capacity, shortagePatienceMs });
    this.pump = pump;
    this.#adaptation = new Adaptation(limits, pump);
    const { timeouts, loss } = this.#adaptation;
    this.#resolution = new AddressResolution({
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
      onLink: this.#resolution.hosts,
      loss,
      capacity,
      inFlight: () => pump.size,
      reserve: (endpoint, now) => caps.reserve(space, endpoint % hosts, now),
      maxAttempts: limits.maxAttempts,
    });
    const [scheduler, resolution] = [this.#scheduler, this.#resolution];
    this.progress = new ScanProgressMeter({ order, from, scheduler, inFlight: pump, resolution, timeouts, tally });
    const { endpoints, outlet } = options;
    const allFailed = (reason: string) => this.endEarly(reason);
    this.#outcomes = new ScanOutcomes({ endpoints, tally, outlet, progress: this.progress, pump, allFailed });
  }

  /** Why the scan ended early. */
  get endReason(): string | undefined {
    return this.#endReason;
  }

  /** Changes how many probes may be in flight, when other scans start or end. */
  limitSockets(sockets: number): void {
    this.#adaptation.limitSockets(sockets);
  }

  endEarly(reason: string): void {
    if (this.pump.isStopped) return;
    this.#endReason = reason;
    this.pump.stop();
  }

  /** Closes what is in flight. @returns the endpoints drawn from the order that have no final state */
  abandon(): readonly number[] {
    const unfinished = [...this.pump, ...this.#scheduler];
    this.pump.abandon();
    this.#resolution.hosts.release();
    return unfinished;
  }

  turnBegins(now: number): void {
    this.#resolution.update(now);
  }

  turnEnds(now: number): void {
    this.#options.onTurn(now);
    if (this.#scheduler.isEmpty && this.pump.size === 0) this.pump.stop();
  }

  timeoutMs(kind: ProbeKind, now: number): number {
    if (kind === firstProbe) return this.#adaptation.timeouts.firstLongMs();
    return kind === repeatedProbe ? this.#adaptation.repeatedMs(this.#scheduler.roundSize) : this.#resolutionMs(now);
  }

  #resolutionMs(now: number): number {
    const endpoint = this.pump.oldestEndpoint(resolvingProbe);
    const { afterMs } = this.#resolution.silenceOf(endpoint);
    if (!this.pump.isOverdue(resolvingProbe, afterMs)) return afterMs;
    this.#resolution.refresh(now);
    return this.#resolution.silenceOf(endpoint).afterMs;
  }

  next(probe: NewProbe, now: number): NextProbe {
    const { caps, outlet, endpoints } = this.#options;
    const scheduler = this.#scheduler;
    if (outlet.isFull || caps.waitMs(now) > 0 || !scheduler.hasDue(now)) return "wait";
    if (this.#adaptation.isFull && !this.#adaptation.makeRoom(scheduler.roundSize)) return "wait";
    const taken = scheduler.take(now);
    const { endpoint } = scheduler;
    if (taken === "filtered") this.#outcomes.filtered();
    if (taken === "absent") this.#outcomes.absent(1);
    if (taken === "link-down") this.#outcomes.localError(endpoint, "ENETDOWN");
    if (taken !== "probe") return "skip";
    if (endpoints.isOwn(endpoint)) {
      this.#resolution.hostIsUp(endpoint);
      this.#outcomes.answered(endpoint, "closed");
      return "skip";
    }
    caps.spend(now);
    this.#fill(probe, now);
    return "send";
  }

  #fill(probe: NewProbe, now: number): void {
    const { endpoints } = this.#options;
    const { endpoint, tries } = this.#scheduler;
    const attempt = attemptOf(tries);
    const isResolving = this.#resolution.isPending(endpoint);
    if (isResolving) this.progress.resolving(now);
    else this.progress.launched(attempt, now);
    probe.endpoint = endpoint;
    probe.tries = tries;
    probe.kind = isResolving ? resolvingProbe : attempt > 1 ? repeatedProbe : firstProbe;
    probe.host = endpoints.hostOf(endpoint);
    probe.port = endpoints.portOf(endpoint);
  }

  postpone(endpoint: number, tries: number, due: number): void {
    this.#scheduler.postpone(endpoint, tries, due);
  }

  shortageBegan(): void {
    this.#adaptation.shortageBegan();
  }

  shortageLasts(code: string): void {
    this.endEarly(describeLocalError(code));
  }

  ended(probe: EndedProbe, state: ProbeState, code: string): void {
    const { endpoint } = probe;
    if (state === "open" || state === "closed") {
      this.#resolution.hostIsUp(endpoint);
      this.#adaptation.answered(probe, this.#options.clock.monotonic());
      this.#outcomes.answered(endpoint, state);
      return;
    }
    if (this.#resolution.isPending(endpoint)) {
      const elapsedMs = this.#options.clock.monotonic() - probe.startedAt;
      if (code === "EHOSTUNREACH" && this.#resolution.meansNoHost(endpoint, elapsedMs)) {
        this.#noHost(probe);
        return;
      }
      this.#resolution.hostIsUp(endpoint);
    }
    if (state === "local-error") this.#outcomes.localError(endpoint, code);
    else this.#outcomes.noAnswer(probe, state);
  }

  silent(probe: EndedProbe): void {
    if (probe.kind === resolvingProbe) {
      this.#resolutionSilent(probe);
      return;
    }
    this.#resolution.hostIsUp(probe.endpoint);
    const attempts = this.#adaptation.attemptsUpTo(probe);
    this.progress.silent(attempts);
    // Whether a third attempt is worthwhile is decided later, by the number of attempts alone: check the link now.
    if (attempts >= 2 && this.#outcomes.wasLinkDown(probe)) this.#outcomes.localError(probe.endpoint, "ENETDOWN");
    else if (!this.#scheduler.retry(probe.endpoint, attempts)) this.#outcomes.noAnswer(probe, "filtered");
  }

  #resolutionSilent(probe: EndedProbe): void {
    if (this.#resolution.silenceOf(probe.endpoint).isAbsent) {
      this.#noHost(probe);
      return;
    }
    // The host is up, but the SYN may have left just now: this was not an attempt.
    this.#resolution.hostIsUp(probe.endpoint);
    if (!this.#scheduler.retry(probe.endpoint, 0)) this.#outcomes.noAnswer(probe, "filtered");
  }

  /** No host on the own link has the address. */
  #noHost(probe: EndedProbe): void {
    const verdict = this.#resolution.failed(probe.endpoint, this.#outcomes.wasLinkDown(probe));
    if (verdict.kind === "absent") this.#outcomes.absent(verdict.count);
    if (verdict.kind === "link-down")
      for (const endpoint of verdict.endpoints) this.#outcomes.localError(endpoint, "ENETDOWN");
  }
}
