import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { z } from "zod";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { whyNoLab } from "../harness/network.ts";
import { createOwnSubnet, type OwnSubnet, type OwnSubnetOptions } from "../harness/own-subnet.ts";

const scanOnce = path.join(import.meta.dirname, "../harness/scan-once.ts");
const absenceOnce = path.join(import.meta.dirname, "../harness/absence-once.ts");

const resultSchema = z.object({
  ms: z.number(),
  status: z.string(),
  reason: z.string().optional(),
  leftOut: z.string().optional(),
  counts: z.record(z.string(), z.number()).optional(),
  coverage: z.string(),
  except: z.number().optional(),
  found: z.array(z.string()),
});

function startScan(subnet: OwnSubnet, targets: string, ports: string) {
  const [command, args] = subnet.command(process.execPath, [scanOnce, targets, ports]);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  const result = (async () => {
    let output = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) output += chunk;
    return resultSchema.parse(JSON.parse(output));
  })();
  return { child, result };
}

async function scan(subnet: OwnSubnet, targets: string, ports: string): Promise<z.output<typeof resultSchema>> {
  return await startScan(subnet, targets, ports).result;
}

const hosts: OwnSubnetOptions["hosts"] = [
  { address: "10.77.0.1", open: [22, 80] },
  { address: "10.77.0.9", open: [80], otherwise: "drop" },
  { address: "10.77.0.130", open: [443], silent: "1-10" },
  { address: "10.77.0.200", otherwise: "drop" },
];

describe("the built-in scanner on its own subnet", {
  skip: whyNoLab() ?? false,
  timeout: hangLimitMs,
  // All namespaces share one neighbour table of 1,024 entries, and each test fills a quarter.
  concurrency: 2,
}, () => {
  test("a /24 is scanned completely and quickly, without its network and broadcast address", async () => {
    await using subnet = await createOwnSubnet({ hosts });
    const result = await scan(subnet, "10.77.0.0/24", "1-100,443");
    assert.deepEqual(result.found.toSorted(), subnet.open);
    assert.equal(result.status, "complete", result.reason);
    assert.match(result.leftOut ?? "", /: 10\.77\.0\.0 and 10\.77\.0\.255$/);
    assert.deepEqual([result.coverage, result.except], ["ranges", 0]);
    // Four hosts and the scanner itself; the other 249 addresses are unused.
    assert.deepEqual([result.counts?.["unreachable"], result.counts?.["local-error"]], [249 * 101, 0]);
    // In sequence each address would take three seconds; all ports of all addresses without ARP resolution minutes.
    assert.ok(result.ms < 60_000, `${result.ms} ms`);
  });

  test("a host whose firewall reports it as unreachable is up, and its open ports are found", async () => {
    const careful = { address: "10.77.0.77", open: [9090], otherwise: "prohibit" as const };
    await using subnet = await createOwnSubnet({ hosts: [...hosts, careful] });
    const result = await scan(subnet, "10.77.0.64/27", "9000-9100");
    assert.deepEqual(result.found, ["10.77.0.77 9090"]);
    assert.equal(result.status, "complete", result.reason);
  });

  test("a broadcast address inside a larger target is left out; one of no interface is probed", async () => {
    await using subnet = await createOwnSubnet({ hosts });
    const result = await scan(subnet, "10.77.0.250-10.77.0.255,224.0.0.1", "80");
    assert.equal(result.status, "complete", result.reason);
    assert.match(result.leftOut ?? "", /: 10\.77\.0\.255 and 224\.0\.0\.1$/);
    const half = await scan(subnet, "10.77.0.127", "80");
    assert.deepEqual([half.status, half.leftOut, half.counts?.["unreachable"]], ["complete", undefined, 1]);
  });

  test("a target that is a broadcast address fails with the reason", async () => {
    await using subnet = await createOwnSubnet({ hosts });
    const result = await scan(subnet, "10.77.0.255", "80");
    assert.equal(result.status, "failed");
    assert.match(result.reason ?? "", /no host can have such an address .*10\.77\.0\.255/);
  });

  test("both addresses of a /31 are probed", async () => {
    await using subnet = await createOwnSubnet({
      scanner: ["10.77.0.0/31"],
      hosts: [{ address: "10.77.0.1", open: [80] }],
    });
    const result = await scan(subnet, "10.77.0.0/31", "80,81");
    assert.deepEqual([result.status, result.leftOut, result.found], ["complete", undefined, ["10.77.0.1 80"]]);
    assert.equal(result.counts?.["closed"], 3);
  });

  test("two interfaces with different prefix lengths: the network and broadcast addresses of each are left out", async () => {
    await using subnet = await createOwnSubnet({
      scanner: ["10.77.0.254/24", "10.78.3.254/22"],
      hosts: [
        { address: "10.77.0.1", open: [80] },
        { address: "10.78.1.255", open: [80] },
      ],
    });
    execFileSync("ip", ["-n", subnet.target, "addr", "del", "10.78.1.255/32", "dev", "w0"]);
    execFileSync("ip", ["-n", subnet.target, "addr", "add", "10.78.1.255/32", "dev", "w1"]);
    // Not all of both: they would not fit into the neighbour table.
    const ends = "10.77.0.0/28,10.77.0.240/28,10.78.0.0/28,10.78.1.240-10.78.2.15,10.78.3.240/28";
    const result = await scan(subnet, ends, "80");
    assert.equal(result.status, "complete", result.reason);
    assert.deepEqual(result.found.toSorted(), ["10.77.0.1", "10.78.1.255"]);
    assert.match(result.leftOut ?? "", /: 10\.77\.0\.0, 10\.77\.0\.255, 10\.78\.0\.0 and 10\.78\.3\.255$/);
  });

  test("hosts are found while one packet in twenty is lost in each direction, ARP included", async () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ address: `10.77.0.${index * 6 + 3}`, open: [80] }));
    await using subnet = await createOwnSubnet({ hosts: many, lossPercent: 5 });
    const result = await scan(subnet, "10.77.0.0/24", "80-89");
    // The system asks three times for the MAC address of a host, and one in ten questions gets no answer: of 40 hosts one is missed in 4 % of
    // the scans, more in 0.1 %.
    const missed = subnet.open.filter((each) => !result.found.includes(each));
    assert.ok(missed.length <= 1, missed.join(", "));
    assert.equal(result.found.length, subnet.open.length - missed.length);
    assert.equal(result.status, "complete", result.reason);
  });

  test("an unplugged cable fails the scan, and does not look like a network without hosts", async () => {
    await using subnet = await createOwnSubnet({ hosts });
    execFileSync("ip", ["-n", subnet.scanner, "route", "add", "10.90.0.0/24", "via", "10.77.0.1"]);
    execFileSync("ip", ["-n", subnet.target, "link", "set", "w0", "down"]);
    const targets = ["10.77.0.0-10.77.0.199", "10.90.0.0/29"];
    for (const result of await Promise.all(targets.map((each) => scan(subnet, each, "80")))) {
      assert.equal(result.status, "failed", JSON.stringify(result));
      assert.match(result.reason ?? "", /the network is down/);
      assert.equal(result.coverage, "none");
    }
  });

  test("an unplugged cable makes no known port gone that a scanner did not report", async () => {
    await using subnet = await createOwnSubnet({ hosts });
    execFileSync("ip", ["-n", subnet.target, "link", "set", "w0", "down"]);
    const [command, args] = subnet.command(process.execPath, [absenceOnce, "10.77.0.1", "22"]);
    const { stdout } = await promisify(execFile)(command, [...args]);
    const { status, reason } = z.object({ status: z.string(), reason: z.string() }).parse(JSON.parse(stdout));
    assert.equal(status, "partial");
    assert.match(reason, /the network is down/);
  });

  test("a cable that is unplugged during the scan makes it partial, and no absence is concluded", async () => {
    await using subnet = await createOwnSubnet({ hosts });
    const { child, result } = startScan(subnet, "10.77.0.0/24", "1-2000");
    // The first answers have arrived once the scanner has a MAC address.
    for (let tries = 0; ; tries++) {
      const known = execFileSync("ip", ["-n", subnet.scanner, "neigh"], { encoding: "utf8" });
      if (known.includes("lladdr")) break;
      assert.ok(tries < 2000 && child.exitCode === null, "the scan did not start");
      await nextTurn();
    }
    execFileSync("ip", ["-n", subnet.target, "link", "set", "w0", "down"]);
    const { status, reason, coverage } = await result;
    assert.equal(status, "partial");
    assert.match(reason ?? "", /the network is down/);
    assert.equal(coverage, "none");
  });

  test("a route that prohibits traffic is an error of this machine, with its addresses, not an answer", async () => {
    await using subnet = await createOwnSubnet({ hosts });
    execFileSync("ip", ["-n", subnet.scanner, "route", "add", "unreachable", "10.90.0.0/29"]);
    const result = await scan(subnet, "10.77.0.1,10.90.0.0/29", "80");
    assert.equal(result.status, "partial");
    assert.match(result.reason ?? "", /^8 endpoints of 10\.90\.0\.0-10\.90\.0\.7 could not be probed: .*unreachable/);
    assert.deepEqual([result.found, result.except], [["10.77.0.1"], 8]);
  });
});
