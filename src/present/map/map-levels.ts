/** How dark a country is on the map: 1 to {@link mapLevels}; 0 for none. */
export const mapLevels = 5;

/** `100_000 ** 0.2` is a little more than 10. */
const rounding = 1e-6;

/** The level of each count. Counts of countries differ by powers, so the levels do, too; the highest count has the highest level. */
export function levelsOf(counts: readonly number[]): {
  readonly level: (count: number) => number;
  readonly from: readonly number[];
} {
  const most = Math.max(1, ...counts);
  const from = Array.from({ length: mapLevels }, (_, place) =>
    Math.max(place + 1, Math.ceil(most ** (place / mapLevels) - rounding)),
  );
  return { from, level: (count) => from.filter((least) => count >= least).length };
}
