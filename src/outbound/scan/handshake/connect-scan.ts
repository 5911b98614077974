import type { Clock } from "../../../core/clock.ts";
import type { OwnPorts } from "../../../core/own-ports.ts";
import type { Port } from "../../../core/ports.ts";
import type { ScanObserver } from "../../../core/scan-engine.ts";
import { stopReason } from "../../../core/stopped.ts";
import type { ScanLimits } from "../schema.ts";
import type { ScanTargets } from "../targets/resolve-targets.ts";
import { TargetSpace } from "../targets/target-space.ts";
import type { Caps } from "./caps.ts";
import { EndpointOrder, type Shard } from "./endpoint-order.ts";
import type { NeighbourSlots } from "./neighbour-slots.ts";
import type { NeighbourTable } from "./neighbours.ts";
import { ScanEndpoints } from "./scan-endpoints.ts";
import { ScanProbes } from "./scan-probes.ts";
import { type ConnectScanResult, scanResult } from "./scan-result.ts";
import { SightingOutlet } from "./sighting-outlet.ts";
import { Tally } from "./tally.ts";

export interface ConnectScanOptions {
  readonly targets: ScanTargets;
  readonly ports: readonly Port[];
  readonly seed: number;
  readonly shard: Shard;
  readonly from: number;
  readonly clock: Clock;
  readonly limits: ScanLimits;
  /** Probes that this scan may have in flight. */
  readonly sockets: number;
  readonly caps: Caps;
  readonly neighbours: NeighbourTable;
  readonly neighbourSlots: NeighbourSlots;
  readonly own: OwnPorts;
  readonly observer: ScanObserver;
  readonly signal: AbortSignal;
}

const progressMs = 250;
/** How long an aborted scan waits for the observer to take the last sightings. */
const lastBatchMs = 700;

/** One scan, from its first probe to its result: {@link ScanProbes} sends the probes, this class passes on progress and sightings. */
export class ConnectScan {
  readonly #options: ConnectScanOptions;
  readonly #endpoints: ScanEndpoints;
  readonly #order: EndpointOrder;
  readonly #probes: ScanProbes;
  readonly #tally = new Tally();
  readonly #outlet: SightingOutlet;
  #failure: { readonly error: unknown } | undefined;
  #progressAt = 0;

  constructor(options: ConnectScanOptions) {
    const { targets, ports, seed, shard, from, own } = options;
    this.#options = options;
    const space = new TargetSpace(targets.ranges);
    this.#endpoints = new ScanEndpoints({ space, targets, ports, own });
    this.#order = new EndpointOrder({ hosts: space.size, ports: ports.length, seed, shard, from });
    this.#outlet = new SightingOutlet(options.observer, (error) => {
      this.#failure ??= { error };
      this.#probes.pump.stop();
    });
    this.#probes = new ScanProbes({
      ...options,
      space,
      ranges: targets.ranges,
      endpoints: this.#endpoints,
      order: this.#order,
      tally: this.#tally,
      outlet: this.#outlet,
      onTurn: (now) => this.#turnEnded(now),
    });
  }

  /** Changes how many probes may be in flight, when other scans start or end. */
  limitSockets(sockets: number): void {
    this.#probes.limitSockets(sockets);
  }

  /** Rejects where the observer did. */
  async run(): Promise<ConnectScanResult> {
    const { signal } = this.#options;
    const onAbort = () => this.#probes.endEarly(stopReason(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    await this.#probes.pump.run();
    signal.removeEventListener("abort", onAbort);
    const unfinished = this.#probes.abandon();
    const notes = (await this.#passRemaining()) ? [] : ["the scan was stopped before everything found was stored"];
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#reportProgress();
    return scanResult({
      ...this.#options,
      ranges: this.#options.targets.ranges,
      tally: this.#tally,
      order: this.#order,
      unfinished,
      endpointOf: (endpoint) => this.#endpoints.at(endpoint),
      endReason: this.#probes.endReason,
      isAborted: signal.aborted,
      shortage: this.#probes.pump.shortage,
      notes,
    });
  }

  #turnEnded(now: number): void {
    this.#outlet.flush();
    if (now - this.#progressAt < progressMs) return;
    this.#progressAt = now;
    this.#reportProgress();
  }

  #reportProgress(): void {
    const { pump, progress } = this.#probes;
    this.#options.observer.progress?.(progress.at(this.#options.clock.monotonic(), pump.isStopped));
  }

  /** @returns false where the scan was aborted and the observer took too long */
  async #passRemaining(): Promise<boolean> {
    if (!this.#options.signal.aborted) {
      await this.#outlet.drain();
      return true;
    }
    const waiting = new AbortController();
    const drained = this.#outlet.drain().then(() => true);
    const late = this.#options.clock.sleep(lastBatchMs, waiting.signal).then(() => false);
    const isTaken = await Promise.race([drained, late]);
    waiting.abort();
    return isTaken;
  }
}
