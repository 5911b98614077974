import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";

/** What a complete run with all checks may take for a host on which every port is hostile. */
const maxMegabytes = 600;
const maxMs = 240_000;

const found = z.object({
  port: z.number(),
  results: z.array(z.object({ check: z.string(), verdict: z.string().optional(), output: z.string() })),
});

test("a scan of hostile servers ends in bounded time and memory, and reports nothing as exposed", async (t) => {
  using folder = temporaryFolder();
  const peers = spawn(process.execPath, [path.join(import.meta.dirname, "hostile-peers.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => peers.kill());
  const [line]: unknown[] = await once(peers.stdout, "data");
  const ports = z.record(z.string(), z.number()).parse(JSON.parse(String(line)));
  writeFileSync(
    path.join(folder.path, "harbinger.yaml"),
    `reports: { save_to_file: true, json: true }
watches:
  hostile:
    targets: [127.0.0.1]
    ports: [1, ${Object.values(ports).join(", ")}]
    checks: [service, http, tls, cert, exposure]
    devices: false
`,
  );
  const startedAt = performance.now();
  const running = startHarbinger(["--mode", "cron"], { directory: folder.path, limitMs: maxMs });
  let peakMegabytes = 0;
  const watching = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, residentMegabytes(running.process.pid));
  }, 100);
  const { status, stderr } = await running.ended;
  clearInterval(watching);
  const ms = Math.round(performance.now() - startedAt);
  t.diagnostic(`${Object.keys(ports).length} servers, ${ms} ms, ${peakMegabytes} MB at most`);
  assert.equal(status, 0, stderr);
  assert.match(stderr, new RegExp(`"new":${Object.keys(ports).length},`));
  assert.ok(peakMegabytes < maxMegabytes, `${peakMegabytes} MB`);

  const { stdout } = await harbinger(["hosts", "127.0.0.1", "--json"], { directory: folder.path });
  const services = stdout
    .trim()
    .split("\n")
    .map((each) => found.parse(JSON.parse(each)));
  assert.equal(services.length, Object.keys(ports).length);
  for (const { port, results } of services) {
    const name = Object.keys(ports).find((each) => ports[each] === port);
    assert.equal(results.length, 5, name);
    for (const { verdict, output } of results) {
      assert.notEqual(verdict, "exposed", `${name}: ${output}`);
      assert.ok(output.length < 100_000, name);
    }
  }
  const reports = path.join(folder.path, "reports");
  for (const name of readdirSync(reports)) {
    const report = readFileSync(path.join(reports, name), "utf8");
    assert.ok(report.length < 2_000_000, `${report.length} characters in ${name}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the question
    assert.doesNotMatch(report, /[\x00-\x08\x0b-\x1f\x7f]/);
  }
});

function residentMegabytes(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
