// SIGHUP reaches the program through its parent: the launcher of an older Node, or the shell that is process 1.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../src/platform/programs.ts";
import { startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { connectTo, freePorts } from "../harness/reloading.ts";

const launcher = fileURLToPath(new URL("../../bin/harbinger.js", import.meta.url));
const olderNode = ["/usr/bin/node", "/usr/local/bin/node"].find(isOlderNode);
const processOne =
  process.platform !== "linux" || process.getuid?.() !== 0 || findProgram("unshare") === undefined
    ? "needs unshare of util-linux and root"
    : false;

function isOlderNode(program: string): boolean {
  try {
    return Number(execFileSync(program, ["-p", "process.versions.node"], { encoding: "utf8" }).split(".")[0]) < 24;
  } catch {
    return false;
  }
}

const configuration = (...ports: readonly number[]) =>
  `listeners: { decoy: { host: 127.0.0.1, ports: [${ports.join(", ")}] } }\nalerts: { notify: [] }\nenrich: { rdns: { enabled: false } }\n`;

test("an older Node's launcher forwards SIGHUP", {
  skip: olderNode === undefined && "no older Node here",
}, async () => {
  using folder = temporaryFolder();
  const [one = 0, other = 0] = await freePorts(2);
  const file = path.join(folder.path, "harbinger.yaml");
  writeFileSync(file, configuration(one));
  const running = startHarbinger(["run"], { directory: folder.path, node: olderNode ?? "node" });
  await running.waitForOutput("listening");
  writeFileSync(file, configuration(one, other));
  running.process.kill("SIGHUP");
  await running.waitForOutput("configuration reloaded");
  assert.equal((await connectTo(other)).error, undefined);
  running.process.kill("SIGTERM");
  assert.equal((await running.ended).status, 0);
});

test("the shell that is process 1 forwards SIGHUP, and keeps running", { skip: processOne }, async () => {
  using folder = temporaryFolder();
  const [one = 0, other = 0] = await freePorts(2);
  const file = path.join(folder.path, "harbinger.yaml");
  writeFileSync(file, configuration(one));
  const child = spawn("unshare", ["-pf", "--kill-child", "--mount-proc", process.execPath, launcher, "run"], {
    cwd: folder.path,
    env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  const printed = async (what: string) => {
    while (!text.includes(what)) await once(child.stderr, "data");
  };
  child.stderr.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  const signal = (name: NodeJS.Signals) => {
    const [shell] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
    process.kill(Number(shell), name);
  };
  await printed("listening");
  writeFileSync(file, configuration(one, other));
  signal("SIGHUP");
  await printed("configuration reloaded");
  assert.equal((await connectTo(other)).error, undefined);
  const ended = once(child, "exit");
  signal("SIGTERM");
  assert.equal((await ended)[0], 0, text);
});
