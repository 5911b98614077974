import { nmapProbes } from "./nmap-probes.ts";
import { otherProbes } from "./other-probes.ts";
import type { PayloadMark } from "./payload-mark.ts";

/** Payloads that identify a scanner come before those that normal clients send too. */
export const payloadMarks: readonly PayloadMark[] = [...nmapProbes, ...otherProbes].sort(
  (left, right) => Number(left.clients !== undefined) - Number(right.clients !== undefined),
);
