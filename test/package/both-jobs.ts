import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { talking } from "../check/run-check.ts";
import { type CliOptions, harbinger, startHarbinger } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { fetchText } from "./fetch-text.ts";

/**
 * Lets a program that was installed from an artefact do its main work: it scans, stores and reports what it found, and records a
 * connection to a decoy.
 * @param whileRunning gets the process of `harbinger run`
 */
export async function doBothJobs(options: CliOptions, whileRunning?: (pid: number) => void): Promise<void> {
  await using open = await talking(() => {});
  const decoy = await freePort();
  const scanned = await harbinger(["scan", "127.0.0.1", "-p", `${open.port}`, "--json"], options);
  assert.deepEqual(lines(scanned.stdout), [{ address: "127.0.0.1", port: open.port, state: "open" }], scanned.stderr);
  writeFileSync(
    path.join(options.directory, "harbinger.yaml"),
    JSON.stringify({
      // The second run finds nothing new, and so reports nothing.
      watches: {
        own: { label: "Own", targets: ["127.0.0.1"], ports: open.port, devices: false, report_on: "changes" },
      },
      listeners: { decoy: { host: "127.0.0.1", ports: decoy } },
      reports: { save_to_file: true },
    }),
  );
  const running = startHarbinger(["run"], options);
  await running.waitForOutput("scan complete");
  await fetchText(decoy, "/admin");
  await running.waitForOutput("delivered");
  whileRunning?.(running.process.pid ?? 0);
  running.process.kill("SIGTERM");
  const ended = await running.ended;
  assert.equal(ended.status, 0, ended.stderr);
  const hosts = await harbinger(["hosts", "--json"], options);
  assert.equal(lines(hosts.stdout).length, 1, hosts.stdout + hosts.stderr);
  const connections = await harbinger(["connections", "--json"], options);
  assert.match(connections.stdout, /"protocol":"http".*"path":"\/admin"/, connections.stderr);
  const once = await harbinger(["--mode", "cron"], options);
  assert.equal(once.status, 0, once.stderr);
  assert.equal(readdirSync(path.join(options.directory, "reports")).length, 1);
}

function lines(text: string): readonly unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}
