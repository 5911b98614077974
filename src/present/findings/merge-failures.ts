import type { Discovery } from "../../core/discovery.ts";
import type { FailureReason } from "./report.ts";

/** Maximum number of different reasons. */
const reasonLimit = 20;

/**
 * Joins failed scans with the same reason, in the order in which the reasons first occurred.
 * @param currentScanId the scan of this run, if it failed
 */
export function mergeFailures(failed: readonly Discovery[], currentScanId: number | undefined): FailureReason[] {
  const byReason = new Map<string, FailureReason>();
  const inOrder = [...failed].sort((a, b) => a.at - b.at || a.id - b.id);
  for (const { detail, at, scanId } of inOrder) {
    const reason = detail ?? "unknown reason";
    const current = scanId === currentScanId;
    const before = byReason.get(reason);
    if (before !== undefined) {
      byReason.set(reason, { ...before, count: before.count + 1, lastAt: at, current: before.current || current });
    } else if (byReason.size < reasonLimit || current) {
      byReason.set(reason, { reason, count: 1, firstAt: at, lastAt: at, current });
    }
  }
  return [...byReason.values()];
}
