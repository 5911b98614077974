import type { Clock } from "../../core/clock.ts";
import type { Audience } from "../../core/delivery.ts";
import type { ScanEngine, ScanProgress, ScanResult } from "../../core/scan-engine.ts";
import type { DiscoveryPolicy, ScanStore, ScanSummary } from "../../core/scan-store.ts";
import type { ServiceStore } from "../../core/store.ts";
import type { Watch } from "../../core/watch.ts";
import { knownEndpoints } from "./known-endpoints.ts";

/** So many changes between gone and returned within the window are flapping: two full cycles a day. */
const flapLimit = 4;
const flapWindowMs = 24 * 60 * 60 * 1000;

export interface RecordScanOptions {
  readonly watch: Watch;
  readonly engine: ScanEngine;
  readonly scans: ScanStore;
  readonly services: ServiceStore;
  readonly audiences: readonly Audience[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress?: ((progress: ScanProgress) => void) | undefined;
}

/** One scan of one watch, after it was recorded. */
export interface RecordedScan {
  readonly watch: Watch;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly result: ScanResult;
  readonly summary: ScanSummary;
}

/**
 * Scans `watch` and compares the result with what is known. Sightings of a failed or aborted scan are recorded, too, but what a failed
 * one did not find, or an aborted one did not probe, is not missed.
 * @throws HarbingerError where the store fails; then nothing of this scan is recorded, and the next one finds it
 */
export async function recordScan(options: RecordScanOptions): Promise<RecordedScan> {
  const { watch, clock } = options;
  const startedAt = clock.now();
  const session = await options.scans.begin({
    watch: watch.name,
    ports: watch.ports,
    engine: watch.scan.engine,
    at: startedAt,
  });
  try {
    const result = await options.engine.scan(
      { plan: watch.scan, ports: watch.ports, known: () => knownEndpoints(options.services, watch.name) },
      { sighted: (batch) => session.add(batch), progress: options.progress },
      options.signal,
    );
    const summary = await session.finish({
      at: clock.now(),
      status: result.status,
      engine: result.engine,
      reason: result.reason,
      notes: [result.doubt ?? [], result.notes, result.leftOut ?? []].flat(),
      coverage: result.coverage,
      hostsOnly: result.hostsOnly,
      policy: policyOf(watch),
      audiences: options.audiences,
    });
    return { watch, startedAt, result, summary };
  } catch (error) {
    // The store may fail here, too; the first error is reported.
    await session.abandon().catch(() => {});
    throw error;
  }
}

function policyOf(watch: Watch): DiscoveryPolicy {
  return { goneAfter: watch.goneAfter, flapLimit, flapWindowMs, announceFailure: watch.reportOn };
}
