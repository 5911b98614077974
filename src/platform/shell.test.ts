import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, watch } from "node:fs";
import os from "node:os";
import path from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { commandEnvironment, quoteForShell, runProgram, runShell, type ShellOptions } from "./shell.ts";

const posix = process.platform === "win32" ? { skip: "the command lines are for a POSIX shell" } : {};
const usual: ShellOptions = { timeoutMs: 10_000, outputLimit: 10_000 };

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Whether a process lives; one that is dead but not yet collected by its parent does not. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return process.platform !== "linux";
  }
}

/** SIGKILL takes effect a moment after it was sent. */
async function assertGone(pids: readonly number[]): Promise<void> {
  assert.ok(pids.length > 0);
  for (const pid of pids) {
    assert.ok(Number.isInteger(pid) && pid > 1);
    for (let tries = 0; lives(pid) && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(lives(pid), false, `process ${pid} lives`);
  }
}

function pidsIn(text: string): number[] {
  return text.trim().split(/\s+/).map(Number);
}

test("exit status and both streams are returned", posix, async () => {
  assert.deepEqual(await runShell("echo out; echo err >&2; exit 3", usual), {
    kind: "exited",
    code: 3,
    stdout: "out\n",
    stderr: "err\n",
    truncated: false,
    stdoutTruncated: false,
  });
});

test("given input is read, and without it input is empty", posix, async () => {
  assert.equal((await runShell("cat", { ...usual, input: "hello" })).stdout, "hello");
  assert.deepEqual((await runShell("cat", usual)).kind, "exited");
});

test("a command that does not read its input is not an error", posix, async () => {
  const outcome = await runShell("exit 0", { ...usual, input: "x".repeat(1_000_000) });
  assert.equal(outcome.kind, "exited");
});

test("output is read to its end, and kept up to the limit", posix, async () => {
  const outcome = await runShell("head -c 300000 /dev/zero | tr '\\0' a; head -c 300000 /dev/zero >&2", {
    ...usual,
    outputLimit: 1000,
    errorLimit: 10,
  });
  assert.equal(outcome.kind, "exited");
  assert.equal(outcome.stdout, "a".repeat(1000));
  assert.equal(outcome.stderr.length, 10);
  assert.equal(outcome.truncated, true);
  assert.equal(outcome.stdoutTruncated, true);
  const onlyErrors = await runShell("echo ab >&2", { ...usual, errorLimit: 1 });
  assert.equal(onlyErrors.truncated, true);
  assert.equal(onlyErrors.stdoutTruncated, false);
});

test("a signal that ends the command is named", posix, async () => {
  const outcome = await runShell("kill -KILL $$", usual);
  assert.ok(outcome.kind === "killed");
  assert.equal(outcome.signal, "SIGKILL");
});

test("a time-out ends the command and keeps what it printed", posix, async () => {
  const outcome = await runShell("echo begun; sleep 1000", { ...usual, timeoutMs: 500 });
  assert.equal(outcome.kind, "timed-out");
  assert.equal(outcome.stdout, "begun\n");
});

test("a time-out reaches a grandchild", posix, async () => {
  const outcome = await runShell("sleep 1000 & echo $! $$; (sleep 1000 & echo $!; wait); wait", {
    ...usual,
    timeoutMs: 600,
  });
  assert.equal(outcome.kind, "timed-out");
  const pids = pidsIn(outcome.stdout);
  assert.equal(pids.length, 3);
  await assertGone(pids);
});

test("a time-out reaches what ignores the first signal", posix, async () => {
  const stubborn = "trap '' TERM; echo $$; while :; do sleep 0.05; done";
  const outcome = await runShell(`sh -c ${quoteForShell(stubborn)} & echo $$; wait`, { ...usual, timeoutMs: 600 });
  assert.equal(outcome.kind, "timed-out");
  await assertGone(pidsIn(outcome.stdout));
});

test("a time-out reaches what ignores the first signal, holds no pipe, and has lost its parent", posix, async (t) => {
  const file = path.join(temporaryFolder(t), "pid");
  // The shell ends at once; `sleep` keeps the pipe open until the time-out, and the process that ignores signals has no pipe.
  const stubborn = `trap '' TERM; echo $$ > ${file}.new; mv ${file}.new ${file}; while :; do sleep 0.05; done`;
  const line = `sh -c ${quoteForShell(stubborn)} >/dev/null 2>&1 </dev/null & sleep 1000 & echo $!; exit 0`;
  const outcome = await runShell(line, { ...usual, timeoutMs: 600 });
  assert.equal(outcome.kind, "timed-out");
  await assertGone([...pidsIn(outcome.stdout), ...pidsIn(readFileSync(file, "utf8"))]);
});

test("a process that left the group does not delay the end", posix, async (t) => {
  const child = `const c=require("child_process").spawn("sleep",["300"],{detached:true,stdio:"inherit"});console.log(c.pid);setInterval(()=>{},1000)`;
  const line = `${quoteForShell(process.execPath)} -e ${quoteForShell(child)}`;
  const startedAt = performance.now();
  const outcome = await runShell(line, { ...usual, timeoutMs: 5_000 });
  const [pid] = pidsIn(outcome.stdout);
  assert.ok(pid !== undefined && pid > 1);
  t.after(() => {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has already ended.
    }
  });
  assert.equal(outcome.kind, "timed-out");
  assert.ok(performance.now() - startedAt < 30_000);
});

test("an abort ends the command and its children, immediately", posix, async (t) => {
  const folder = temporaryFolder(t);
  const controller = new AbortController();
  const watcher = watch(folder, () => {
    if (existsSync(path.join(folder, "ready"))) controller.abort();
  });
  t.after(() => watcher.close());
  let abortedAt = 0;
  controller.signal.addEventListener("abort", () => {
    abortedAt = performance.now();
  });
  const line = `trap '' TERM; sleep 1000 & echo $$ $!; : > ${quoteForShell(path.join(folder, "ready"))}; wait; wait`;
  const outcome = await runShell(line, { ...usual, signal: controller.signal });
  assert.ok(performance.now() - abortedAt < 10_000);
  assert.equal(outcome.kind, "aborted");
  await assertGone(pidsIn(outcome.stdout));
});

test("an aborted signal starts nothing", async (t) => {
  const file = path.join(temporaryFolder(t), "ran");
  const outcome = await runShell(`echo > ${quoteForShell(file)}`, { ...usual, signal: AbortSignal.abort() });
  assert.equal(outcome.kind, "aborted");
  assert.throws(() => readFileSync(file));
});

test("a time-out longer than a timer's maximum does not expire immediately", posix, async () => {
  const outcome = await runShell("echo done", { ...usual, timeoutMs: 1e12 });
  assert.equal(outcome.kind, "exited");
});

test("no listener stays on the signal", posix, async () => {
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  await runShell("true", { ...usual, signal });
  assert.equal(listeners, 0);
});

test("a program that does not exist, or a folder that does not, is not started", async () => {
  const program = await runProgram("/no/such/program", [], usual);
  assert.ok(program.kind === "not-started");
  assert.match(program.reason, /ENOENT/);
  const folder = await runShell("true", { ...usual, directory: "/no/such/folder" });
  assert.equal(folder.kind, "not-started");
});

test("a program gets its arguments as they are", async () => {
  const args = ["a b", "$HOME", "`x`", '"', "'", "", "%PATH%"];
  const script = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
  const outcome = await runProgram(process.execPath, ["-e", script, "--", ...args], usual);
  assert.deepEqual(JSON.parse(outcome.stdout), args);
});

test("this program's own variables are not passed to commands, others are", posix, async () => {
  assert.deepEqual(commandEnvironment({ PATH: "/bin", HARBINGER_PASSWORD: "x", PW_SMTP_PASS: "x", HOME: "/" }), {
    PATH: "/bin",
    HOME: "/",
  });
  process.env["HARBINGER_TEST_PASSWORD"] = "secret";
  try {
    const inherited = await runShell('echo "$HARBINGER_TEST_PASSWORD|$PATH"', usual);
    assert.equal(inherited.stdout, `|${process.env["PATH"]}\n`);
  } finally {
    delete process.env["HARBINGER_TEST_PASSWORD"];
  }
  const own = await runShell('echo "$A"', { ...usual, environment: { ...process.env, A: "b" } });
  assert.equal(own.stdout, "b\n");
});

test("a quoted word passes through the shell unchanged", posix, async () => {
  const word = fc.array(fc.constantFrom("a", " ", "'", '"', "\\", "$X", "`", "*", "\n", ";", "&", "\u00e9", "!"), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(word, async (parts) => {
      const text = parts.join("");
      assert.equal((await runShell(`printf %s ${quoteForShell(text)}`, usual)).stdout, text);
    }),
    { numRuns: 40 },
  );
});
