import { nmapProbes } from "./nmap-probes.ts";
import { otherProbes } from "./other-probes.ts";
import type { PayloadMark } from "./payload-mark.ts";

/** A payload that names a scanner stands before one that only resembles its probe. */
export const payloadMarks: readonly PayloadMark[] = [...nmapProbes, ...otherProbes].sort(
  (left, right) => Number(left.clients !== undefined) - Number(right.clients !== undefined),
);
