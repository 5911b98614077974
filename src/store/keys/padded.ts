/** Few sizes, so that the statements with so many values stay prepared. */
const sizes = [1, 8, 64, 512];

/** The values up to the next size: the last one is repeated. */
export function padded<Value>(values: readonly Value[]): Value[] {
  const size = sizes.find((each) => each >= values.length) ?? values.length;
  return Array.from({ length: size }, (_, place) => values[Math.min(place, values.length - 1)]).filter(
    (value) => value !== undefined,
  );
}
