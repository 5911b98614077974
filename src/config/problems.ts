import { safeText } from "../core/safe-text.ts";

/** An error in the configuration, or a warning about it, with its place. */
export interface Problem {
  /** The configuration file as the user named it, or `environment`. */
  readonly source: string;
  /** From 1. Absent for the environment and for a file that cannot be read. */
  readonly line?: number;
  readonly column?: number;
  /** The key's path: `port_ssh.emial`; empty for the whole file. */
  readonly path: string;
  /** What was expected, and what to do. Safe to display; never contains a secret. */
  readonly message: string;
}

/** `harbinger.yaml:12:5: port_ssh.emial: unknown key. Did you mean "email"?` */
export function formatProblem(problem: Problem): string {
  const place = problem.line === undefined ? "" : `:${problem.line}:${problem.column ?? 1}`;
  const path = problem.path === "" ? "" : `${problem.path}: `;
  return safeText(`${problem.source}${place}: ${path}${problem.message}`, { limit: 2000 });
}

/** `watches.lan-web.targets[2]` */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? String(part) : `.${String(part)}`;
  }
  return safeText(text, { limit: 200 });
}

/** Later problems are often consequences of the first ones. */
const maxProblems = 100;

/** Sorts by place, removes duplicates and limits the number. */
export function tidyProblems(problems: readonly Problem[]): Problem[] {
  const unique = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  const sorted = [...unique.values()].sort(compareProblems);
  const first = sorted[maxProblems];
  if (first === undefined) return sorted;
  const rest = sorted.length - maxProblems;
  return [...sorted.slice(0, maxProblems), { ...first, path: "", message: `and ${rest} more` }];
}

/** Sorts problems by their place in the file; those without a place are first. */
function compareProblems(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
