/** Words for what a schema expects, for messages about configuration and requests. */

const kindNames: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a section with keys and values",
  record: "a section with keys and values",
};

/** @param expected name of a type by zod, such as `int` */
export function kindName(expected: string): string {
  return kindNames[expected] ?? expected;
}

/**
 * `expected at most 200 characters`.
 * @param origin type of the value by zod
 * @param bound `at least` or `at most`
 */
export function sizeWords(origin: string, bound: string, limit: number | bigint): string {
  if (origin === "string") return limit === 1 ? "expected some text" : `expected ${bound} ${limit} characters`;
  if (origin === "array") return limit === 1 ? "the list is empty" : `expected ${bound} ${limit} entries`;
  return `expected ${bound} ${limit}`;
}
