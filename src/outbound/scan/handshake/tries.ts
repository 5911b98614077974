/**
 * How often an endpoint was tried, in seven bits: attempts in the low four, counted from 1, and in the three above local
 * shortages that may be the fault of its address.
 */
const attemptMask = 15;
const shortageStep = 16;

/** The attempt that a probe is, from 1. */
export function attemptOf(tries: number): number {
  return tries & attemptMask;
}

export function shortagesOf(tries: number): number {
  return Math.floor(tries / shortageStep);
}

export function afterShortage(tries: number): number {
  return tries + shortageStep;
}
