import type { Address } from "./address.ts";
import type { Endpoint } from "./connection.ts";
import type { Coverage } from "./coverage.ts";
import type { Port } from "./ports.ts";
import type { ProbeCounts } from "./probe-state.ts";
import type { Sighting } from "./sighting.ts";
import type { ScanPlan } from "./watch.ts";

/** What to scan: one plan on these ports. */
export interface ScanJob<Plan extends ScanPlan = ScanPlan> {
  readonly plan: Plan;
  readonly ports: readonly Port[];
  /**
   * The endpoints that are present for the watch, in pages. They are probed before they count as missed, where the engine does not
   * prove absence. The port `everyPort` stands for a host on which every port answers.
   */
  readonly known?: () => AsyncIterable<readonly Endpoint[]>;
}

export interface ScanObserver {
  /**
   * Takes open ports as they are found, each endpoint once per scan, in batches. The engine waits for the promise
   * before it continues, so a slow store slows the scan instead of filling the memory.
   */
  sighted(batch: readonly Sighting[]): Promise<void>;
  /** Called a few times a second at most. */
  readonly progress?: ((progress: ScanProgress) => void) | undefined;
}

export interface ScanProgress {
  /** Endpoints that have a result. */
  readonly done: number;
  /** Endpoints in all, where known. */
  readonly total: number | undefined;
  readonly found: number;
  /** Estimated time until the scan ends, in milliseconds; absent while there is no estimate. */
  readonly leftMs?: number | undefined;
}

/**
 * How a scan ended.
 * - `complete`: everything that the job requests was probed.
 * - `partial`: ended early, or could not probe everything; `reason` describes why, `coverage` what was probed.
 * - `failed`: absence proves nothing; `reason` is what a report shows after `SCAN FAILED:`. Sightings before the failure
 *   are valid.
 */
export interface ScanResult {
  readonly status: "complete" | "partial" | "failed";
  /** Name of the engine that ran: nmap's plan may be scanned by `connect`. */
  readonly engine: string;
  readonly coverage: Coverage;
  readonly reason?: string;
  /** For the log and the report: `nmap is not installed; the built-in scanner ran instead`. */
  readonly notes: readonly string[];
  /** Why the sightings may not be real hosts, as text: a firewall that answers for a whole network. */
  readonly doubt?: string;
  /** Which targets were not probed because they cannot be hosts (network and broadcast addresses, multicast), as text. */
  readonly leftOut?: string;
  readonly counts?: ProbeCounts;
  /** The engine found hosts, not ports: each was sighted on every port of the job. */
  readonly hostsOnly?: true;
  /** What it means that the engine did not mention an endpoint. Absent: what `coverage` covers was probed. */
  readonly silence?: Silence;
}

/**
 * An external scanner may not have probed an endpoint that it does not mention: the name did not resolve, there was no route,
 * the host did not answer a ping. This describes what was requested, so that known endpoints can be probed before they are missed.
 */
export interface Silence {
  /** What the scanner was told to probe, as far as that is known, whether it did so or not. */
  readonly requested: Coverage;
  /** Whether the scanner reports that it probed this endpoint and that it is not open. */
  readonly isProof: (address: Address, port: Port) => boolean;
  /** A handshake from this machine is the same probe; false where the scanner runs elsewhere, or uses other source addresses or routes. */
  readonly isFromHere: boolean;
}

/** One way to scan. Expected failures are results; it rejects only on a bug or when `observer` does. */
export interface ScanEngine<Plan extends ScanPlan = ScanPlan> {
  /** Ends within a second of an aborted `signal`, with `partial`, what was found until then, and the {@link stopReason}. */
  scan(job: ScanJob<Plan>, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult>;
}
