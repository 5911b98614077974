import { readFileSync } from "node:fs";

const usualEntries = 1024;

/**
 * Entries that the neighbour table holds. On Linux every address that was asked and has not answered occupies one for
 * about three seconds; past the limit (`gc_thresh3`) packets to further ones are dropped without an error.
 */
export function neighbourTableEntries(): number {
  try {
    const value = Number(readFileSync("/proc/sys/net/ipv4/neigh/default/gc_thresh3", "latin1"));
    return Number.isInteger(value) && value > 0 ? value : usualEntries;
  } catch {
    return usualEntries;
  }
}
