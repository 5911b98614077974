import pMap from "p-map";
import type { Watch } from "../core/watch.ts";
import type { RecordedScan } from "./discover/record-scan.ts";

/**
 * The outbound flow. What is due comes in; reports in the outbox go out:
 * schedule -> scan -> discover -> check -> report -> (outbox) deliver.
 */
export interface OutboundStages {
  /** How many watches are scanned at once. */
  readonly parallelScans: number;
  /** Scans one watch and writes what changed. */
  readonly discover: (watch: Watch, signal: AbortSignal) => Promise<RecordedScan>;
  /** Asks the hosts that the scan met the questions of their watch, and keeps the answers and what changed. */
  readonly check: (scan: RecordedScan, signal: AbortSignal) => Promise<void>;
  /** Composes what each audience has not yet heard, into the outbox. */
  readonly report: (ran: readonly RecordedScan[], signal: AbortSignal) => Promise<number>;
  /** Tells the outbox that there is work. */
  readonly deliver: () => void;
  /** A scan could not be recorded, or what the checks found after it. */
  readonly failed: (watch: Watch, stage: "discover" | "check", error: unknown) => void;
}

export interface RunSummary {
  readonly ran: readonly RecordedScan[];
  /** Watches of which something could not be stored; it will be found again. */
  readonly failed: readonly Watch[];
  readonly reports: number;
}

/** Takes `due` watches through all stages once. After an abort nothing is lost: the next run reports it. */
export async function runWatches(
  due: readonly Watch[],
  stages: OutboundStages,
  signal: AbortSignal,
): Promise<RunSummary> {
  const failed: Watch[] = [];
  const checks: Promise<void>[] = [];
  const check = async (recorded: RecordedScan): Promise<void> => {
    try {
      await stages.check(recorded, signal);
    } catch (error) {
      stages.failed(recorded.watch, "check", error);
      failed.push(recorded.watch);
    }
  };
  const ran = await pMap(
    due,
    async (watch) => {
      if (signal.aborted) return [];
      try {
        const recorded = await stages.discover(watch, signal);
        // Checks mostly wait for hosts: they hold up no scan, and have limits of their own.
        if (!signal.aborted) checks.push(check(recorded));
        return [recorded];
      } catch (error) {
        stages.failed(watch, "discover", error);
        failed.push(watch);
        return [];
      }
    },
    { concurrency: stages.parallelScans },
  );
  // What the scan found is stored and is reported, whatever becomes of the checks.
  await Promise.all(checks);
  const recorded = ran.flat();
  if (signal.aborted) return { ran: recorded, failed, reports: 0 };
  const reports = await stages.report(recorded, signal);
  stages.deliver();
  return { ran: recorded, failed, reports };
}
