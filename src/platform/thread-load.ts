import { performance } from "node:perf_hooks";

/** Asked, it tells which share of the time since it was asked before this thread was not waiting for anything: 0 to 1. */
export function threadLoad(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
