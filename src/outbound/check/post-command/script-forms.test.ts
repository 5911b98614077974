import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { type Address, parseAddress } from "../../../core/address.ts";
import type { Check, CheckRequest } from "../../../core/check.ts";
import { httpOperands } from "../http/http-operands.ts";
import { runCommandLineWithChecks } from "./command-line-with-checks.ts";
import { Counterparts } from "./counterparts.ts";
import { earlierScripts } from "./earlier-scripts.ts";
import { fillIn } from "./fill-in.ts";
import { runScript } from "./run-script.ts";

const posix = process.platform === "win32" ? { skip: "the command lines are for a POSIX shell" } : {};
const directory = mkdtempSync(path.join(os.tmpdir(), "harbinger-scripts-"));
after(() => rmSync(directory, { recursive: true, force: true }));

/** Ports from 1000 speak TLS, port 7 is closed, and even ports are exposed. */
function standIn(name: string, asked: CheckRequest[]): Check {
  return {
    name,
    description: "",
    options: [
      { name: "tls", description: "" },
      { name: "brief", description: "" },
      { name: "service", value: "NAME", description: "" },
    ],
    operands: name === "http" ? httpOperands : undefined,
    inPostCommand: name === "tls" ? { options: { brief: true } } : undefined,
    async run(request) {
      asked.push(request);
      const passed =
        name === "port" ? request.port !== 7 : name === "tls" ? request.port >= 1000 : request.port % 2 === 0;
      const verdict = name === "exposure" ? { verdict: passed ? ("exposed" as const) : ("protected" as const) } : {};
      const service = request.options["service"];
      const words = [
        name,
        ...(typeof service === "string" ? [service] : []),
        request.options["tls"] === true ? "tls" : "",
      ];
      return { check: name, passed, ...verdict, output: `${words.join(" ").trim()} ${request.port}`, facts: {} };
    },
  };
}

async function run(line: string, folder = directory) {
  const asked: CheckRequest[] = [];
  const shellLines: string[] = [];
  const names = ["port", "tls", "http", "cert", "kafka", "exposure"];
  const outcome = await runCommandLineWithChecks({
    checks: names.map((name) => standIn(name, asked)),
    directory: folder,
    launcher: { node: "node", script: "launcher" },
    runShell: async (text) => {
      shellLines.push(text);
      return { kind: "exited", code: 0, stdout: "", stderr: "", truncated: false, stdoutTruncated: false };
    },
  })(line, { timeoutMs: 20_000, outputLimit: 64 * 1024, directory: folder });
  assert.equal(outcome.kind, "exited");
  return { asked, shellLines, code: outcome.code, stdout: outcome.stdout, stderr: outcome.stderr };
}

test("a Python script uses its default port, and a port in HOST takes precedence", posix, async () => {
  for (const [words, host, port] of [
    ["10.0.0.1", "10.0.0.1", 6379],
    ["10.0.0.1 6380", "10.0.0.1", 6380],
    ["10.0.0.1:6381", "10.0.0.1", 6381],
    ["10.0.0.1:6381 6380", "10.0.0.1", 6381],
    ["[10.0.0.1]:6381", "[10.0.0.1]", 6381],
    ["fd00::1", "fd00::1", 6379],
    ["fd00::1 6380", "fd00::1", 6380],
    ["[fd00::1]:6381", "[fd00::1]", 6381],
    ["'[fd00::1]'", "[fd00::1]", 6379],
    ["-t 10.0.0.1", "10.0.0.1", 6379],
    ["10.0.0.1 --tls", "10.0.0.1", 6379],
  ] as const) {
    const { asked, shellLines, code, stderr } = await run(`python post_command/redis.py ${words}`);
    assert.deepEqual(shellLines, [], words);
    assert.equal(code, 0);
    assert.deepEqual([asked[0]?.host, asked[0]?.port, asked[0]?.options["service"]], [host, port, "redis"], words);
    const tls = /-t/.test(words);
    assert.equal(asked[0]?.options["tls"], tls ? true : undefined);
    assert.match(stderr, tls ? /^Testing 10\.0\.0\.1:6379 - TLS only\.\.\.\n$/ : /- Plain connection\.\.\.\n$/);
  }
});

test("the exit status is 0 for any outcome, 1 for an invalid port, 2 for wrong usage", posix, async () => {
  const exposed = await run("python post_command/redis.py h 8 && echo on");
  assert.equal(exposed.stdout, "exposure redis 8\nVULNERABLE\n");
  assert.deepEqual(exposed.shellLines, ["echo on"]);
  const guarded = await run("python post_command/redis.py h 9 && echo on");
  assert.equal(guarded.stdout, "exposure redis 9\n");
  assert.deepEqual(guarded.shellLines, ["echo on"]);
  for (const [words, code] of [
    ["h abc", 1],
    ["h:abc", 1],
    ["h 0", 1],
    ["h 65536", 1],
    ["", 2],
    ["h 1 2", 2],
    ["-x h", 2],
    ["--nope h", 2],
    ["--help", 0],
  ] as const) {
    const wrong = await run(`python post_command/redis.py ${words}`);
    assert.deepEqual([wrong.code, wrong.asked], [code, []], words);
  }
});

test("a shell script checks the port, then TLS, and runs the Python form accordingly", posix, async () => {
  const plain = await run("post_command/redis.sh h 8");
  assert.equal(
    plain.stdout,
    "Checking port 8 on h...\nport 8\nChecking for TLS...\ntls 8\nRunning redis.py...\nexposure redis 8\nVULNERABLE\n",
  );
  const secure = await run("bash post_command/redis.sh h 1001");
  assert.equal(
    secure.stdout,
    "Checking port 1001 on h...\nport 1001\nChecking for TLS...\ntls 1001\nCollecting certificates...\ncert 1001\n" +
      "Running redis.py --tls...\nexposure redis tls 1001\n",
  );
  const closed = await run("sh ./post_command/redis.sh h 7 || echo no");
  assert.equal(closed.stdout, "Checking port 7 on h...\nport 7\n");
  const web = await run("post_command/http_check.sh h 1002");
  assert.match(web.stdout, /Running http_check\.py with https\.\.\.\nhttp tls 1002\n$/);
  for (const outcome of [plain, secure, closed, web]) assert.deepEqual([outcome.code, outcome.shellLines], [0, []]);
  for (const words of ["", "h", "h 1 2", "h abc", "h:1"]) {
    const wrong = await run(`post_command/redis.sh ${words}`);
    assert.deepEqual([wrong.code, wrong.asked], [1, []], words);
  }
});

test("scripts are found in every form of call", posix, async () => {
  for (const start of [
    "bash post_command/redis.sh",
    "sh post_command/redis.sh",
    "/bin/bash -e ./post_command/redis.sh",
    "/bin/sh '/opt/harbinger tool/post_command/redis.sh'",
    "bash -o pipefail --norc post_command/redis.sh",
    "bash -- post_command/redis.sh",
    "./post_command/redis.sh",
    "post_command/redis.sh",
    "/opt/harbinger/post_command/redis.sh",
    "../post_command/redis.sh",
    "py post_command/redis.py",
    "python3.12 -u /opt/harbinger/post_command/redis.py",
    "post_command/redis.py",
  ]) {
    const { asked, shellLines } = await run(`${start} h 8`);
    assert.deepEqual([shellLines, asked.at(-1)?.options["service"], asked.at(-1)?.port], [[], "redis", 8], start);
  }
  for (const line of [
    "bash post_command/redis.py h 8",
    "python post_command/redis.sh h 8",
    "bash -c 'post_command/redis.sh h 8'",
    "bash -s post_command/redis.sh h 8",
    "post_command/port_check.sh h 8",
    "post_command/unknown.sh h 8",
    "echo post_command/redis.sh h 8",
    "other/redis.sh h 8",
  ]) {
    assert.deepEqual((await run(line)).shellLines, [line]);
  }
});

test("a line that needs the shell gets the command harbinger check for the script", posix, async () => {
  const call = (file: string) => `node launcher check --allow 0.0.0.0/0,::/0 --script ${file} --`;
  for (const [line, expected] of [
    ["post_command/redis.sh h 8 | grep VULNERABLE", `${call("redis.sh")} h 8 | grep VULNERABLE`],
    ["x=$(bash post_command/redis.sh h 8); echo $x", `x=$(${call("redis.sh")} h 8); echo $x`],
    ["timeout 9 sh post_command/nats.sh h 8 > out.txt", `timeout 9 ${call("nats.sh")} h 8 > out.txt`],
    ["if python post_command/etcd.py -t h; then :; fi", `if ${call("etcd.py")} -t h; then :; fi`],
  ] as const) {
    assert.deepEqual((await run(line)).shellLines, [expected]);
  }
});

test("every script of the earlier tool is replaced, in both its forms", posix, async () => {
  for (const { name, usualPort, hasShellForm } of earlierScripts) {
    const port = usualPort ?? 80;
    const python = await run(`python post_command/${name}.py h ${port}`);
    assert.deepEqual([python.shellLines, python.asked.length], [[], 1], name);
    const shell = await run(`post_command/${name}.sh h ${port}`);
    assert.equal(shell.shellLines.length, hasShellForm ? 0 : 1, name);
    if (hasShellForm) assert.deepEqual([shell.code, shell.asked.at(-1)?.port], [0, port], name);
  }
});

test("a script that exists is the user's own, unless it is called as a program and cannot be run", posix, async () => {
  const folder = mkdtempSync(path.join(directory, "own-"));
  mkdirSync(path.join(folder, "post_command"));
  const file = path.join(folder, "post_command", "redis.sh");
  writeFileSync(file, "\ufeff#!/bin/bash\necho own\n", { mode: 0o644 });
  const call = "post_command/redis.sh h 8";
  assert.deepEqual((await run(`bash ${call}`, folder)).shellLines, [`bash ${call}`]);
  assert.match((await run(call, folder)).stdout, /Running redis\.py/);
  chmodSync(file, 0o755);
  assert.deepEqual((await run(call, folder)).shellLines, [call]);
  const gone = `cd ${folder} && ${call}; (cd / && ${call}); ${call}`;
  const answered = `cd ${folder} && ${call}; (cd / && node launcher check --allow 0.0.0.0/0,::/0 --script redis.sh -- h 8); ${call}`;
  assert.deepEqual((await run(gone)).shellLines, [answered]);
});

test("any words after any script give one of three statuses, without an exception", async () => {
  const asked: CheckRequest[] = [];
  const checks = ["port", "tls", "http", "cert", "kafka", "exposure"].map((name) => standIn(name, asked));
  const counterparts = new Counterparts(new Map(checks.map((check) => [check.name, check])));
  const word = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "-t",
      "--tls",
      "--",
      "h",
      "22",
      "h:22",
      "[::1]:1",
      "::1",
      "--timeout",
      "--json",
      "-h",
      "https",
      "/x",
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...earlierScripts),
      fc.constantFrom("py" as const, "sh" as const),
      fc.array(word, { maxLength: 6 }),
      async ({ name }, form, args) => {
        const counterpart = counterparts.find(name);
        assert.ok(counterpart !== undefined);
        const before = asked.length;
        const place = { counterparts, print: () => {}, printError: () => {}, run: runStandIn };
        const status = await runScript({ script: name, counterpart, form, args }, place);
        assert.ok([0, 1, 2].includes(status));
        for (const { port, host } of asked.slice(before)) assert.ok(port >= 1 && port <= 65_535 && host !== "");
      },
    ),
    { numRuns: 500 },
  );
  function runStandIn(check: Check, request: CheckRequest) {
    return check.run(request, new AbortController().signal);
  }
});

test("no address adds a word, an operator or an expansion to a line", posix, async () => {
  const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
  const zone = fc.constantFrom("", "%eth0", "%br-lan.1", "%$(reboot)", "%a;b", "%a b", "%`x`", "%a|b", "%*");
  const six = fc
    .tuple(fc.array(group, { minLength: 8, maxLength: 8 }), zone)
    .map(([groups, suffix]) => groups.join(":") + suffix);
  const anything = fc.oneof(fc.ipV4(), six, fc.string({ unit: "binary" }));
  await fc.assert(
    fc.asyncProperty(anything, async (text) => {
      const host: Address | undefined = parseAddress(text);
      if (host === undefined) return;
      const line = fillIn("post_command/redis.sh {host} {port} && echo {host}:{port}", host, 6379);
      const { asked, shellLines } = await run(line);
      assert.deepEqual([asked[0]?.host, asked[0]?.port], [host, 6379]);
      assert.deepEqual(shellLines, [`echo ${host}:6379`]);
      assert.match(host, /^[0-9A-Za-z.:%_-]+$/);
    }),
    { numRuns: 200 },
  );
});
