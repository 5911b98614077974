import pMap from "p-map";
import type { Watch } from "../core/watch.ts";
import type { RecordedScan } from "./discover/record-scan.ts";

/**
 * The outbound flow. Takes watches that are due; puts reports into the outbox:
 * schedule -> scan -> discover -> (devices, check) -> report -> (outbox) deliver.
 */
export interface OutboundStages {
  /** How many watches are scanned at once. */
  readonly parallelScans: number;
  /** Scans one watch and records what changed. */
  readonly discover: (watch: Watch, signal: AbortSignal) => Promise<RecordedScan>;
  /** Finds devices in the networks that the scan covered, and records what changed. */
  readonly devices: (scan: RecordedScan, signal: AbortSignal) => Promise<void>;
  /** Runs the checks of the watch on the hosts that the scan found, and records results and changes. */
  readonly check: (scan: RecordedScan, signal: AbortSignal) => Promise<void>;
  /** Puts a report for each audience with unreported discoveries into the outbox. */
  readonly report: (ran: readonly RecordedScan[], signal: AbortSignal) => Promise<number>;
  /** Starts the delivery loop. */
  readonly deliver: () => void;
  /** The results of a stage could not be recorded. */
  readonly failed: (watch: Watch, stage: "discover" | LaterStage, error: unknown) => void;
  /** Aborted when this watch must stop. Default: never. */
  readonly signalOf?: (watch: Watch) => AbortSignal;
  /** The results of a stage were recorded, perhaps after a failure. */
  readonly worked?: (watch: Watch, stage: "discover" | LaterStage) => void;
}

/** Stages after a recorded scan; neither waits for the other. */
type LaterStage = "devices" | "check";

export interface RunSummary {
  readonly ran: readonly RecordedScan[];
  /** Watches with results that could not be recorded; the next run finds them again. */
  readonly failed: readonly Watch[];
  readonly reports: number;
}

/** Takes `due` watches through all stages once. After an abort nothing is lost: the next run reports it. */
export async function runWatches(
  due: readonly Watch[],
  stages: OutboundStages,
  signal: AbortSignal,
): Promise<RunSummary> {
  const failures = new Set<Watch>();
  const later: Promise<void>[] = [];
  const signalOf = (watch: Watch): AbortSignal => {
    const own = stages.signalOf?.(watch);
    return own === undefined ? signal : AbortSignal.any([signal, own]);
  };
  const follow = async (recorded: RecordedScan, stage: LaterStage): Promise<void> => {
    try {
      await stages[stage](recorded, signalOf(recorded.watch));
      stages.worked?.(recorded.watch, stage);
    } catch (error) {
      stages.failed(recorded.watch, stage, error);
      failures.add(recorded.watch);
    }
  };
  const ran = await pMap(
    due,
    async (watch) => {
      const ending = signalOf(watch);
      if (ending.aborted) return [];
      try {
        const recorded = await stages.discover(watch, ending);
        stages.worked?.(watch, "discover");
        // Both mostly wait for hosts, so they do not delay scans, and have their own limits.
        if (!ending.aborted) later.push(follow(recorded, "devices"), follow(recorded, "check"));
        return [recorded];
      } catch (error) {
        stages.failed(watch, "discover", error);
        failures.add(watch);
        return [];
      }
    },
    { concurrency: stages.parallelScans },
  );
  // The results of the scan are recorded and reported even if these fail.
  await Promise.all(later);
  const recorded = ran.flat();
  const failed = [...failures];
  if (signal.aborted) return { ran: recorded, failed, reports: 0 };
  const reports = await stages.report(recorded, signal);
  stages.deliver();
  return { ran: recorded, failed, reports };
}
