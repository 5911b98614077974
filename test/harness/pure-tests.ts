import { globSync } from "node:fs";
import path from "node:path";

/**
 * Runs the tests of `src/core/`, `src/wire/` and `src/present/` in one process. They do no input or output, so none can disturb another,
 * and starting a process for each took five times as long as the tests themselves.
 */
const root = path.join(import.meta.dirname, "..", "..");

export const pureTests: readonly string[] = globSync("src/{core,wire,present}/**/*.test.ts", { cwd: root })
  .map((file) => file.split(path.sep).join("/"))
  .sort();

if (process.env["NODE_TEST_CONTEXT"] !== undefined && process.argv[1] === import.meta.filename) {
  for (const file of pureTests) await import(path.join(root, file));
}
