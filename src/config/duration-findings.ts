import type * as z from "zod";
import { type Finding, valueAt } from "./issues.ts";
import type { RawMap } from "./raw-value.ts";

type Issue = z.core.$ZodIssue;

/** Returns the schema errors of a configuration. */
export type Checker = (root: RawMap) => readonly Issue[];

/** Units, most likely first. */
const units = ["s", "m", "h", "d", "ms"] as const;
const unitsShown = 3;

const bareNumber = /^\d{1,9}(?:\.\d{1,3})?$/;
const inWords = /^(\d{1,9}(?:\.\d{1,3})?) ?(ms|milli|s|sec|m|min|h|hour|hr|d|day|w|week)[a-z]{0,12}$/i;
const unitOfWord: Readonly<Record<string, string>> = {
  milli: "ms",
  sec: "s",
  min: "m",
  hour: "h",
  hr: "h",
  day: "d",
  week: "w",
};

/** A limit, because each finding needs several validations of the whole file. */
const maxFindings = 20;

/**
 * Reports durations without a unit (`30`) or in words (`5 minutes`), with the correct form. A key expects a duration if its schema
 * accepts a value with a unit but rejects other text.
 */
export function durationFindings(issues: readonly Issue[], root: RawMap, check: Checker): ReadonlyMap<Issue, Finding> {
  const findings = new Map<Issue, Finding>();
  for (const issue of issues) {
    if (findings.size >= maxFindings) break;
    const value = valueAt(root, issue.path);
    if (typeof value !== "string" && typeof value !== "number") continue;
    const text = String(value);
    const takes = (other: string) => !isWrong(other, issue.path, root, check);
    const meant = bareNumber.test(text)
      ? units.map((unit) => `${text}${unit}`).filter(takes)
      : fromWords(text).filter(takes);
    if (meant.length === 0 || takes("x")) continue;
    const message = bareNumber.test(text)
      ? `${text} has no unit: write ${orList(meant.slice(0, unitsShown))}`
      : `not a valid duration: write ${orList(meant)}`;
    findings.set(issue, { path: issue.path, what: "value", message });
  }
  return findings;
}

function fromWords(text: string): string[] {
  const [, amount, unit = ""] = inWords.exec(text.trim()) ?? [];
  return amount === undefined ? [] : [`${amount}${unitOfWord[unit.toLowerCase()] ?? unit.toLowerCase()}`];
}

function isWrong(value: string, path: readonly PropertyKey[], root: RawMap, check: Checker): boolean {
  const changed = structuredClone(root);
  if (!replace(changed, path, value)) return true;
  const place = path.join("\0");
  return check(changed).some((issue) => issue.path.join("\0") === place);
}

function replace(root: RawMap, path: readonly PropertyKey[], value: string): boolean {
  const last = path.at(-1);
  const parent = path.slice(0, -1).length === 0 ? root : valueAt(root, path.slice(0, -1));
  if (last === undefined || typeof parent !== "object") return false;
  if (Array.isArray(parent)) parent[Number(last)] = value;
  else parent[String(last)] = value;
  return true;
}

function orList(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(", ")} or ${last}`;
}
