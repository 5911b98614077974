import assert from "node:assert/strict";
import { test } from "node:test";
import { engineContract } from "../../../../test/scan/engine-contract.ts";
import type { ScanJob } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";
import { Stopped } from "../../../core/stopped.ts";
import { quoteForShell } from "../../../platform/shell.ts";
import type { CommandPlan } from "./command-engine.ts";
import { CommandEngine, type CommandEngineOptions } from "./command-engine.ts";

const posix = process.platform === "win32" ? { skip: "the command lines are for a POSIX shell" } : {};

/** A custom scanner: probes each given address and prints those that answer. */
const scanner = `
const [port, ...addresses] = process.argv.slice(1);
for (const address of addresses) {
  const socket = require("net").connect(Number(port), address);
  socket.on("connect", () => { console.log(address + " is open"); socket.destroy(); });
  socket.on("error", () => {});
}`;

engineContract(
  "a command",
  () => ({
    engine: new CommandEngine(),
    planFor: (addresses) => ({
      engine: "command",
      commandLine: `${quoteForShell(process.execPath)} -e ${quoteForShell(scanner)} -- {port} ${addresses.join(" ")}`,
      timeoutMs: 20_000,
    }),
    longPlan: { engine: "command", commandLine: "sleep 1000", timeoutMs: 60_000 },
    knowsCoverage: false,
  }),
  {},
);

function job(commandLine: string, ports: readonly number[] = [22], timeoutMs = 10_000): ScanJob<CommandPlan> {
  return { plan: { engine: "command", commandLine, timeoutMs }, ports };
}

async function scan(
  asked: ScanJob<CommandPlan>,
  options: CommandEngineOptions & { readonly signal?: AbortSignal; readonly onBatch?: () => void } = {},
) {
  const sightings: Sighting[] = [];
  const observer = {
    async sighted(batch: readonly Sighting[]) {
      sightings.push(...batch);
      options.onBatch?.();
    },
  };
  const signal = options.signal ?? new AbortController().signal;
  const result = await new CommandEngine(options).scan(asked, observer, signal);
  return { result, found: sightings.map(({ address, port }) => `${address} ${port}`) };
}

test("every address in the output is sighted once, in order", posix, async () => {
  const { result, found } = await scan(job("echo '10.0.0.2 up'; echo '[::1]:22'; echo 10.0.0.1,10.0.0.2"));
  assert.deepEqual(found, ["10.0.0.2 22", "::1 22", "10.0.0.1 22"]);
  assert.deepEqual(result, { status: "complete", engine: "command", coverage: { kind: "all" }, notes: [] });
});

test("with {port} the command runs once per port", posix, async () => {
  const { result, found } = await scan(job("echo 10.0.0.$(({port} - 20)) {port} '{other}'", [21, 22]));
  assert.deepEqual(found, ["10.0.0.1 21", "10.0.0.2 22"]);
  assert.equal(result.status, "complete");
});

test("without {port} it runs once, and its addresses count for every port", posix, async () => {
  const { found } = await scan(job("echo 10.0.0.1", [80, 443]));
  assert.deepEqual(found, ["10.0.0.1 80", "10.0.0.1 443"]);
});

test("a non-zero exit is a failure with command and errors, and its output is not used", posix, async () => {
  const { result, found } = await scan(job("echo 10.0.0.1; echo 'no route: {port}' >&2; exit 3"));
  assert.deepEqual(found, []);
  assert.equal(result.status, "failed");
  assert.deepEqual(result.coverage, { kind: "none" });
  assert.equal(
    result.reason,
    "Command failed with return code 3: echo 10.0.0.1; echo 'no route: 22' >&2; exit 3 - no route: 22",
  );
});

test("a silent failure ends with the command", posix, async () => {
  const { result } = await scan(job("exit 1"));
  assert.equal(result.reason, "Command failed with return code 1: exit 1");
});

test("a command that does not exist fails with the message of the shell", posix, async () => {
  const { result } = await scan(job("no-such-scanner --port {port}"));
  assert.match(
    result.reason ?? "",
    /^Command failed with return code 127: no-such-scanner --port 22 - .*no-such-scanner.*not found/,
  );
});

test("control characters in the errors do not reach the reason", posix, async () => {
  const { result } = await scan(job("printf 'a\\033[2Jb\\nc' >&2; exit 1"));
  assert.match(result.reason ?? "", / - a\.\[2Jb\nc$/);
});

test("a time-out is a failure", posix, async () => {
  const { result, found } = await scan(job("echo 10.0.0.1; sleep 1000", [22], 300));
  assert.deepEqual(found, []);
  assert.equal(result.status, "failed");
  assert.equal(result.reason, "Command timed out after 0.3 s: echo 10.0.0.1; sleep 1000");
});

test("a command that is killed is reported with the signal", posix, async () => {
  const { result } = await scan(job("kill -9 $$"));
  assert.equal(result.reason, "Command was killed by SIGKILL: kill -9 $$");
});

test("one failed port fails the scan, and hosts found on the others are sighted", posix, async () => {
  const { result, found } = await scan(job("test {port} != 80 && echo 10.0.0.1", [22, 80, 443]));
  assert.deepEqual(found, ["10.0.0.1 22", "10.0.0.1 443"]);
  assert.equal(result.status, "failed");
  assert.equal(result.reason, "Command failed with return code 1: test 80 != 80 && echo 10.0.0.1");
  assert.deepEqual(result.coverage, { kind: "none" });
});

test("output past the limit makes the scan partial, and a cut address is not used", posix, async () => {
  const { result, found } = await scan(job("echo 10.0.0.1; echo 10.0.0.200"), { outputLimit: 19 });
  assert.deepEqual(found, ["10.0.0.1 22"]);
  assert.equal(result.status, "partial");
  assert.deepEqual(result.coverage, { kind: "none" });
  assert.match(result.reason ?? "", /^The output was longer than 19 bytes, the rest was not read: echo/);
});

test("more addresses than the limit make the scan partial", posix, async () => {
  const { result, found } = await scan(job("echo 10.0.0.1 10.0.0.1 10.0.0.2 10.0.0.3"), { addressLimit: 2 });
  assert.deepEqual(found, ["10.0.0.1 22", "10.0.0.2 22"]);
  assert.equal(result.status, "partial");
});

test("no address is lost in long output, and none is cut in two", posix, async () => {
  const script = "for (let i = 0; i < 60000; i++) console.log('10.0.' + (i >> 8) + '.' + (i & 255) + ' up')";
  const { found } = await scan(job(`${quoteForShell(process.execPath)} -e ${quoteForShell(script)}`));
  assert.equal(found.length, 60_000);
  assert.equal(found.at(-1), "10.0.234.95 22");
});

test("an abort ends the scan immediately, even if the command ignores SIGTERM", posix, async () => {
  const controller = new AbortController();
  const script = "process.on('SIGTERM',()=>{});console.log('10.0.0.1');setInterval(()=>{},1000)";
  const line = `test {port} = 21 && echo 10.0.0.9 || ${quoteForShell(process.execPath)} -e ${quoteForShell(script)}`;
  let abortedAt = 0;
  const { result, found } = await scan(job(line, [21, 22]), {
    signal: controller.signal,
    onBatch: () => {
      setTimeout(() => {
        abortedAt = performance.now();
        controller.abort(new Stopped("stopped by ann on the pages"));
      }, 100);
    },
  });
  assert.ok(performance.now() - abortedAt < 10_000);
  assert.deepEqual(found, ["10.0.0.9 21"]);
  assert.deepEqual([result.status, result.reason], ["partial", "stopped by ann on the pages"]);
  assert.deepEqual(result.coverage, { kind: "none" });
});

test("Harbinger's own variables do not reach the command", posix, async () => {
  process.env["HARBINGER_TEST_SECRET"] = "10.9.9.9";
  try {
    const { found } = await scan(job('echo 10.0.0.1 "$HARBINGER_TEST_SECRET"'));
    assert.deepEqual(found, ["10.0.0.1 22"]);
  } finally {
    delete process.env["HARBINGER_TEST_SECRET"];
  }
});

test("a command that only prints a list covers its watch; for any other, silence proves nothing", posix, async () => {
  const listed = ["echo 10.0.0.1", "cat /dev/null | awk '/x/ {print $2}' | sort -u", "A=1 printf '10.0.0.1\\n'"];
  for (const line of listed) {
    const { result } = await scan(job(line));
    assert.equal(result.silence, undefined, line);
  }
  for (const line of ["sh -c 'echo 10.0.0.1'", "true; env echo 10.0.0.1", "echo $(env echo 10.0.0.1) | env cat"]) {
    const { result } = await scan(job(line));
    assert.equal(result.status, "complete", result.reason);
    assert.deepEqual(result.silence?.requested, { kind: "all" }, line);
    assert.equal(result.silence?.isFromHere, true, line);
  }
});

test("nmap's error messages in a pipeline make the scan partial", posix, async () => {
  const { result, found } = await scan(
    job("nmap() { echo 10.0.0.1; echo 'Failed to resolve \"web.lan\".' >&2; }; nmap | cat"),
  );
  assert.deepEqual(found, ["10.0.0.1 22"]);
  assert.equal(result.status, "partial");
  assert.equal(result.reason, 'Failed to resolve "web.lan".');
});

test("a background process of a command delays the result, and loses no output", posix, async () => {
  const { result, found } = await scan(job("sleep 1000 & echo 10.0.0.1", [22], 500));
  assert.deepEqual(found, ["10.0.0.1 22"]);
  assert.equal(result.status, "complete", result.reason);
  assert.match(result.notes.join(), /left a background process/);
  const failing = await scan(job("sleep 1000 & echo 10.0.0.1; exit 3", [22], 500));
  assert.equal(failing.result.status, "failed");
});
