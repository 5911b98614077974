import { nmapProbes } from "./nmap-probes.ts";
import { otherProbes } from "./other-probes.ts";

/**
 * What a scanner sends whatever the protocol. `start` is what the payload begins with, one character a byte; `exact` means
 * that nothing follows; `later` is more of the pattern at an offset.
 */
export interface PayloadMark {
  readonly scanner: string;
  /** As the scanner's own data file calls it. */
  readonly probe: string;
  readonly start: string;
  readonly exact?: true;
  readonly later?: { readonly at: number; readonly text: string };
  /** Who sends the same bytes without scanning. With it the payload names no scanner. */
  readonly clients?: string;
}

/** A payload that names a scanner stands before one that only resembles its probe. */
export const payloadMarks: readonly PayloadMark[] = [...nmapProbes, ...otherProbes].sort(
  (left, right) => Number(left.clients !== undefined) - Number(right.clients !== undefined),
);
