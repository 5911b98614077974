import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { describe, type TestContext, test } from "node:test";
import { engineContract } from "../../../../test/scan/engine-contract.ts";
import { type Address, parseAddress } from "../../../core/address.ts";
import { formatRange } from "../../../core/network.ts";
import type { ScanEngine, ScanJob } from "../../../core/scan-engine.ts";
import type { Sighting } from "../../../core/sighting.ts";
import type { ConnectPlan } from "../../../core/watch.ts";
import { findProgram } from "../../../platform/programs.ts";
import { quoteForShell } from "../../../platform/shell.ts";
import { NmapEngine, type NmapEngineOptions } from "./nmap-engine.ts";
import type { NmapPlan } from "./nmap-plan.ts";

const missing =
  findProgram("nmap") === undefined
    ? "nmap is not installed"
    : process.platform === "linux"
      ? undefined
      : "only Linux answers on all of 127.0.0.0/8 without further set-up";

engineContract(
  "nmap",
  () => ({
    engine: new NmapEngine(),
    planFor: (addresses) => ({
      engine: "nmap",
      commandLine: `nmap -n -Pn -T4 -p {port} ${addresses.join(" ")}`,
      timeoutMs: 30_000,
    }),
  }),
  { skip: missing },
);

/** A server on a free port of this address, closed at the end of the test. */
async function listen(t: TestContext, address: string, banner?: string): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    socket.resume();
    if (banner !== undefined) socket.write(banner);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  t.after(() => new Promise((done) => server.close(done)));
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === "object");
  return bound.port;
}

async function scan(
  commandLine: string,
  options: NmapEngineOptions & {
    readonly ports: readonly number[];
    readonly timeoutMs?: number;
    readonly signal?: AbortSignal;
  },
) {
  const sightings: Sighting[] = [];
  const job: ScanJob<NmapPlan> = {
    plan: { engine: "nmap", commandLine, timeoutMs: options.timeoutMs ?? 30_000 },
    ports: options.ports,
  };
  const observer = {
    async sighted(batch: readonly Sighting[]) {
      sightings.push(...batch);
    },
  };
  const result = await new NmapEngine(options).scan(job, observer, options.signal ?? new AbortController().signal);
  return { result, sightings, found: sightings.map(({ address, port }) => `${address} ${port}`) };
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program named nmap that runs `script`. */
function fakeNmap(t: TestContext, script: string): string {
  const file = path.join(temporaryFolder(t), "nmap");
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return quoteForShell(file);
}

describe("with nmap", { skip: missing ?? false }, () => {
  test("only the watch's own ports count", async (t) => {
    const watched = await listen(t, "127.71.0.1");
    const other = await listen(t, "127.71.0.1");
    const { result, found } = await scan(`nmap -n -p {port},${other} 127.71.0.1`, { ports: [watched] });
    assert.deepEqual(found, [`127.71.0.1 ${watched}`]);
    assert.equal(result.status, "complete", result.reason);
  });

  test("several ports are one run, written as a list", async (t) => {
    const folder = temporaryFolder(t);
    const port = await listen(t, "127.71.0.2");
    const ports = [port - 1, port, port + 1].filter((each) => each <= 65535);
    const log = path.join(folder, "log");
    await scan(`echo "{port}" >> ${log}; nmap -n -p {port} 127.71.0.2`, { ports });
    assert.equal(readFileSync(log, "utf8"), `${ports[0]}-${ports.at(-1)}\n`);
  });

  test("service, product and version are kept", async (t) => {
    const port = await listen(t, "127.71.0.3", "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
    const { sightings } = await scan("nmap -n -sV -p {port} 127.71.0.3", { ports: [port] });
    assert.equal(sightings[0]?.service?.name, "ssh");
    assert.equal(sightings[0]?.service?.product, "OpenSSH");
    assert.match(sightings[0]?.service?.version ?? "", /^9\.2p1/);
  });

  test("an IPv6 target works", async (t) => {
    let port: number;
    try {
      port = await listen(t, "::1");
    } catch {
      return t.skip("this machine has no IPv6 loopback");
    }
    const { result, found } = await scan("nmap -6 -n -p {port} ::1", { ports: [port] });
    assert.deepEqual(found, [`::1 ${port}`]);
    assert.equal(result.coverage.kind, "ranges");
  });

  test("pipes, redirections and lists continue to work", async (t) => {
    const port = await listen(t, "127.71.0.4");
    const lines = [
      "nmap -n -p {port} 127.71.0.4 | grep -c open",
      "nmap -n -p {port} 127.71.0.4 > /dev/null 2>&1",
      "true && env LC_ALL=C nmap -n -p {port} '127.71.0.4' # look at it",
      "(cd / ; nmap -n -p {port} 127.71.0.4)",
      "nmap -n -p {port} 127.71.0.4 | grep 'nothing of this'",
      "nmap -n -p {port} 127.71.0.4 -oG - | awk '/open/ {print $2}'",
      "LIST=127.71.0.4; nmap -n -p {port} $LIST",
    ];
    for (const line of lines) {
      const { result, found } = await scan(line, { ports: [port] });
      assert.deepEqual(found, [`127.71.0.4 ${port}`], line);
      assert.equal(result.status, "complete", `${line}: ${result.reason}`);
    }
  });

  test("a line that is too complex for an added option is read as text, with a note", async (t) => {
    const port = await listen(t, "127.71.0.5");
    const lines = [
      "for host in 127.71.0.5 127.71.0.6; do nmap -n -p {port} $host; done",
      "sh -c 'nmap -n -p {port} 127.71.0.5'",
      "nmap -n -p {port} $(echo 127.71.0.5)",
      "nmap -n -p {port} 127.71.0.5; nmap -n -p {port} 127.71.0.6",
    ];
    for (const line of lines) {
      const { result, found } = await scan(line, { ports: [port] });
      assert.deepEqual(found, [`127.71.0.5 ${port}`], line);
      assert.equal(result.status, "complete", `${line}: ${result.reason}`);
      assert.deepEqual(result.coverage, { kind: "all" });
      assert.match(result.notes.join("\n"), /^Read from nmap's text output, because the command line contains /);
    }
  });

  test("the user's own output files are written and read", async (t) => {
    const folder = temporaryFolder(t);
    const port = await listen(t, "127.71.0.7");
    for (const [option, file] of [
      [`-oX ${folder}/a.xml`, "a.xml"],
      [`-oA ${folder}/b`, "b.nmap"],
      [`-oN ${folder}/c.txt`, "c.txt"],
      [`-oG ${folder}/d.txt -oN -`, "d.txt"],
    ] as const) {
      const { result, found } = await scan(`nmap -n ${option} -p {port} 127.71.0.7`, { ports: [port] });
      assert.deepEqual(found, [`127.71.0.7 ${port}`], option);
      assert.equal(result.status, "complete", result.reason);
      assert.equal(result.coverage.kind, "ranges");
      assert.ok(existsSync(path.join(folder, file)));
    }
    const { result, found } = await scan("nmap -n -oX - -p {port} 127.71.0.7", { ports: [port] });
    assert.deepEqual(found, [`127.71.0.7 ${port}`]);
    assert.equal(result.status, "complete", result.reason);
  });

  test("nothing is left in the temporary folder", async (t) => {
    const folder = temporaryFolder(t);
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = folder;
    t.after(() => {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
    });
    const port = await listen(t, "127.71.0.8");
    const { found } = await scan('echo "$TMPDIR" && nmap -n -p {port} 127.71.0.8', { ports: [port] });
    assert.deepEqual(found, [`127.71.0.8 ${port}`]);
    assert.deepEqual(readdirSync(folder), []);
  });

  test("options that nmap does not support are a failure with its message", async () => {
    const { result } = await scan("nmap --no-such-option -p {port} 127.0.0.1", { ports: [22] });
    assert.equal(result.status, "failed");
    assert.match(
      result.reason ?? "",
      /^nmap failed with return code 255: nmap --no-such-option -p 22 127\.0\.0\.1 - nmap: unrecognized option/,
    );
  });

  test("an error that nmap writes into its result is a failure", async () => {
    const { result } = await scan("nmap -p {port},70000 127.0.0.1", { ports: [22] });
    assert.equal(result.status, "failed");
    assert.match(
      result.reason ?? "",
      /^nmap failed with return code 1: .* - Ports specified must be between 0 and 65535/,
    );
  });

  test("a target that cannot be resolved is a failure, although nmap ends with success", async () => {
    const { result } = await scan("nmap -n -p {port} 127.0.0.300", { ports: [22] });
    assert.equal(result.status, "failed");
    assert.match(result.reason ?? "", /^nmap scanned no address: .* - Failed to resolve "127\.0\.0\.300"/);
  });

  test("one target of several that cannot be resolved makes the scan partial", async (t) => {
    const port = await listen(t, "127.71.0.9");
    const { result, found } = await scan("nmap -n -p {port} 127.71.0.9 no_such_host.invalid", { ports: [port] });
    assert.deepEqual(found, [`127.71.0.9 ${port}`]);
    assert.equal(result.status, "partial");
    assert.match(result.reason ?? "", /^Failed to resolve "no_such_host\.invalid"/);
    assert.ok(result.coverage.kind === "ranges");
    assert.equal(result.coverage.ranges.length, 1);
  });

  test("a line that scans other ports than the watch's is a failure", async () => {
    const { result } = await scan("nmap -n -p 1 127.0.0.1", { ports: [22] });
    assert.equal(result.status, "failed");
    assert.match(result.reason ?? "", /^nmap scanned no TCP port 22: /);
  });

  test("a line that scans only some of the watch's ports is partial, and covers those", async (t) => {
    const port = await listen(t, "127.71.0.10");
    const { result } = await scan(`nmap -n -p ${port} 127.71.0.10`, { ports: [port, 1] });
    assert.equal(result.status, "partial");
    assert.equal(result.reason, "nmap did not scan port 1");
    assert.ok(result.coverage.kind === "ranges");
    assert.deepEqual(result.coverage.ports, [port]);
  });

  test("a time-out is a failure", async () => {
    const { result } = await scan("nmap -n -Pn -p {port} 127.0.0.0/8", { ports: [22], timeoutMs: 500 });
    assert.equal(result.status, "failed");
    assert.deepEqual(result.coverage, { kind: "none" });
    assert.equal(result.reason, "nmap timed out after 0.5 s: nmap -n -Pn -p 22 127.0.0.0/8");
  });

  test("a target that nmap skips with a message makes the scan partial, and is not covered", async (t) => {
    const port = await listen(t, "127.71.0.13");
    for (const target of ["127.71.0.14/x", "http://127.71.0.14/"]) {
      const { result, found } = await scan(`nmap -n -p {port} 127.71.0.13 '${target}'`, { ports: [port] });
      assert.deepEqual(found, [`127.71.0.13 ${port}`]);
      assert.equal(result.status, "partial");
      assert.ok(result.reason?.includes(target), result.reason);
      assert.ok(result.coverage.kind === "ranges");
      assert.deepEqual(result.coverage.ranges.map(formatRange), ["127.71.0.13"]);
    }
  });

  test("a name that does not resolve makes the scan partial even if nmap's messages are discarded", async (t) => {
    const port = await listen(t, "127.71.0.15");
    const lines = ["2>/dev/null", ">/dev/null 2>&1", "2>/dev/null | cat"];
    for (const end of lines) {
      const { result } = await scan(`nmap -n -p {port} --open 127.71.0.15 no_such_host.invalid ${end}`, {
        ports: [port],
      });
      assert.equal(result.status, "partial", end);
      assert.match(result.reason ?? "", /^nmap left out no_such_host\.invalid/);
      assert.ok(result.coverage.kind === "ranges");
      assert.deepEqual(result.coverage.ranges.map(formatRange), ["127.71.0.15"]);
    }
  });

  test("lists are covered as written, without their exclusions", async (t) => {
    const folder = temporaryFolder(t);
    const port = await listen(t, "127.71.0.16");
    const list = path.join(folder, "list");
    const exclude = path.join(folder, "exclude");
    writeFileSync(list, "127.71.0.16-19\r\n");
    writeFileSync(exclude, "127.71.0.18\n");
    const { result } = await scan(`nmap -n -p {port} -iL ${list} --excludefile=${exclude} | cat`, { ports: [port] });
    assert.equal(result.status, "complete", result.reason);
    assert.ok(result.coverage.kind === "ranges");
    assert.deepEqual(result.coverage.ranges.map(formatRange), ["127.71.0.16-127.71.0.17", "127.71.0.19"]);
  });

  test("of a name with several addresses only the one that nmap scanned is covered", async (t) => {
    const port = await listen(t, "127.0.0.1");
    const both = async () => ["127.0.0.1", "127.71.0.20"];
    for (const lookup of [both, async () => ["127.71.0.20"]]) {
      const { result } = await scan("nmap -n -p {port} localhost", { ports: [port], lookup });
      assert.equal(result.status, "complete", result.reason);
      assert.ok(result.coverage.kind === "ranges");
      assert.deepEqual(result.coverage.ranges.map(formatRange), ["127.0.0.1"]);
    }
  });

  test("nmap's report of a probed port is proof: refused always, silent only from another place", async (t) => {
    const port = await listen(t, "127.71.0.21");
    const { result } = await scan("nmap -n -Pn -p {port} 127.71.0.21-22", { ports: [port] });
    const isProof = (text: string) => result.silence?.isProof(address(text), port);
    assert.equal(result.silence?.isFromHere, true);
    assert.equal(isProof("127.71.0.22"), true);
    assert.equal(isProof("127.71.0.21"), false);
    const open = await scan("nmap -n -Pn -p {port} --open 127.71.0.21-22", { ports: [port] });
    assert.equal(open.result.silence?.isProof(address("127.71.0.22"), port), false);
  });

  test("exclusions are not covered", async (t) => {
    const port = await listen(t, "127.71.0.11");
    const { result } = await scan("nmap -n -p {port} --exclude 127.71.0.12 127.71.0.11-13", { ports: [port] });
    assert.ok(result.coverage.kind === "ranges", result.reason);
    assert.equal(result.coverage.ranges.length, 2);
  });
});

describe("with a program that resembles nmap", { skip: process.platform === "win32" }, () => {
  const host = (address: string, port: number, attributes = "") =>
    `<host${attributes}><address addr="${address}" addrtype="ipv4"/><ports><port protocol="tcp" portid="${port}"><state state="open"/></port></ports></host>`;
  const head = '<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun><scaninfo protocol="tcp" services="22"/>';
  const tail = '<runstats><finished exit="success"/><hosts up="1" down="0" total="2"/></runstats></nmaprun>';

  test("a result that is cut off is a failure, and hosts before the cut are sighted", async (t) => {
    const line = `${fakeNmap(t, `echo '${head}${host("10.0.0.1", 22)}<host>' > "$2"`)} -p {port} 10.0.0.0/31`;
    const { result, found } = await scan(line, { ports: [22] });
    assert.deepEqual(found, ["10.0.0.1 22"]);
    assert.equal(result.status, "failed");
    assert.deepEqual(result.coverage, { kind: "none" });
    assert.match(result.reason ?? "", /^nmap's result is cut off before its end: /);
  });

  test("a missing result is a failure", async (t) => {
    const { result } = await scan(`${fakeNmap(t, "exit 0")} -p {port} 10.0.0.1`, { ports: [22] });
    assert.equal(result.status, "failed");
    assert.match(result.reason ?? "", /^nmap gave no result: /);
  });

  test("a result that an earlier run left behind is not read", async (t) => {
    const file = path.join(temporaryFolder(t), "old.xml");
    writeFileSync(file, head + host("10.0.0.1", 22) + tail);
    const { result, found } = await scan(`${fakeNmap(t, "exit 0")} -oX ${file} -p {port} 10.0.0.1`, { ports: [22] });
    assert.deepEqual(found, []);
    assert.equal(result.status, "failed");
  });

  test("a host that took too long is not covered", async (t) => {
    const body = head + host("10.0.0.1", 22) + host("10.0.0.0", 80, ' timedout="true"') + tail;
    const { result } = await scan(`${fakeNmap(t, `echo '${body}' > "$2"`)} -p {port} 10.0.0.0/31`, { ports: [22] });
    assert.equal(result.status, "partial");
    assert.equal(result.reason, "nmap gave up on 1 host that took too long");
    assert.ok(result.coverage.kind === "ranges");
    assert.deepEqual(result.coverage.except, ["10.0.0.0 22"]);
  });

  test("fewer addresses than the line requests make the scan partial", async (t) => {
    const body = head + host("10.0.0.1", 22) + tail;
    const { result } = await scan(`${fakeNmap(t, `echo '${body}' > "$2"`)} -p {port} 10.0.0.0/24`, { ports: [22] });
    assert.equal(result.status, "partial");
    assert.equal(result.reason, "nmap scanned only 2 of 256 addresses");
    assert.deepEqual(result.coverage, { kind: "none" });
  });

  test("a shortage of this machine that nmap only mentions makes the scan partial", async (t) => {
    const body = head + host("10.0.0.1", 22) + tail;
    const script = `echo 'sendto in send_ip_packet_sd: sendto(4, packet) => Operation not permitted' >&2; echo '${body}' > "$2"`;
    const { result } = await scan(`${fakeNmap(t, script)} -p {port} 10.0.0.0/31`, { ports: [22] });
    assert.equal(result.status, "partial");
    assert.deepEqual(result.coverage, { kind: "none" });
  });

  test("more open ports than the limit make the scan partial", async (t) => {
    const body = head + host("10.0.0.0", 22) + host("10.0.0.1", 22) + tail;
    const { result, found } = await scan(`${fakeNmap(t, `echo '${body}' > "$2"`)} -p {port} 10.0.0.0/31`, {
      ports: [22],
      sightingLimit: 1,
    });
    assert.deepEqual(found, ["10.0.0.0 22"]);
    assert.equal(result.status, "partial");
    assert.deepEqual(result.coverage, { kind: "none" });
  });
});

describe("without nmap", () => {
  const nowhere = { searchPath: path.join(os.tmpdir(), "no-such-folder") };

  function fallback() {
    const jobs: ScanJob<ConnectPlan>[] = [];
    const engine: ScanEngine<ConnectPlan> = {
      async scan(job) {
        jobs.push(job);
        return { status: "complete", engine: "connect", coverage: { kind: "all" }, notes: ["slowly"] };
      },
    };
    return { jobs, engine };
  }

  test("the built-in scanner runs instead, with a note", async () => {
    const { jobs, engine } = fallback();
    const { result } = await scan("nmap -n -T4 -p {port} --open --exclude 10.0.0.9 10.0.0.0/30 10.1.0-1.7 web.lan", {
      ...nowhere,
      ports: [80, 443],
      fallback: engine,
    });
    assert.deepEqual(jobs, [
      {
        plan: {
          engine: "connect",
          targets: ["10.0.0.0/30", "10.1.0.7", "10.1.1.7", "web.lan"],
          exclude: ["10.0.0.9"],
        },
        ports: [80, 443],
      },
    ]);
    assert.equal(result.engine, "connect");
    assert.deepEqual(result.notes, ["nmap is not installed; the built-in scanner ran instead", "slowly"]);
  });

  test("an unsupported pace is noted", async () => {
    const { engine } = fallback();
    const { result } = await scan("nmap -p {port} --max-rate 10 10.0.0.1", {
      ...nowhere,
      ports: [80],
      fallback: engine,
    });
    assert.match(result.notes.join("\n"), /ignores --max-rate 10/);
  });

  test("a port that the line does not scan is not scanned", async () => {
    const { jobs, engine } = fallback();
    const { result } = await scan("nmap -p 80 10.0.0.1", { ...nowhere, ports: [80, 81], fallback: engine });
    assert.deepEqual(jobs[0]?.ports, [80]);
    assert.equal(result.status, "partial");
    assert.equal(result.reason, "The command line does not scan port 81");
  });

  test("a line with unsupported options fails with their names and the remedy", async () => {
    const { jobs, engine } = fallback();
    const { result } = await scan("nmap -sU -p {port} 10.0.0.1", { ...nowhere, ports: [53], fallback: engine });
    assert.deepEqual(jobs, []);
    assert.equal(result.status, "failed");
    assert.equal(
      result.reason,
      'nmap is not installed, and the built-in scanner does not support the option "-sU". Install nmap',
    );
  });

  test("without a built-in scanner it fails, too", async () => {
    const { result } = await scan("nmap -p {port} 10.0.0.1", { ...nowhere, ports: [22] });
    assert.equal(result.reason, "nmap is not installed. Install nmap");
  });
});
