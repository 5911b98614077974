import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { describe, test } from "node:test";
import * as z from "zod";
import { findProgram } from "../../../src/platform/programs.ts";
import { temporaryFolder } from "../../harness/cli.ts";
import { hangLimitMs } from "../../harness/hang-limit.ts";
import { launcherOf } from "../../harness/launchers.ts";
import { createQuietNetwork, type QuietNetwork, segmentBytes, whyNoQuietNetwork } from "../../harness/quiet-network.ts";

const launcher = launcherOf("harbinger");
const port = 8443;

/** The output of `listen --json`, as far as it is checked here. */
const line = z.object({
  bytes: z.int(),
  protocol: z.string(),
  payload: z.base64(),
  http: z.object({ method: z.string(), path: z.string(), host: z.string(), userAgent: z.string() }).optional(),
  tls: z
    .object({ version: z.string(), sni: z.string(), alpn: z.array(z.string()), ja3: z.string(), ja4: z.string() })
    .optional(),
});

/** The first connection of a browser that opens `url`, as `harbinger listen` prints it. */
async function visit(url: string): Promise<z.output<typeof line>> {
  using network = createQuietNetwork();
  using home = temporaryFolder();
  await using stack = new AsyncDisposableStack();
  const words = ["listen", `${port}`, "--host", "127.0.0.1", "--json"];
  const decoy = start(network, process.execPath, [launcher, ...words], home.path);
  stack.defer(() => end(decoy));
  assert.ok(decoy.stdout !== null && decoy.stderr !== null);
  const connections = createInterface({ input: decoy.stdout });
  assert.match(await firstLine(decoy.stderr), /^Listening on /);
  const browser = start(
    network,
    "chromium",
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      `--user-data-dir=${path.join(home.path, "profile")}`,
      "--host-resolver-rules=MAP decoy.example 127.0.0.1",
      "--dump-dom",
      url,
    ],
    home.path,
  );
  browser.stdout?.resume();
  browser.stderr?.resume();
  stack.defer(() => end(browser));
  const [printed] = await once(connections, "line");
  return line.parse(JSON.parse(String(printed)));
}

function start(network: QuietNetwork, program: string, args: readonly string[], home: string): ChildProcess {
  const [command, words] = network.command(program, args);
  const env = { PATH: process.env["PATH"], HOME: home, LC_ALL: "C" };
  return spawn(command, words, { cwd: home, env, stdio: ["ignore", "pipe", "pipe"] });
}

/** A browser ends its own processes when it is asked to end. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill();
  await closed;
}

async function firstLine(stream: Readable): Promise<string> {
  const [text] = await once(createInterface({ input: stream }), "line");
  return String(text);
}

const skip = findProgram("chromium") === undefined ? "chromium is not installed" : (whyNoQuietNetwork() ?? false);

describe("a decoy identifies a browser", { skip, timeout: hangLimitMs }, () => {
  test("over TLS, whose first message takes more than one segment", async () => {
    const { protocol, bytes, payload, tls } = await visit(`https://decoy.example:${port}/`);
    assert.equal(protocol, "tls");
    assert.ok(bytes > 1500 && bytes > segmentBytes, `${bytes} bytes`);
    assert.equal(Buffer.from(payload, "base64").length, bytes);
    assert.deepEqual([tls?.version, tls?.sni, tls?.alpn], ["TLS 1.3", "decoy.example", ["h2", "http/1.1"]]);
    assert.match(tls?.ja3 ?? "", /^[0-9a-f]{32}$/);
    assert.match(tls?.ja4 ?? "", /^t13d\d{4}h2_[0-9a-f]{12}_[0-9a-f]{12}$/);
  });

  test("over HTTP", async () => {
    const { protocol, http } = await visit(`http://decoy.example:${port}/login?next=%2F`);
    assert.equal(protocol, "http");
    assert.deepEqual([http?.method, http?.path, http?.host], ["GET", "/login?next=%2F", `decoy.example:${port}`]);
    assert.match(http?.userAgent ?? "", /^Mozilla\/5\.0 .* HeadlessChrome\/\d+/);
  });
});
