import pMap from "p-map";
import type { Watch } from "../core/watch.ts";
import type { RecordedScan } from "./discover/record-scan.ts";

/**
 * The outbound flow. What is due comes in; reports in the outbox go out:
 * schedule -> scan -> discover -> (devices, check) -> report -> (outbox) deliver.
 */
export interface OutboundStages {
  /** How many watches are scanned at once. */
  readonly parallelScans: number;
  /** Scans one watch and writes what changed. */
  readonly discover: (watch: Watch, signal: AbortSignal) => Promise<RecordedScan>;
  /** Finds out which devices are where the scan looked, with a port open or not, and writes what changed. */
  readonly devices: (scan: RecordedScan, signal: AbortSignal) => Promise<void>;
  /** Asks the hosts that the scan met the questions of their watch, and keeps the answers and what changed. */
  readonly check: (scan: RecordedScan, signal: AbortSignal) => Promise<void>;
  /** Composes what each audience has not yet heard, into the outbox. */
  readonly report: (ran: readonly RecordedScan[], signal: AbortSignal) => Promise<number>;
  /** Tells the outbox that there is work. */
  readonly deliver: () => void;
  /** A scan could not be recorded, or what was found after it. */
  readonly failed: (watch: Watch, stage: "discover" | LaterStage, error: unknown) => void;
  /** Aborted where this watch is not to be gone on with. Default: never. */
  readonly signalOf?: (watch: Watch) => AbortSignal;
  /** It was recorded, perhaps after it could not be. */
  readonly worked?: (watch: Watch, stage: "discover" | LaterStage) => void;
}

/** What follows a scan that was recorded; neither waits for the other. */
type LaterStage = "devices" | "check";

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
        // Both mostly wait for hosts: they hold up no scan, and have limits of their own.
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
  // What the scan found is stored and is reported, whatever becomes of these.
  await Promise.all(later);
  const recorded = ran.flat();
  const failed = [...failures];
  if (signal.aborted) return { ran: recorded, failed, reports: 0 };
  const reports = await stages.report(recorded, signal);
  stages.deliver();
  return { ran: recorded, failed, reports };
}
