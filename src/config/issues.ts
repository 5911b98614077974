import type * as z from "zod";
import { nearestName } from "../core/nearest-name.ts";
import { kindName, sizeWords } from "../core/schema-words.ts";
import { type JsonSchema, keysAt, sectionsWithKey } from "./json-schema.ts";
import { isRawMap, type RawValue } from "./raw-value.ts";

/** An error or a warning, with its path, but without line and column. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly what: "key" | "value";
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** Describes the issues found by zod. Messages contain keys of the configuration, never values. */
export function describeIssues(issues: readonly Issue[], root: RawValue, schema: JsonSchema): Finding[] {
  return withoutConsequences(issues.flatMap((issue) => describe(issue, issue.path, root, schema)));
}

/**
 * `target:` for `targets:` is one mistake. Its consequences are not reported: that `targets` is missing, and that another key
 * needs it.
 */
function withoutConsequences(findings: readonly Finding[]): Finding[] {
  const misspelt = findings.flatMap(({ path, message }) => {
    const meant = /^unknown key\. Did you mean "(\w+)"\?$/.exec(message)?.[1];
    return meant === undefined ? [] : [{ section: path.slice(0, -1), meant }];
  });
  return findings.filter((finding) => !misspelt.some(({ section, meant }) => followsFrom(finding, section, meant)));
}

function followsFrom({ path, what, message }: Finding, section: readonly PropertyKey[], meant: string): boolean {
  if (what === "key" || section.some((key, index) => key !== path[index])) return false;
  if (path.length === section.length) return message.split(/\W+/).includes(meant);
  if (path.length > section.length + 1) return false;
  return path.at(-1) === meant ? message.startsWith(missing) : needs(message, meant);
}

const missing = "missing; ";

/** `needs email`, `needs an email`. */
function needs(message: string, name: string): boolean {
  const words = message.split(/\W+/).filter((word) => word !== "a" && word !== "an");
  return words.some((word, index) => word === "needs" && words[index + 1] === name);
}

/**
 * A wrong value often fails several checks: only the first failure is reported. A section contains several values, so all
 * of its errors are.
 */
export function onePerValue(findings: readonly Finding[], root: RawValue): Finding[] {
  const reported = new Set<string>();
  return findings.filter(({ path, what }) => {
    const value = valueAt(root, path);
    if (what === "key" || isRawMap(value)) return true;
    const place = JSON.stringify(path);
    if (reported.has(place)) return false;
    reported.add(place);
    return true;
  });
}

function describe(issue: Issue, path: readonly PropertyKey[], root: RawValue, schema: JsonSchema): Finding[] {
  const found = valueAt(root, path);
  const value = (message: string): Finding[] => [{ path, what: "value", message }];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey([...path, key], key, schema));
    case "invalid_type":
      if (found === undefined) return value(`${missing}expected ${kindName(issue.expected)}`);
      return value(mismatch(kindName(issue.expected), found));
    case "invalid_union":
      return describeUnion(issue.errors, path, root, schema);
    case "invalid_value": {
      const options = issue.values.map(String);
      const near = typeof found === "string" ? nearestName(found, options) : undefined;
      const question = near === undefined ? "" : `. Did you mean "${near}"?`;
      return value(`expected ${options.length > 1 ? "one of " : ""}${options.join(", ")}${question}`);
    }
    case "too_small":
      return value(
        issue.message.startsWith("Too small") ? sizeWords(issue.origin, "at least", issue.minimum) : issue.message,
      );
    case "too_big":
      return value(
        issue.message.startsWith("Too big") ? sizeWords(issue.origin, "at most", issue.maximum) : issue.message,
      );
    case "invalid_key":
    case "invalid_element":
      return value(issue.issues[0]?.message ?? issue.message);
    default:
      return value(issue.message);
  }
}

/** Describes the issues of the form that the user probably meant: the one whose type matches the value. */
function describeUnion(
  branches: readonly (readonly Issue[])[],
  path: readonly PropertyKey[],
  root: RawValue,
  schema: JsonSchema,
): Finding[] {
  const fitting = branches.filter((issues) => !issues.some((issue) => isWrongType(issue) && issue.path.length === 0));
  const meant = fitting.reduce<readonly Issue[] | undefined>(
    (best, issues) => (best === undefined || issues.length < best.length ? issues : best),
    undefined,
  );
  if (meant !== undefined) {
    return meant.flatMap((issue) => describe(issue, [...path, ...issue.path], root, schema));
  }
  const kinds = branches.flatMap((issues) =>
    issues.flatMap((issue) =>
      issue.code === "invalid_type"
        ? [kindName(issue.expected)]
        : issue.code === "invalid_value"
          ? issue.values.map(String)
          : [],
    ),
  );
  const expected = [...new Set(kinds)].join(" or ") || "something else";
  const found = valueAt(root, path);
  const message = found === undefined ? `${missing}expected ${expected}` : mismatch(expected, found);
  return [{ path, what: "value", message }];
}

function isWrongType(issue: Issue): boolean {
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

function unknownKey(path: readonly PropertyKey[], key: string, schema: JsonSchema): Finding {
  const known = keysAt(schema, path.slice(0, -1));
  const elsewhere = sectionsWithKey(schema, key);
  const near =
    nearestName(key, known) ??
    keyBeginningWith(key, known) ??
    (elsewhere.length === 0 ? nearestSection(key, path) : undefined);
  const hint =
    near !== undefined
      ? `Did you mean "${near}"?`
      : elsewhere.length > 0
        ? `It belongs under ${elsewhere.join(" or ")}.`
        : `Known keys here: ${known.join(", ")}.`;
  return { path, what: "key", message: `unknown key. ${hint}` };
}

/** `leases`, without its plural ending, is the start of `lease_files`, and of no other key. */
function keyBeginningWith(key: string, known: readonly string[]): string | undefined {
  const stem = key.replace(/s$/, "");
  const alike = stem.length < 4 ? [] : known.filter((name) => name.startsWith(`${stem}_`));
  return alike.length === 1 ? alike[0] : undefined;
}

/** `prot_ssh` at the top is a misspelt `port_ssh`. */
function nearestSection(key: string, path: readonly PropertyKey[]): string | undefined {
  const underscore = key.search(/[_-]/);
  if (path.length !== 1 || underscore < 0) return undefined;
  return nearestName(key.slice(0, underscore), ["port"]) === undefined
    ? undefined
    : `port_${key.slice(underscore + 1)}`;
}

function mismatch(expected: string, found: RawValue): string {
  const quotes = expected.startsWith("text") && (typeof found === "number" || typeof found === "boolean");
  const bare = typeof found === "string" && looksTyped.test(found) && !expected.includes("text");
  const remedy = quotes ? "; put it in quotes" : bare ? "; write it without quotes" : "";
  return `expected ${expected}, found ${foundName(found)}${remedy}`;
}

/** Text in quotes that would be a number or a boolean without them. */
const looksTyped = /^(?:true|false|yes|no|on|off|\d+)$/i;

function foundName(value: RawValue): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a section";
  return typeof value === "string" ? "text" : typeof value === "number" ? "a number" : String(value);
}

export function valueAt(root: RawValue, path: readonly PropertyKey[]): RawValue {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object") return undefined;
    value = Array.isArray(value) ? value[Number(key)] : Object.hasOwn(value, key) ? value[String(key)] : undefined;
  }
  return value;
}
