/**
 * Divides `room` in proportion to `counts`. A small count counts as at least a tenth of the total, so that a few are not
 * crowded out by many. One share for each count, 0 for 0; the sum is never more than `room`.
 */
export function fairShares(counts: readonly number[], room: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const weights = counts.map((count) => (count === 0 ? 0 : Math.max(count, total / 10)));
  const weight = weights.reduce((sum, each) => sum + each, 0);
  return weights.map((each) => (each === 0 ? 0 : (room * each) / weight));
}
