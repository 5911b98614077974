import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

test("a process is shown by its name, and its command line is unchanged", {
  skip: process.platform === "linux" ? false : "processes are named on Linux only",
}, async () => {
  const module = JSON.stringify(new URL("process-name.ts", import.meta.url).href);
  const program = `import { readFileSync } from "node:fs";
const { nameProcess } = await import(${module});
nameProcess("watcher");
console.log(readFileSync("/proc/self/comm", "utf8") + readFileSync("/proc/self/cmdline", "utf8").replaceAll("\\0", " "));`;
  const args = ["--input-type=module", "-e", program, "--", "an-argument"];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  assert.match(stdout, /^watcher\n/);
  assert.match(stdout, / an-argument $/m);
});
