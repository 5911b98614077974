/**
 * Divides `room` in proportion to `counts`, except that the small ones count as a tenth of the whole: a few must not be
 * crowded out by many. One share for each count; none for 0; together they are never more than `room`.
 */
export function fairShares(counts: readonly number[], room: number): number[] {
  const whole = counts.reduce((sum, count) => sum + count, 0);
  const weights = counts.map((count) => (count === 0 ? 0 : Math.max(count, whole / 10)));
  const weight = weights.reduce((sum, each) => sum + each, 0);
  return weights.map((each) => (each === 0 ? 0 : (room * each) / weight));
}
