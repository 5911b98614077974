import type { Coverage } from "./coverage.ts";
import type { KnockCounts } from "./knock.ts";
import type { Port } from "./ports.ts";
import type { Sighting } from "./sighting.ts";
import type { ScanPlan } from "./watch.ts";

/** What to look for: one plan on these ports. */
export interface ScanJob<Plan extends ScanPlan = ScanPlan> {
  readonly plan: Plan;
  readonly ports: readonly Port[];
}

export interface ScanObserver {
  /**
   * Takes open ports as they are found, each endpoint once per scan, in batches. The engine waits for the promise
   * before it goes on, so a slow store slows the scan instead of filling the memory.
   */
  sighted(batch: readonly Sighting[]): Promise<void>;
  /** Called a few times a second at most. */
  progress?(progress: ScanProgress): void;
}

export interface ScanProgress {
  /** Endpoints settled so far. */
  readonly done: number;
  /** Endpoints in all, where known. */
  readonly total: number | undefined;
  readonly found: number;
  /** How long the scan still takes, in milliseconds; absent where that cannot be told (yet). */
  readonly leftMs?: number;
}

/**
 * How a scan ended.
 * - `complete`: everything it was asked for was asked.
 * - `partial`: ended early or could not ask everything; `reason` says why, `coverage` what was asked.
 * - `failed`: nothing can be concluded from absence; `reason` is what a report shows after `SCAN FAILED:`. What was
 *   sighted before the failure is still true.
 */
export interface ScanResult {
  readonly status: "complete" | "partial" | "failed";
  /** The engine that really ran: `connect`, `nmap`, `command`. */
  readonly engine: string;
  readonly coverage: Coverage;
  readonly reason?: string;
  /** What log and report should say besides: `nmap is not installed; the built-in scanner ran instead`. */
  readonly notes: readonly string[];
  /** Which of the targets can be no host (network and broadcast addresses, multicast) and were not asked, in words. */
  readonly leftOut?: string;
  readonly counts?: KnockCounts;
  /** What was named were hosts: that each was sighted on every port of the job says nothing of its ports. */
  readonly hostsOnly?: true;
}

/** One way to scan. Expected failures are results; it rejects only on a bug or when `observer` does. */
export interface ScanEngine<Plan extends ScanPlan = ScanPlan> {
  /** Ends within a second of an aborted `signal`, with `partial` or `failed` and what was found until then. */
  scan(job: ScanJob<Plan>, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult>;
}
