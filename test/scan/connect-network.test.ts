import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { describe, test } from "node:test";
import { z } from "zod";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { createLab, type Lab, type LabOptions, whyNoLab } from "../harness/network.ts";

const scanOnce = path.join(import.meta.dirname, "../harness/scan-once.ts");

const resultSchema = z.object({
  ms: z.number(),
  status: z.string(),
  reason: z.string().optional(),
  counts: z.record(z.string(), z.number()).optional(),
  coverage: z.string(),
  except: z.number().optional(),
  found: z.array(z.string()),
});

interface ScanOptions {
  readonly target?: string;
  readonly openFiles?: number;
  readonly seconds?: number;
}

async function scan(lab: Lab, options: ScanOptions = {}): Promise<z.output<typeof resultSchema>> {
  const seconds = options.seconds === undefined ? [] : [String(options.seconds)];
  const target = options.target ?? lab.range;
  const [command, args] = lab.command(process.execPath, [scanOnce, target, String(lab.port), ...seconds]);
  const limit = options.openFiles === undefined ? "" : `ulimit -n ${options.openFiles}; `;
  const child = spawn("/bin/sh", ["-c", `${limit}exec "$0" "$@"`, command, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) output += chunk;
  return resultSchema.parse(JSON.parse(output));
}

async function findsEverything(lab: LabOptions, options: ScanOptions = {}): Promise<void> {
  await using network = await createLab(lab);
  const result = await scan(network, options);
  assert.deepEqual(result.found.toSorted(), network.answering.toSorted());
  assert.equal(result.status, "complete", result.reason);
  assert.equal(result.counts?.["closed"], network.answering.length);
  assert.equal(result.coverage, "ranges");
  assert.equal(result.except, 0);
}

describe("the built-in scanner on a network", { skip: whyNoLab() ?? false, timeout: hangLimitMs }, () => {
  test("finds all hosts of a mostly silent network, and distinguishes silent from refusing ones", async () => {
    await findsEverything({ prefix: 22 });
  });

  test("loses no host if the process may open only few files", async () => {
    await findsEverything({ prefix: 24, every: 16 }, { openFiles: 48 });
  });

  test("finds all hosts while one packet in twenty is lost in each direction", async () => {
    await findsEverything({ prefix: 21, every: 16, lossPercent: 5 });
  });

  test("finds hosts that answer the second SYN only", async () => {
    await findsEverything({ prefix: 24, every: 16, firstSynLost: true });
  });

  test("finds all hosts behind a link so slow that answers queue up", async () => {
    await findsEverything({ prefix: 22, every: 16, answerKilobits: 200 });
  });

  test("finds hosts on its own link, where absent ones fill the neighbour table", async () => {
    await findsEverything({ prefix: 21, every: 16, onLink: true });
  });

  test("a network without a route fails the scan, and does not look empty", async () => {
    await using lab = await createLab({ prefix: 24 });
    const result = await scan(lab, { target: "10.99.0.0/24" });
    assert.equal(result.status, "failed");
    assert.match(result.reason ?? "", /network is unreachable/);
    assert.equal(result.coverage, "none");
    assert.equal(result.counts?.["closed"], 0);
  });

  test("a scan of mixed networks covers only what could be probed", async () => {
    await using lab = await createLab({ prefix: 24 });
    const result = await scan(lab, { target: "10.29.255.250-10.30.0.255" });
    assert.equal(result.status, "partial");
    assert.match(
      result.reason ?? "",
      /^6 endpoints of 10\.29\.255\.250-10\.29\.255\.255 could not be probed: the network is unreachable/,
    );
    assert.equal(result.except, 6);
    assert.deepEqual(result.found.toSorted(), lab.answering.toSorted());
  });

  test("an address that a router reports as unreachable is unreachable, not an error of this machine", async () => {
    await using lab = await createLab({ prefix: 24 });
    const ip = (...args: string[]) => execFileSync("ip", args, { stdio: ["ignore", "ignore", "inherit"] });
    ip("-n", lab.scanner, "route", "add", "10.40.0.0/28", "via", "10.20.0.1");
    ip("netns", "exec", lab.target, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.icmp_ratelimit=0");
    // The router has no route to them, and reports ICMP "net unreachable" (RFC 792).
    const result = await scan(lab, { target: "10.40.0.0/28" });
    assert.equal(result.status, "complete", result.reason);
    assert.ok((result.counts?.["unreachable"] ?? 0) > 0);
    assert.equal(result.counts?.["local-error"], 0);
    assert.equal(result.except, 0);
  });

  test("an aborted scan of a large network concludes nothing about absence", async () => {
    await using lab = await createLab({ prefix: 12 });
    const result = await scan(lab, { seconds: 1 });
    assert.equal(result.status, "partial");
    assert.equal(result.coverage, "none");
    assert.ok(result.ms < 20_000, `${result.ms} ms`);
  });
});
