/** What is wrong with a request, in words: instead of those of the library, which name its own types. */
import type * as z from "zod";
import { suggestName } from "../core/nearest-name.ts";
import { kindName, sizeWords } from "../core/schema-words.ts";

const maxShownLength = 60;

/**
 * A message of zod for one wrong part of a request. A schema with a message of its own keeps it.
 * @param issue with the value that the client sent
 */
export function faultWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(key, issue.inst)).join("; ");
    case "invalid_value":
      return wrongChoice(issue.input, issue.values.map(String));
    case "invalid_type":
      if (issue.input === undefined) return `missing; expected ${requestKind(issue.expected)}`;
      return repeated(issue.input) ?? `expected ${requestKind(issue.expected)}`;
    case "invalid_format":
      return issue.format === "datetime"
        ? "expected a time of the calendar with its zone, such as 2026-01-31T08:00:00Z"
        : undefined;
    case "too_small":
      return sizeWords(issue.origin, "at least", issue.minimum);
    case "too_big":
      return sizeWords(issue.origin, "at most", issue.maximum);
    default:
      return undefined;
  }
}

/** @throws z.ZodError whose messages are those of {@link faultWords} */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  return schema.parse(value, { error: faultWords });
}

/** `limit: expected a whole number` for each wrong part. */
export function faultsOf({ issues }: Pick<z.ZodError, "issues">): string {
  const faults = issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`));
  // A number that is too large is so twice: as a number, and as a whole one.
  return [...new Set(faults)].join("; ");
}

/** A parameter that was given more than once, or a list in JSON; what is wrong with others is their type. */
export function repeated(value: unknown): string | undefined {
  return Array.isArray(value) && value.length > 1 ? `given ${value.length} values; expected one` : undefined;
}

function requestKind(expected: string): string {
  return expected === "object" ? "a JSON object" : kindName(expected);
}

function unknownKey(key: string, schema: unknown): string {
  const hint = suggestName(key, keysOf(schema));
  return `unknown name ${JSON.stringify(shortened(key))}${hint === "" ? "" : `. ${hint}`}`;
}

function wrongChoice(value: unknown, choices: readonly string[]): string {
  if (value === undefined) return `missing; expected ${oneOf(choices)}`;
  const several = repeated(value);
  if (several !== undefined) return several;
  const found = typeof value === "string" ? `unknown value ${JSON.stringify(shortened(value))}; ` : "";
  return `${found}expected ${oneOf(choices)}`;
}

function oneOf(choices: readonly string[]): string {
  const last = choices.at(-1) ?? "";
  return choices.length < 2 ? last : `${choices.slice(0, -1).join(", ")} or ${last}`;
}

function shortened(text: string): string {
  return text.length <= maxShownLength ? text : `${text.slice(0, maxShownLength)}…`;
}

/** The names that an object of this schema has. */
function keysOf(schema: unknown): readonly string[] {
  const shape: unknown = typeof schema === "object" && schema !== null ? Reflect.get(schema, "shape") : undefined;
  return typeof shape === "object" && shape !== null ? Object.keys(shape) : [];
}
