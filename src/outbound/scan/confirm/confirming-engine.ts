import type { Clock } from "../../../core/clock.ts";
import type { AddressRange } from "../../../core/network.ts";
import type { ScanEngine, ScanJob, ScanObserver, ScanProgress, ScanResult } from "../../../core/scan-engine.ts";
import type { ScanPlan } from "../../../core/watch.ts";
import { interfaceNetworks } from "../../../platform/interface-networks.ts";
import { systemClock } from "../../../platform/system-clock.ts";
import { ConnectBudget } from "../handshake/connect-budget.ts";
import { type NeighbourTable, neighbourTable } from "../handshake/neighbours.ts";
import { defaultScanLimits, type ScanLimits } from "../schema.ts";
import { hostlessAddresses } from "../targets/hostless.ts";
import { Confirmation } from "./confirmation.ts";

export interface ConfirmingEngineOptions<Plan extends ScanPlan> {
  /** The engine whose findings are confirmed. */
  readonly engine: ScanEngine<Plan>;
  readonly clock?: Clock;
  readonly limits?: ScanLimits;
  /** Never contacted; what the engine reports there is passed on without a handshake. */
  readonly exclude?: readonly AddressRange[];
  /** Sockets and caps, shared with other scans. */
  readonly budget?: ConnectBudget;
  readonly neighbours?: () => NeighbourTable;
}

/**
 * Any scanner, with a full handshake of our own for each open port that it saw half-open, because middleboxes forge SYN-ACKs
 * and a false alert costs trust. A port that does not complete the handshake is not passed on; one that cannot be probed
 * (a local shortage, `scope.exclude`) is. The notes of the scan list both. Status and coverage stay those of the engine.
 *
 * An address outside of `scope.allow` is confirmed like any other, because the user's own command line has probed it already.
 */
export class ConfirmingEngine<Plan extends ScanPlan> implements ScanEngine<Plan> {
  readonly #engine: ScanEngine<Plan>;
  readonly #clock: Clock;
  readonly #limits: ScanLimits;
  readonly #exclude: readonly AddressRange[];
  readonly #budget: ConnectBudget;
  readonly #neighbours: () => NeighbourTable;

  constructor(options: ConfirmingEngineOptions<Plan>) {
    this.#engine = options.engine;
    this.#clock = options.clock ?? systemClock;
    this.#limits = options.limits ?? defaultScanLimits;
    this.#exclude = options.exclude ?? [];
    this.#budget = options.budget ?? new ConnectBudget({ limits: this.#limits });
    this.#neighbours = options.neighbours ?? neighbourTable;
  }

  async scan(job: ScanJob<Plan>, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult> {
    await using confirmation = new Confirmation({
      clock: this.#clock,
      limits: this.#limits,
      exclude: this.#exclude,
      hostless: hostlessAddresses(interfaceNetworks()),
      budget: this.#budget,
      neighbours: this.#neighbours,
      observer,
      signal,
    });
    confirmation.start();
    let latest: ScanProgress | undefined;
    const progress = (step: ScanProgress) => {
      latest = step;
      observer.progress?.({ ...step, found: Math.max(0, step.found - confirmation.dropped) });
    };
    const result = await this.#engine.scan(
      job,
      {
        sighted: (batch) => confirmation.take(batch),
        progress: observer.progress === undefined ? undefined : progress,
      },
      signal,
    );
    await confirmation.finish();
    if (latest !== undefined && confirmation.dropped > 0) progress(latest);
    return { ...result, notes: [...result.notes, ...confirmation.notes(result.engine)] };
  }
}
