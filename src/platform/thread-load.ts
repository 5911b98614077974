import { performance } from "node:perf_hooks";

/** Each call returns the share of the time since the previous call in which this thread was busy: 0 to 1. */
export function threadLoad(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
