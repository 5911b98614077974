import type { Coverage } from "./coverage.ts";
import type { Audience } from "./delivery.ts";
import type { Page, PageQuery } from "./page.ts";
import type { Port } from "./ports.ts";
import type { ScanRecord } from "./scan-record.ts";
import type { Sighting } from "./sighting.ts";

/** Scans as they are recorded. Times are milliseconds since the epoch; errors as in `Store`. */
export interface ScanStore {
  /**
   * Starts to record a scan of `watch`. Sightings are staged until {@link ScanSession.finish}; a crash drops all of
   * them.
   */
  begin(scan: {
    readonly watch: string;
    readonly ports: readonly Port[];
    readonly engine: string;
    readonly at: number;
  }): Promise<ScanSession>;
  /** When `watch` was first passed to this method; stored as `at` if this is the first time. */
  knownSince(watch: { readonly name: string; readonly ports: readonly Port[] }, at: number): Promise<number>;
  /** By number: `descending`, newest first, by default. Examinations are not scans: see `ExaminationStore.record`. */
  list(query: ScanQuery): Promise<Page<ScanRecord>>;
}

export interface ScanQuery extends PageQuery {
  readonly watch?: string | undefined;
  readonly status?: ScanRecord["status"] | undefined;
  /** Name of the engine that ran. */
  readonly engine?: string | undefined;
  /** Started at this time or later, and before `until`. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

export interface ScanSession {
  readonly id: number;
  /** Repeated sightings of an endpoint in one scan count once. */
  add(batch: readonly Sighting[]): Promise<void>;
  /**
   * Commits the scan: compares the sightings with what is known and writes the outcome, the services, the discoveries
   * and an open delivery per audience that announces them, all in one transaction. A host that was sighted on all of
   * many probed ports becomes one service, with the port `everyPort`.
   */
  finish(outcome: ScanOutcome): Promise<ScanSummary>;
  /** Drops the sightings and marks the scan as abandoned. */
  abandon(): Promise<void>;
}

export interface ScanOutcome {
  readonly at: number;
  readonly status: "complete" | "partial" | "failed";
  /** The engine that really ran. */
  readonly engine: string;
  readonly reason?: string | undefined;
  readonly notes: readonly string[];
  readonly coverage: Coverage;
  /** As in `ScanResult`. */
  readonly hostsOnly?: true | undefined;
  readonly policy: DiscoveryPolicy;
  /** All audiences of this watch. */
  readonly audiences: readonly Audience[];
}

export interface DiscoveryPolicy {
  /** Covered misses in a row after which a service is gone; 1 or more. */
  readonly goneAfter: number;
  /** This many changes between gone and returned within `flapWindowMs` make a service flapping. */
  readonly flapLimit: number;
  readonly flapWindowMs: number;
  /** `always`: each failed scan is announced. `changes`: only where the scan before it did not fail. */
  readonly announceFailure: "always" | "changes";
}

export interface ScanSummary {
  readonly scanId: number;
  /**
   * The first useful scan of this watch: its first one that was complete or partial, with nothing taken over from an
   * earlier database. Its discoveries carry `firstScan`, no others. A failed scan finds nothing, and after one that was stopped most of
   * the network is still new, so the next one is the first, too.
   */
  readonly firstScan: boolean;
  readonly counts: {
    readonly new: number;
    readonly gone: number;
    readonly returned: number;
    readonly flapping: number;
    readonly changed?: number;
    /** Present for the watch, also where this scan did not look or got no answer yet. */
    readonly present: number;
    /** What this scan found open. */
    readonly sighted: number;
  };
}
