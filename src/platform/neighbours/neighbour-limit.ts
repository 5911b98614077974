import { readFileSync } from "node:fs";

const defaultEntries = 1024;

/**
 * Maximum number of entries in the neighbour table. On Linux each probed address without an answer occupies an entry for
 * about three seconds. Beyond the limit (`gc_thresh3`) packets to further addresses are dropped without an error.
 */
export function neighbourTableEntries(): number {
  try {
    const value = Number(readFileSync("/proc/sys/net/ipv4/neigh/default/gc_thresh3", "latin1"));
    return Number.isInteger(value) && value > 0 ? value : defaultEntries;
  } catch {
    return defaultEntries;
  }
}
