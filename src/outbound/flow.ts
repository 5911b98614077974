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
  /** Asks each newly found host the questions of its watch, and keeps the answers. */
  readonly check: (watch: Watch, signal: AbortSignal) => Promise<void>;
  /** Composes what each audience has not yet heard, into the outbox. */
  readonly report: (ran: readonly RecordedScan[], signal: AbortSignal) => Promise<number>;
  /** Tells the outbox that there is work. */
  readonly deliver: () => void;
  /** A watch that could not be recorded at all. */
  readonly failed: (watch: Watch, error: unknown) => void;
}

export interface RunSummary {
  readonly ran: readonly RecordedScan[];
  /** Watches whose outcome could not be stored; they will be found again. */
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
  const ran = await pMap(
    due,
    async (watch) => {
      if (signal.aborted) return [];
      try {
        const recorded = await stages.discover(watch, signal);
        if (!signal.aborted) await stages.check(watch, signal);
        return [recorded];
      } catch (error) {
        stages.failed(watch, error);
        failed.push(watch);
        return [];
      }
    },
    { concurrency: stages.parallelScans },
  );
  const recorded = ran.flat();
  if (signal.aborted) return { ran: recorded, failed, reports: 0 };
  const reports = await stages.report(recorded, signal);
  stages.deliver();
  return { ran: recorded, failed, reports };
}
