import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Address } from "../../../core/address.ts";
import { parseAddress } from "../../../core/address.ts";
import { quoteForShell } from "../../../platform/shell.ts";
import { fillIn } from "./fill-in.ts";
import { PostCommandRunner, type PostCommandRunnerOptions, type RunCommandLine } from "./post-command-runner.ts";

const posix = process.platform === "win32" ? { skip: "the command lines are for a POSIX shell" } : {};
const silent = { stdout: "", stderr: "", truncated: false, stdoutTruncated: false };

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

const host = address("10.0.0.1");

async function evidence(commandLine: string, options: PostCommandRunnerOptions = {}, at = host): Promise<string> {
  const results: string[] = [];
  await new PostCommandRunner(options).run(
    [{ id: 7, host: at, port: 22 }],
    commandLine,
    (result) => {
      assert.equal(result.id, 7);
      results.push(result.evidence);
    },
    new AbortController().signal,
  );
  assert.equal(results.length, 1);
  return results[0] ?? "";
}

test("the output stands as it is, trimmed", posix, async () => {
  assert.equal(await evidence("echo; echo '{host} port {port}'; echo '  done'; echo"), "10.0.0.1 port 22\n  done");
  assert.equal(await evidence("echo {host}", {}, address("fd00::1")), "fd00::1");
  assert.equal(await evidence("true"), "");
});

test("a failure shows what the command said on standard error", posix, async () => {
  assert.equal(await evidence("echo out; echo ' no route ' >&2; exit 2"), "[Command failed: no route]");
});

test("a failure without a word on standard error shows the status, and what it said otherwise", posix, async () => {
  assert.equal(await evidence("exit 3"), "[Command failed: exit status 3]");
  assert.equal(await evidence("echo port is closed; exit 1"), "[Command failed: exit status 1]\nport is closed");
  assert.equal(await evidence("kill -9 $$"), "[Command failed: killed by SIGKILL]");
});

test("what a script says before it asks is progress, and hides nothing", posix, async () => {
  const progress = "echo 'Testing 10.0.0.1:6379 - Plain connection...' >&2";
  assert.equal(await evidence(`echo protected; ${progress}; exit 1`), "[Command failed: exit status 1]\nprotected");
  assert.equal(await evidence(`echo protected; ${progress}; echo no >&2; exit 1`), "[Command failed: no]");
});

test("a time-out is said, and nothing more", posix, async () => {
  assert.equal(await evidence("echo begun; sleep 1000", { timeoutMs: 200 }), "[Command timed out]");
});

test("output is made safe and cut", posix, async () => {
  assert.equal(await evidence("printf 'a\\033[31mb\\r\\nc'"), "a.[31mb\nc");
  const long = await evidence("printf '%020000d' 0");
  assert.ok(long.startsWith("0".repeat(10_000)) && long.endsWith("... [10000 more]"), long.slice(-40));
  const endless = await evidence("printf '%020000d' 0", { outputLimit: 1000 });
  assert.equal(endless, `${"0".repeat(1000)}... [the output was cut here]`);
});

test("a host that is no address never reaches a shell", async () => {
  const commandLines: string[] = [];
  const runCommandLine: RunCommandLine = async (commandLine) => {
    commandLines.push(commandLine);
    return { kind: "exited", code: 0, ...silent };
  };
  const said = await evidence("echo {host}", { runCommandLine }, "10.0.0.1; reboot" as Address);
  assert.equal(said, "[Command failed: not an address and a port]");
  assert.deepEqual(commandLines, []);
});

test("the braces of a format string are single ones in the command", () => {
  assert.equal(fillIn("x {host} {port} | awk '{{print $1}}'", host, 22), "x 10.0.0.1 22 | awk '{print $1}'");
  assert.equal(fillIn("{{host}} {{{port}}}", host, 22), "{host} {22}");
});

test("where a brace stands alone, all braces stay", () => {
  assert.equal(fillIn("x {host} | awk '{print $1}'", host, 22), "x 10.0.0.1 | awk '{print $1}'");
  assert.equal(fillIn("awk 'BEGIN{if(1){print {port}}}'", host, 22), "awk 'BEGIN{if(1){print 22}}'");
});

test("any command line is filled in, and only host and port are put into it", () => {
  const line = fc.array(fc.constantFrom("{", "}", "{{", "}}", "{host}", "{port}", "$&", "x"), { maxLength: 20 });
  fc.assert(
    fc.property(line, (parts) => {
      const text = parts.join("");
      const filled = fillIn(text, host, 22);
      const rest = (from: string) => from.replaceAll(/[{}]/g, "");
      assert.ok(!filled.includes("{host}") || text.includes("{{host}") || text.includes("{host}}"));
      const words = (from: string) => from.replaceAll("10.0.0.1", "host").replaceAll("22", "port");
      assert.equal(words(rest(filled)), rest(text));
    }),
  );
});

/** A stand-in for the shell whose commands end when told. */
function heldCommands() {
  const held: { readonly commandLine: string; readonly end: () => void }[] = [];
  const waiting: (() => void)[] = [];
  const runCommandLine: RunCommandLine = (commandLine, { signal }) =>
    new Promise((resolve) => {
      held.push({ commandLine, end: () => resolve({ kind: "exited", code: 0, ...silent, stdout: commandLine }) });
      signal?.addEventListener("abort", () => resolve({ kind: "aborted", ...silent }));
      for (const wake of waiting.splice(0)) wake();
    });
  const started = async (count: number) => {
    while (held.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { held, runCommandLine, started };
}

const requests = [1, 2, 3, 4, 5].map((id) => ({ id, host: address(`10.0.0.${id}`), port: 22 }));

test("no more commands run at once than allowed, and results come as they end", async () => {
  const { held, runCommandLine, started } = heldCommands();
  const ids: number[] = [];
  const running = new PostCommandRunner({ parallel: 2, runCommandLine }).run(
    requests,
    "{host}",
    ({ id }) => {
      ids.push(id);
    },
    new AbortController().signal,
  );
  await started(2);
  assert.equal(held.length, 2);
  held[1]?.end();
  await started(3);
  assert.deepEqual(ids, [2]);
  held[2]?.end();
  await started(4);
  held[0]?.end();
  await started(5);
  held[3]?.end();
  held[4]?.end();
  await running;
  assert.deepEqual(ids.slice(0, 3), [2, 3, 1]);
  assert.deepEqual([...ids].sort(), [1, 2, 3, 4, 5]);
});

test("one result is handed over at a time", async () => {
  let underWay = 0;
  let most = 0;
  await new PostCommandRunner({
    runCommandLine: async () => ({ kind: "exited", code: 0, ...silent }),
  }).run(
    requests,
    "{host}",
    async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
    },
    new AbortController().signal,
  );
  assert.equal(most, 1);
});

test("an abort ends the commands, and unfinished hosts have no result", async () => {
  const { held, runCommandLine, started } = heldCommands();
  const controller = new AbortController();
  const ids: number[] = [];
  let secondAsked = () => {};
  const handedOver = new Promise<void>((resolve) => {
    secondAsked = resolve;
  });
  async function* endless() {
    yield* requests.slice(0, 2);
    // A source that falls silent must not hold up the end.
    await new Promise(() => {});
  }
  const running = new PostCommandRunner({ parallel: 4, runCommandLine }).run(
    endless(),
    "{host}",
    ({ id }) => {
      ids.push(id);
      secondAsked();
    },
    controller.signal,
  );
  await started(2);
  held[0]?.end();
  await handedOver;
  controller.abort();
  await running;
  assert.deepEqual(ids, [1]);
});

test("an abort kills a real command and what it started", posix, async () => {
  const controller = new AbortController();
  const script = "const c=require('child_process').spawn('sleep',['1000']);setInterval(()=>{},1000);void c";
  const results: unknown[] = [];
  const running = new PostCommandRunner().run(
    requests,
    `${quoteForShell(process.execPath)} -e ${quoteForShell(script)}`,
    (result) => {
      results.push(result);
    },
    controller.signal,
  );
  setTimeout(() => controller.abort(), 200);
  const startedAt = performance.now();
  await running;
  assert.ok(performance.now() - startedAt < 15_000);
  assert.deepEqual(results, []);
});

test("an error of the taker ends the run and is thrown", async () => {
  const refusal = new Error("the store is full");
  const running = new PostCommandRunner({
    runCommandLine: async () => ({ kind: "exited", code: 0, ...silent }),
  }).run(requests, "{host}", () => Promise.reject(refusal), new AbortController().signal);
  await assert.rejects(running, (error) => error === refusal);
});

test("an error of the source ends the run and is thrown", async () => {
  const failure = new Error("the database is gone");
  async function* source() {
    yield* requests.slice(0, 1);
    throw failure;
  }
  const { runCommandLine } = heldCommands();
  const running = new PostCommandRunner({ runCommandLine }).run(
    source(),
    "{host}",
    () => {},
    new AbortController().signal,
  );
  await assert.rejects(running, (error) => error === failure);
});
