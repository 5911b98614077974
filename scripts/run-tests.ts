import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { pureTests } from "../test/harness/pure-tests.ts";
import { projectRoot } from "./package/project.ts";

/**
 * `npm test`: all tests, or those of the files and patterns that are named. The slowest files start first, because a slow file that
 * starts last keeps one processor busy while the others wait.
 */
const slowFiles = readFileSync(path.join(import.meta.dirname, "tests", "slow-files.txt"), "utf8").split("\n");
const pureTestsFile = "test/harness/pure-tests.ts";
const patterns = process.argv.slice(2);

const files = patterns.length > 0 ? filesOf(patterns) : [...allFiles()].sort(slowestFirst);
if (files.length === 0) throw new Error(`no test file matches ${patterns.join(" ")}`);

const events = run({
  files: files.map((file) => path.join(projectRoot, file)),
  concurrency: 4,
  timeout: 900_000,
  execArgv: ["--import", path.join(projectRoot, "test/harness/compile-cache.ts")],
});
events.on("test:fail", ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1;
});
events.compose(new spec()).pipe(process.stdout);

function filesOf(given: readonly string[]): readonly string[] {
  return globSync(given, { cwd: projectRoot }).map((file) => file.split(path.sep).join("/"));
}

function allFiles(): readonly string[] {
  const pure = new Set(pureTests);
  const others = filesOf(["src/**/*.test.ts", "test/**/*.test.ts"]).filter((file) => !pure.has(file));
  return [pureTestsFile, ...others];
}

function slowestFirst(one: string, other: string): number {
  return rankOf(one) - rankOf(other) || (one < other ? -1 : 1);
}

function rankOf(file: string): number {
  const at = slowFiles.indexOf(file);
  return at < 0 ? slowFiles.length : at;
}
