import type { Address } from "./address.ts";
import type { Endpoint } from "./connection.ts";
import type { Coverage } from "./coverage.ts";
import type { Port } from "./ports.ts";
import type { ProbeCounts } from "./probe-state.ts";
import type { Sighting } from "./sighting.ts";
import type { ScanPlan } from "./watch.ts";

/** What to look for: one plan on these ports. */
export interface ScanJob<Plan extends ScanPlan = ScanPlan> {
  readonly plan: Plan;
  readonly ports: readonly Port[];
  /**
   * The endpoints that the watch knows as present, in pages: whoever's silence is no proof of absence looks at them before
   * it counts. The port `everyPort` stands for a host on which every port answers.
   */
  readonly known?: () => AsyncIterable<readonly Endpoint[]>;
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
  /** Why what was sighted may not be hosts at all, in words: a firewall that answers for a whole network. */
  readonly doubt?: string;
  /** Which of the targets can be no host (network and broadcast addresses, multicast) and were not asked, in words. */
  readonly leftOut?: string;
  readonly counts?: ProbeCounts;
  /** What was named were hosts: that each was sighted on every port of the job says nothing of its ports. */
  readonly hostsOnly?: true;
  /** What the engine's silence about an endpoint is worth. Absent: it is as `coverage` says. */
  readonly silence?: Silence;
}

/**
 * An external scanner that does not name an endpoint did perhaps not ask it: the name did not resolve, there was no route,
 * the host did not answer a ping. This says how far its silence goes, so that somebody can look before absence counts.
 */
export interface Silence {
  /** What the scanner was told to ask, as far as that is known, whether it did so or not. */
  readonly due: Coverage;
  /** The scanner itself says that it asked this endpoint, and that it is not open. */
  readonly isProof: (address: Address, port: Port) => boolean;
  /** A handshake from this machine asks the same; false where the scanner looks from another place, or in a way of its own. */
  readonly isFromHere: boolean;
}

/** One way to scan. Expected failures are results; it rejects only on a bug or when `observer` does. */
export interface ScanEngine<Plan extends ScanPlan = ScanPlan> {
  /** Ends within a second of an aborted `signal`, with `partial` or `failed` and what was found until then. */
  scan(job: ScanJob<Plan>, observer: ScanObserver, signal: AbortSignal): Promise<ScanResult>;
}
