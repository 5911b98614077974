/** A mapping as plain data, without a prototype. Keys are text as in the file: `on` stays `on`. */
export type RawMap = { [key: string]: RawValue };
/** An empty value (`email:`, `~`) is `undefined`: the same as a missing key. */
export type RawValue = string | number | boolean | undefined | RawValue[] | RawMap;

export function isRawMap(value: RawValue): value is RawMap {
  return typeof value === "object" && !Array.isArray(value);
}

/** Plain data in the form of a parsed document; values that a document cannot contain are dropped. */
export function rawValue(value: unknown): RawValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(rawValue);
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rawValue(part)]));
}
