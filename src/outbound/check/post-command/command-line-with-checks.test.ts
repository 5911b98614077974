import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import type { Check, CheckRequest } from "../../../core/check.ts";
import { runShell, type ShellOptions } from "../../../platform/shell.ts";
import { httpOperands } from "../http/http-operands.ts";
import { runCommandLineWithChecks } from "./command-line-with-checks.ts";

const posix = process.platform === "win32" ? { skip: "the command lines are for a POSIX shell" } : {};
const directory = mkdtempSync(path.join(os.tmpdir(), "harbinger-chain-"));
after(() => rmSync(directory, { recursive: true, force: true }));

const asked: CheckRequest[] = [];

/** Passes for odd ports. */
function standIn(name: string): Check {
  return {
    name,
    description: "",
    options: [
      { name: "tls", description: "" },
      { name: "url", value: "path", description: "" },
    ],
    operands: name === "http" ? httpOperands : undefined,
    async run(request, signal) {
      asked.push(request);
      if (request.host === "silent.test") {
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      }
      const passed = request.port % 2 === 1;
      const verdict = name === "exposure" || name === "kafka" ? (passed ? "exposed" : "protected") : undefined;
      const output = `${name} ${request.port}`;
      return { check: name, passed, output, facts: { name }, ...(verdict === undefined ? {} : { verdict }) };
    },
  };
}

const checks = ["port", "tls", "http", "cert", "kafka", "exposure"].map(standIn);
const limits: ShellOptions = { timeoutMs: 20_000, outputLimit: 64 * 1024 };

async function run(line: string, options: Partial<ShellOptions> = {}) {
  const reported: string[] = [];
  const shellLines: string[] = [];
  const runLine = runCommandLineWithChecks({
    checks,
    directory,
    onBuiltIn: (script, check) => reported.push(`${script} ${check}`),
    launcher: { node: "echo", script: "launcher" },
    runShell: (text, shellOptions) => {
      shellLines.push(text);
      return runShell(text, shellOptions);
    },
  });
  const outcome = await runLine(line, { ...limits, directory, ...options });
  return { ...outcome, reported, shellLines };
}

async function outputOf(line: string): Promise<string> {
  const outcome = await run(line);
  assert.equal(outcome.kind, "exited");
  return `${outcome.stdout.trim().replaceAll("\n", ", ")} = ${outcome.kind === "exited" ? outcome.code : "?"}`;
}

test("the earlier scripts become checks, with any name of Python", posix, async () => {
  const calls = [
    "python post_command/port_check.py h 1",
    "python3 post_command/port_check.py h 1",
    "python3.11 -u -W ignore post_command/port_check.py h 1",
    "/usr/bin/python3 ./post_command/port_check.py h 1",
    "'/opt/my python/python3' /opt/harbinger/post_command/port_check.py 'h' \"1\"",
    "./post_command/port_check.py h 1",
    "python post_command\\\\port_check.py h:1",
  ];
  for (const call of calls) assert.equal(await outputOf(call), "port 1 = 0", call);
  assert.equal(await outputOf("python post_command/tls_check.py h 2"), "tls 2 = 1");
  assert.equal(await outputOf("python post_command/http_check.py h 3 https /x"), "http 3 = 0");
  assert.deepEqual(asked.at(-1)?.options, { tls: true, url: "/x" });
  assert.equal(await outputOf("python post_command/cert_collector.py h 5"), "cert 5 = 0");
  assert.equal(await outputOf("python post_command/kafka.py --tls h:7"), "kafka 7, VULNERABLE = 0");
  assert.deepEqual(asked.at(-1)?.options, { tls: true });
  assert.equal(await outputOf("python post_command/redis_check.py h 7"), "exposure 7, VULNERABLE = 0");
  assert.deepEqual(asked.at(-1)?.options, { service: "redis" });
});

test("a chain of checks starts no process", posix, async () => {
  const port = "python post_command/port_check.py h 1";
  const tls = (number: number) => `python post_command/tls_check.py h ${number}`;
  const kafka = "python post_command/kafka.py";
  const line = (number: number) => `${port} && (${tls(number)} && ${kafka} --tls h 9 || ${kafka} h 11)`;
  for (const [number, expected] of [
    [1, "port 1\ntls 1\nkafka 9\nVULNERABLE\n"],
    [2, "port 1\ntls 2\nkafka 11\nVULNERABLE\n"],
  ] as const) {
    const outcome = await run(line(number), { environment: { PATH: "/nonexistent" } });
    assert.equal(outcome.stdout, expected);
    assert.deepEqual(outcome.shellLines, []);
  }
});

test("a script that exists is run, and the others stay checks", posix, async () => {
  const own = path.join(directory, "post_command");
  mkdirSync(own, { recursive: true });
  writeFileSync(path.join(own, "tls_check.py"), "");
  const outcome = await run("python post_command/port_check.py h 1 && python post_command/tls_check.py h 1", {
    environment: { PATH: "/nonexistent" },
  });
  rmSync(own, { recursive: true });
  assert.equal(outcome.stdout, "port 1\n");
  assert.deepEqual(outcome.shellLines, ["python post_command/tls_check.py h 1"]);
  assert.equal(outcome.kind === "exited" && outcome.code, 127);
});

test("other scripts, other folders and plain words are unchanged", posix, async () => {
  for (const line of [
    "echo python post_command/port_check.py h 1",
    "echo post_command/unknown.py",
    "true scripts/port_check.py h 1",
    "echo 'python post_command/port_check.py h 1'",
    "true # python post_command/port_check.py h 1",
  ]) {
    const outcome = await run(line);
    assert.deepEqual(outcome.shellLines, [line]);
    assert.deepEqual(outcome.reported, []);
  }
});

test("each replaced script is reported once", posix, async () => {
  const port = "python post_command/port_check.py h 1";
  const { reported } = await run(`${port}; ${port}; python post_command/tls_check.py h 1`);
  assert.deepEqual(reported, ["post_command/port_check.py port", "post_command/tls_check.py tls"]);
});

test("output to /dev/null is not shown", posix, async () => {
  const port = "python post_command/port_check.py h 1";
  assert.equal(await outputOf(`${port} >/dev/null && echo b`), "b = 0");
  assert.equal(await outputOf(`${port} > /dev/null 2>&1; echo b`), "b = 0");
  assert.equal(await outputOf(`(${port}; echo a) >/dev/null || echo b`), " = 0");
  assert.equal((await run(`${port} 2>/dev/null; echo b`)).stdout, "port 1\nb\n");
});

test("wrong usage has its own exit status", posix, async () => {
  const outcome = await run("python post_command/port_check.py h || echo other");
  assert.equal(outcome.stdout, "other\n");
  assert.match(outcome.stderr, /port_check\.py: a port is required/);
  assert.equal(await outputOf("python post_command/port_check.py --no-such h 1"), " = 2");
});

test("lines that need the shell get the command harbinger check", posix, async () => {
  const allowed = "echo launcher check --allow 0.0.0.0/0,::/0 --script port_check.py --";
  for (const [line, expected] of [
    ["if python post_command/port_check.py h 1; then echo yes; fi", `if ${allowed} h 1; then echo yes; fi`],
    ["x=$(python post_command/port_check.py h 1); echo $x", `x=$(${allowed} h 1); echo $x`],
    ["cd / && python post_command/port_check.py h 1", `cd / && ${allowed} h 1`],
    ["! python post_command/port_check.py h 1", `! ${allowed} h 1`],
    ["python post_command/port_check.py h 1; echo $?", `${allowed} h 1; echo $?`],
    ["python post_command/port_check.py h 1 & wait", `${allowed} h 1 & wait`],
    ["python post_command/port_check.py h 1 | (cat)", `${allowed} h 1 | (cat)`],
  ] as const) {
    assert.deepEqual((await run(line)).shellLines, [expected]);
  }
});

test("a part that needs the shell leaves the other checks in this process", posix, async () => {
  const port = "python post_command/port_check.py h";
  const outcome = await run(`${port} 1 && timeout 9 ${port} $HOME && ${port} 3 | cat; ${port} "$(( 1 ))"`);
  assert.equal(outcome.shellLines.length, 1, "a command substitution anywhere needs one shell");
  const parts = await run(`${port} 1 && timeout 9 ${port} $HOME && ${port} 3 | cat && ${port} 5`);
  const allowed = "echo launcher check --allow 0.0.0.0/0,::/0 --script port_check.py --";
  assert.deepEqual(parts.shellLines, [`timeout 9 ${allowed} h $HOME`, `${allowed} h 3 | cat`]);
  assert.match(parts.stdout, /^port 1\nlauncher check .*\nlauncher check .* h 3\nport 5\n$/);
});

test("a line without scripts goes to the shell unchanged", posix, async () => {
  const outcome = await run("echo a && (false || echo b); exit 3");
  assert.deepEqual(outcome.shellLines, ["echo a && (false || echo b); exit 3"]);
  assert.equal(outcome.kind === "exited" && outcome.code, 3);
});

test("a silent host ends with the time limit of the line, and earlier output stays", posix, async () => {
  const line = "python post_command/port_check.py h 1 && python post_command/tls_check.py silent.test 1 && echo never";
  const outcome = await run(line, { timeoutMs: 100 });
  assert.equal(outcome.kind, "timed-out");
  assert.equal(outcome.stdout, "port 1\n");
});

test("an abort ends checks and commands", posix, async () => {
  for (const last of ["python post_command/tls_check.py silent.test 1", "sleep 1000"]) {
    const controller = new AbortController();
    const line = `python post_command/port_check.py h 1 && ${last}`;
    const running = run(line, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    assert.equal((await running).kind, "aborted");
  }
  assert.equal((await run("python post_command/port_check.py h 1", { signal: AbortSignal.abort() })).kind, "aborted");
});

test("the output of a whole chain is bounded", posix, async () => {
  const line = "python post_command/port_check.py h 1; printf '%0100d' 7; python post_command/port_check.py h 3";
  const outcome = await run(line, { outputLimit: 20 });
  assert.equal(outcome.stdout, `port 1\n${"0".repeat(13)}`);
  assert.ok(outcome.stdoutTruncated);
});

test("a command that was killed by a signal has the exit status of the shell", posix, async () => {
  assert.equal(
    await outputOf("python post_command/port_check.py h 1 && sh -c 'kill -9 $PPID; kill -9 $$'"),
    "port 1 = 137",
  );
});

/** A random line, and the same with `echo` and `false` instead of the checks. */
const lines = fc.letrec<{ list: string; chain: string; command: string }>((tie) => ({
  command: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("true", "false", "echo a", "echo b >/dev/null", "sh -c 'exit 3'") },
    { weight: 4, arbitrary: fc.constantFrom("CHECK1", "CHECK2", "CHECK1 >/dev/null", "CHECK2 2>/dev/null") },
    {
      weight: 2,
      arbitrary: fc.tuple(tie("list"), fc.constantFrom("", " >/dev/null")).map(([l, end]) => `(${l})${end}`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom("CHECK1 | cat", "echo c | cat", "! CHECK1", "{ CHECK2; }", "", "(", "a b )"),
    },
  ),
  chain: fc
    .array(fc.tuple(tie("command"), fc.constantFrom("&&", "||", "&&\n")), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map(([command, operator], at) => (at === 0 ? command : `${operator} ${command}`)).join(" ")),
  list: fc
    .array(fc.tuple(tie("chain"), fc.constantFrom(";", "\n", " ; ")), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.map(([chain, end], at) => chain + (at === parts.length - 1 ? "" : end)).join("")),
})).list;

test("any chain has the status and output of /bin/sh", posix, async () => {
  const seen = { here: 0, bySh: 0 };
  const launcher = path.join(directory, "launcher.sh");
  // As the program would: the last word is the port.
  writeFileSync(launcher, 'for last; do :; done\necho "port $last"\ntest $((last % 2)) = 1\n');
  await fc.assert(
    fc.asyncProperty(lines, async (line) => {
      const check = (port: number) => `python post_command/port_check.py h ${port}`;
      const ours = line.replaceAll("CHECK1", check(1)).replaceAll("CHECK2", check(2));
      const theirs = line.replaceAll("CHECK1", `sh ${launcher} 1`).replaceAll("CHECK2", `sh ${launcher} 2`);
      let wholeLines = 0;
      const runLine = runCommandLineWithChecks({
        checks,
        directory,
        launcher: { node: "sh", script: launcher },
        runShell: (text, options) => {
          if (text.includes("launcher.sh")) wholeLines += 1;
          return runShell(text, options);
        },
      });
      const [actual, expected] = await Promise.all([runLine(ours, limits), runShell(theirs, limits)]);
      if (ours.includes("python")) seen[wholeLines === 0 ? "here" : "bySh"] += 1;
      assert.equal(actual.stdout, expected.stdout);
      assert.deepEqual(
        [actual.kind, actual.kind === "exited" && actual.code],
        [expected.kind, expected.kind === "exited" && expected.code],
      );
    }),
    { numRuns: 150 },
  );
  assert.ok(seen.here > 20 && seen.bySh > 20, JSON.stringify(seen));
});
