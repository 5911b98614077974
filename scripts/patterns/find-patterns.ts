import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseSync } from "@swc/core";
import { projectRoot } from "../package/project.ts";

/** A regular expression as written in a source file. */
export interface SourcePattern {
  /** `src/…/file.ts:12` */
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

export interface PatternsOfSources {
  readonly literals: readonly SourcePattern[];
  /** A call of `RegExp`: its pattern is known only at run time. */
  readonly built: readonly string[];
}

/** The source files of the product, without tests, as paths from {@link projectRoot}. */
export function sourceFiles(): readonly string[] {
  return globSync("src/**/*.ts", { cwd: projectRoot })
    .filter((file) => !file.endsWith(".test.ts"))
    .map((file) => file.split(path.sep).join("/"))
    .sort();
}

/** Every regular expression of the product, found in the syntax trees of its sources. */
export function patternsOfSources(): PatternsOfSources {
  const found = sourceFiles().map((file) => patternsOf(readFileSync(path.join(projectRoot, file), "utf8"), file));
  return { literals: found.flatMap(({ literals }) => literals), built: found.flatMap(({ built }) => built) };
}

export function patternsOf(text: string, file: string): PatternsOfSources {
  const literals: SourcePattern[] = [];
  const built: string[] = [];
  const waiting: unknown[] = [parseSync(text, { syntax: "typescript", target: "esnext" })];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node !== "object" || node === null) continue;
    if (isLiteral(node)) {
      const { pattern, flags } = node;
      literals.push({ place: `${file}:${lineOf(text, `/${pattern}/${flags}`)}`, source: pattern, flags });
    } else if (isCallOfRegExp(node)) built.push(file);
    waiting.push(...Object.values(node).reverse());
  }
  return { literals, built };
}

function isLiteral(node: object): node is { readonly pattern: string; readonly flags: string } {
  return "type" in node && node.type === "RegExpLiteral";
}

/** `new RegExp(…)` and `RegExp(…)`; `RegExp.escape(…)` is not a pattern. */
function isCallOfRegExp(node: object): boolean {
  if (!("type" in node) || (node.type !== "NewExpression" && node.type !== "CallExpression")) return false;
  const callee: unknown = "callee" in node ? node.callee : undefined;
  return typeof callee === "object" && callee !== null && "value" in callee && callee.value === "RegExp";
}

function lineOf(text: string, literal: string): number {
  return text.slice(0, Math.max(text.indexOf(literal), 0)).split("\n").length;
}
