// As process 1 of a container without an init (docker run without --init).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../src/platform/programs.ts";
import { temporaryFolder } from "../harness/cli.ts";

const launcher = fileURLToPath(new URL("../../bin/harbinger.js", import.meta.url));
const skip =
  process.platform !== "linux" || process.getuid?.() !== 0 || findProgram("unshare") === undefined
    ? "needs unshare of util-linux and root"
    : false;

/** Runs the command line as process 1 of a separate namespace. */
function asProcessOne(args: readonly string[], folder: string) {
  const child = spawn("unshare", ["-pf", "--kill-child", "--mount-proc", process.execPath, launcher, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (more) => (text += more));
  return { child, text: () => text };
}

describe("process 1", { skip }, () => {
  test("collects orphaned processes of commands, and ends on a signal", async () => {
    using folder = temporaryFolder();
    // Each run leaves an orphan that ends at once; the third looks for zombies.
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `watches:
  w:
    command: "(sleep 0.1 >/dev/null 2>&1 &); echo x >> runs; sleep 0.3; grep -l '^State:.Z' /proc/[0-9]*/status | wc -l >> zombies; echo 10.9.0.1"
    ports: 22
    schedule: "*/3 * * * * *"
    devices: false
`,
    );
    const { child, text } = asProcessOne(["run"], folder.path);
    const ended = once(child, "exit");
    // Between two scans: one that a signal stops is a failure, and so is the status then.
    const finished = () => text().split("scan complete").length > 3 && !/scan starts[^\n]*\n$/.test(text());
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", () => {
        if (finished()) signalShell(child.pid);
      });
    }
    assert.equal((await ended)[0], 0, text());
    const counts = readFileSync(path.join(folder.path, "zombies"), "utf8").trim().split("\n").map(Number);
    assert.ok(counts.length >= 3, text());
    assert.deepEqual(new Set(counts), new Set([0]));
    assert.match(text(), /SIGTERM/);
  });

  test("passes on standard input and the exit status", async () => {
    using folder = temporaryFolder();
    const { child, text } = asProcessOne(["identify", "-"], folder.path);
    child.stdin.end("GET / HTTP/1.0\r\n\r\n");
    assert.deepEqual(await once(child, "close"), [0, null]);
    assert.match(text(), /"protocol":"http"/);
    const wrong = asProcessOne(["no-such-command"], folder.path);
    assert.equal((await once(wrong.child, "close"))[0], 2);
  });
});

/** Process 1 of the namespace is the child of unshare. */
function signalShell(unshare: number | undefined): void {
  const children = readFileSync(`/proc/${unshare}/task/${unshare}/children`, "utf8").trim();
  for (const child of children.split(" ").filter((each) => each !== "")) process.kill(Number(child), "SIGTERM");
}
