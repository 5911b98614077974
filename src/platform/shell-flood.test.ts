import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const linux = process.platform === "linux" ? {} : { skip: "reads the peak from /proc" };
const shell = JSON.stringify(new URL("./shell.ts", import.meta.url).href);

/** Runs a command line in a separate process, so that no other test adds to its peak memory. */
async function flood(commandLine: string, outputLimit: number) {
  const script = `
    import { readFileSync } from "node:fs";
    const { runShell } = await import(${shell});
    const peak = () => Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "latin1"))[1]) / 1024;
    const before = peak();
    const outcome = await runShell(${JSON.stringify(commandLine)}, { timeoutMs: 60_000, outputLimit: ${outputLimit}, errorLimit: 1000 });
    const grownMiB = peak() - before;
    console.log(JSON.stringify({ kind: outcome.kind, length: outcome.stdout.length, grownMiB, stdoutTruncated: outcome.stdoutTruncated }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  return JSON.parse(stdout) as { kind: string; length: number; grownMiB: number; stdoutTruncated: boolean };
}

test("a command with endless output is ended, and dropped output needs no memory", linux, async () => {
  const { grownMiB, ...outcome } = await flood("yes", 64 * 1024);
  assert.deepEqual(outcome, { kind: "too-much-output", length: 64 * 1024, stdoutTruncated: true });
  assert.ok(grownMiB < 120, `the peak grew by ${grownMiB} MiB`);
});

test("32 MiB of endless output are held less than four times", linux, async () => {
  const { grownMiB, ...outcome } = await flood("yes 10.0.0.1", 32 * 1024 * 1024);
  assert.deepEqual(outcome, { kind: "too-much-output", length: 32 * 1024 * 1024, stdoutTruncated: true });
  assert.ok(grownMiB < 150, `the peak grew by ${grownMiB} MiB`);
});

test("endless errors end a command, too, and its output is complete", linux, async () => {
  const { grownMiB, ...outcome } = await flood("echo out; yes >&2", 1000);
  assert.deepEqual(outcome, { kind: "too-much-output", length: 4, stdoutTruncated: false });
  assert.ok(grownMiB < 120, `the peak grew by ${grownMiB} MiB`);
});

test("a command that ignores signals is ended by its closed pipe", linux, async () => {
  const { kind } = await flood(
    "trap '' TERM PIPE; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxx; head -c 9999999 /dev/zero; done",
    1000,
  );
  assert.equal(kind, "too-much-output");
});
