/** Maximum length of a name from a database; real ones are far shorter. */
const maxNameCharacters = 200;

/** The value in `record` at the nested keys of `path`; `undefined` where one of them is missing. */
export function fieldAt(record: unknown, path: readonly string[]): unknown {
  let value = record;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

export function textAt(record: unknown, ...path: string[]): string | undefined {
  const value = fieldAt(record, path);
  return typeof value === "string" && value !== "" ? value.slice(0, maxNameCharacters) : undefined;
}

/** The first text among the values of an object. */
export function firstTextIn(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const text = Object.values(value).find((one) => typeof one === "string" && one !== "");
  return typeof text === "string" ? text.slice(0, maxNameCharacters) : undefined;
}

/** Numeric text counts as a number: some databases store coordinates as text. */
export function numberAt(record: unknown, ...path: string[]): number | undefined {
  const value = fieldAt(record, path);
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

export function lastOf(record: unknown, ...path: string[]): unknown {
  const value = fieldAt(record, path);
  return Array.isArray(value) ? value.at(-1) : undefined;
}
