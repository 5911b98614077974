import { describeLocalError } from "../../../core/connect-error.ts";
import type { EndedProbe } from "./in-flight-probes.ts";
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
  readonly pump: Pick<ProbePump, "wasLinkDown">;
  /** Called when every endpoint so far had a local error. */
  readonly allFailed: (reason: string) => void;
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
    tally.add(state);
    if (state === "closed") return;
    const sighting = endpoints.at(endpoint);
    const hostname = endpoints.hostnameOf(endpoint);
    outlet.add(hostname === undefined ? sighting : { ...sighting, hostname });
  }

  /** No answer; if the interface had no link meanwhile, that is a local error. */
  noAnswer(probe: EndedProbe, state: "filtered" | "unreachable"): void {
    if (this.wasLinkDown(probe)) this.localError(probe.endpoint, "ENETDOWN");
    else this.#options.tally.add(state);
  }

  /** An endpoint was silent at each attempt, and gets no further one. */
  filtered(): void {
    this.#options.tally.add("filtered");
  }

  /** No host has the address of these endpoints. */
  absent(count: number): void {
    this.#options.tally.add("unreachable", count);
    this.#options.progress.skipped(count);
  }

  localError(endpoint: number, code: string): void {
    const { endpoints, tally, allFailed } = this.#options;
    const { address, port } = endpoints.at(endpoint);
    tally.addLocalError(code, address, port);
    if (tally.localErrors === maxLocalErrorsAtStart && tally.done === maxLocalErrorsAtStart)
      allFailed(describeLocalError(code));
  }

  wasLinkDown(probe: EndedProbe): boolean {
    return this.#options.pump.wasLinkDown(probe, this.#options.endpoints.at(probe.endpoint).address);
  }
}
