import { describeLocalError } from "../../../core/connect-error.ts";
import type { SettledProbe } from "./in-flight-probes.ts";
import type { ProbePump } from "./probe-pump.ts";
import type { ScanEndpoints } from "./scan-endpoints.ts";
import type { ScanProgressMeter } from "./scan-progress.ts";
import type { SightingOutlet } from "./sighting-outlet.ts";
import type { Tally } from "./tally.ts";

export interface ScanOutcomesOptions {
  readonly endpoints: ScanEndpoints;
  readonly tally: Tally;
  readonly outlet: SightingOutlet;
  readonly progress: ScanProgressMeter;
  readonly pump: Pick<ProbePump, "wasCutOff">;
  /** Every endpoint so far met a local error. */
  readonly hopeless: (reason: string) => void;
}

/** Abort if the first 1,024 endpoints all fail locally. */
const maxLocalErrorsAtStart = 1_024;

/** Records the final state of each endpoint of a scan. */
export class ScanOutcomes {
  readonly #options: ScanOutcomesOptions;

  constructor(options: ScanOutcomesOptions) {
    this.#options = options;
  }

  answered(endpoint: number, state: "open" | "closed"): void {
    const { endpoints, tally, outlet } = this.#options;
    tally.settle(state);
    if (state === "closed") return;
    const sighting = endpoints.at(endpoint);
    const hostname = endpoints.hostnameOf(endpoint);
    outlet.add(hostname === undefined ? sighting : { ...sighting, hostname });
  }

  /** Nothing came from the endpoint; what was sent while the interface had no link is a fault of this machine. */
  noAnswer(probe: SettledProbe, state: "filtered" | "unreachable"): void {
    if (this.wasCutOff(probe)) this.localError(probe.endpoint, "ENETDOWN");
    else this.#options.tally.settle(state);
  }

  /** Endpoints that were looked at often enough, in an earlier probe. */
  filtered(): void {
    this.#options.tally.settle("filtered");
  }

  /** Nobody has the address of these endpoints. */
  absent(count: number): void {
    this.#options.tally.settle("unreachable", count);
    this.#options.progress.spared(count);
  }

  localError(endpoint: number, code: string): void {
    const { endpoints, tally, hopeless } = this.#options;
    const { address, port } = endpoints.at(endpoint);
    tally.settleLocalError(code, address, port);
    if (tally.localErrors === maxLocalErrorsAtStart && tally.settled === maxLocalErrorsAtStart)
      hopeless(describeLocalError(code));
  }

  wasCutOff(probe: SettledProbe): boolean {
    return this.#options.pump.wasCutOff(probe, this.#options.endpoints.at(probe.endpoint).address);
  }
}
