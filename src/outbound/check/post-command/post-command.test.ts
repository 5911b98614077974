import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Address } from "../../../core/address.ts";
import { parseAddress } from "../../../core/address.ts";
import { quoteForShell } from "../../../platform/shell.ts";
import { fillIn } from "./fill-in.ts";
import { createPostCommand, type PostCommandOptions, type RunCommandLine } from "./post-command.ts";

const posix = process.platform === "win32" ? { skip: "the command lines are for a POSIX shell" } : {};
const silent = { stdout: "", stderr: "", truncated: false, stdoutTruncated: false };

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

const host = address("10.0.0.1");

async function evidence(commandLine: string, options: PostCommandOptions = {}, at = host): Promise<string> {
  const run = createPostCommand(options);
  const result = await run(commandLine, { host: at, port: 22 }, new AbortController().signal);
  assert.ok(result !== undefined);
  return result.evidence;
}

test("the output is shown unchanged, trimmed", posix, async () => {
  assert.equal(await evidence("echo; echo '{host} port {port}'; echo '  done'; echo"), "10.0.0.1 port 22\n  done");
  assert.equal(await evidence("echo {host}", {}, address("fd00::1")), "fd00::1");
  assert.equal(await evidence("true"), "");
});

test("a failure shows standard error", posix, async () => {
  assert.equal(await evidence("echo out; echo ' no route ' >&2; exit 2"), "[Command failed: no route]");
});

test("a failure with nothing on standard error shows the status and standard output", posix, async () => {
  assert.equal(await evidence("exit 3"), "[Command failed: exit status 3]");
  assert.equal(await evidence("echo port is closed; exit 1"), "[Command failed: exit status 1]\nport is closed");
  assert.equal(await evidence("kill -9 $$"), "[Command failed: killed by SIGKILL]");
});

test("progress lines of a script do not hide its output", posix, async () => {
  const progress = "echo 'Testing 10.0.0.1:6379 - Plain connection...' >&2";
  assert.equal(await evidence(`echo protected; ${progress}; exit 1`), "[Command failed: exit status 1]\nprotected");
  assert.equal(await evidence(`echo protected; ${progress}; echo no >&2; exit 1`), "[Command failed: no]");
});

test("a time-out is reported without the output", posix, async () => {
  assert.equal(await evidence("echo begun; sleep 1000", { timeoutMs: 200 }), "[Command timed out]");
});

test("output is made safe and cut", posix, async () => {
  assert.equal(await evidence("printf 'a\\033[31mb\\r\\nc'"), "a.[31mb\nc");
  const long = await evidence("printf '%020000d' 0");
  assert.ok(long.startsWith("0".repeat(10_000)) && long.endsWith("... [10000 more]"), long.slice(-40));
  const endless = await evidence("printf '%020000d' 0", { outputLimit: 1000 });
  assert.equal(endless, `${"0".repeat(1000)}... [the output was cut here]`);
});

test("a host that is not an address never reaches a shell", async () => {
  const commandLines: string[] = [];
  const runCommandLine: RunCommandLine = async (commandLine) => {
    commandLines.push(commandLine);
    return { kind: "exited", code: 0, ...silent };
  };
  const output = await evidence("echo {host}", { runCommandLine }, "10.0.0.1; reboot" as Address);
  assert.equal(output, "[Command failed: not an address and a port]");
  assert.deepEqual(commandLines, []);
});

test("doubled braces become single ones", () => {
  assert.equal(fillIn("x {host} {port} | awk '{{print $1}}'", host, 22), "x 10.0.0.1 22 | awk '{print $1}'");
  assert.equal(fillIn("{{host}} {{{port}}}", host, 22), "{host} {22}");
});

test("a single brace keeps all braces as they are", () => {
  assert.equal(fillIn("x {host} | awk '{print $1}'", host, 22), "x 10.0.0.1 | awk '{print $1}'");
  assert.equal(fillIn("awk 'BEGIN{if(1){print {port}}}'", host, 22), "awk 'BEGIN{if(1){print 22}}'");
});

test("in any command line only host and port are filled in", () => {
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

test("an abort kills a real command and what it started, and there is no result", posix, async () => {
  const controller = new AbortController();
  const script = "const c=require('child_process').spawn('sleep',['1000']);setInterval(()=>{},1000);void c";
  const line = `${quoteForShell(process.execPath)} -e ${quoteForShell(script)}`;
  const running = createPostCommand()(line, { host, port: 22 }, controller.signal);
  setTimeout(() => controller.abort(), 200);
  const startedAt = performance.now();
  assert.equal(await running, undefined);
  assert.ok(performance.now() - startedAt < 15_000);
});
