import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { openPort } from "../harness/open-port.ts";
import { configure, importFiles, knownServices, makeDatabase, scanOnce } from "./import-cli.ts";

function line(address: string, port: number): string {
  return `${JSON.stringify({ address, port, state: "open" })}\n`;
}

describe("harbinger import", { timeout: hangLimitMs, concurrency: 2 }, () => {
  test("works while everything runs, and the running process reports nothing of it", async () => {
    using folder = temporaryFolder();
    await using first = await openPort("127.92.0.1");
    configure(
      folder.path,
      `watches: { lan: { targets: [127.92.0.0/29], ports: ${first.port}, schedule: "* * * * * *", report_on: changes } }\nreports: { save_to_file: true }\n`,
    );
    const running = startHarbinger(["run"], { directory: folder.path });
    try {
      await running.waitForOutput(/scan complete .*"present":1/);
      writeFileSync(path.join(folder.path, "scan.jsonl"), line("127.92.0.2", first.port) + line("127.92.0.3", 9));
      const imported = await importFiles(folder.path, "scan.jsonl");
      assert.deepEqual(
        [imported.status, imported.services.added, imported.services.unwatched],
        [0, 2, 1],
        imported.stderr,
      );
      await using _second = await openPort("127.92.0.2", first.port);
      await running.waitForOutput(/scan complete .*"new":0,"gone":0,.*"present":2/);
    } finally {
      running.process.kill("SIGTERM");
    }
    const { stdout, stderr } = await running.ended;
    assert.doesNotMatch((stdout + stderr).replace(/^.*"new":1.*$/m, ""), /"new":[1-9]/);
  });

  test("refuses a named pipe at once, without waiting for a writer", {
    skip: process.platform === "win32" && "Windows has no named pipes in folders",
  }, async () => {
    using folder = temporaryFolder();
    configure(folder.path, "watches: { lan: { targets: [127.92.0.1], ports: 9 } }\n");
    execFileSync("mkfifo", [path.join(folder.path, "pipe")]);
    const { status, stderr } = await harbinger(["import", "pipe"], { directory: folder.path });
    assert.equal(status, 1);
    assert.match(stderr, /pipe is not a file/);
  });

  test("imports hosts for one watch if requested, and names the nearest watch for an unknown name", async () => {
    using folder = temporaryFolder();
    configure(
      folder.path,
      `watches: { ssh: { command: cat hosts.txt, ports: 22 }, other: { command: cat hosts.txt, ports: 22 } }\n`,
    );
    writeFileSync(path.join(folder.path, "hosts.txt"), "10.0.0.1\n");
    writeFileSync(path.join(folder.path, "scan.jsonl"), line("10.0.0.1", 22));
    const wrong = await importFiles(folder.path, "--watch", "shs", "scan.jsonl");
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /no watch "shs".*\n.*ssh/);
    assert.equal((await importFiles(folder.path, "--watch", "ssh", "scan.jsonl")).services.added, 1);
    assert.deepEqual(await knownServices(folder.path), ["10.0.0.1 22 inherited"]);
    const { stdout, stderr } = await harbinger(["--mode", "cron"], { directory: folder.path });
    const news = [...(stdout + stderr).matchAll(/"watch":"(\w+)".*?"new":(\d+)/g)].map(([, watch, count]) => [
      watch,
      count,
    ]);
    assert.deepEqual(news.toSorted(), [
      ["other", "1"],
      ["ssh", "0"],
    ]);
  });

  test("explains what configurations of the earlier tools mean, and never replaces a file", async () => {
    using folder = temporaryFolder();
    const file = (name: string) => path.join(folder.path, name);
    writeFileSync(file("old.yaml"), "port_ssh:\n  port: 22 # the usual one\n  command: cat hosts.txt\n");
    const run = (...args: readonly string[]) => harbinger(["import", ...args], { directory: folder.path });
    const result = await run("old.yaml", "--output", "new.yaml");
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /works unchanged.*port_ssh: port 22, command.*"Port_22" to a file only/s);
    assert.equal(
      readFileSync(file("new.yaml"), "utf8"),
      "watches:\n  port_ssh:\n    ports: 22 # the usual one\n    command: cat hosts.txt\n    label: Port_22\n",
    );
    assert.equal(statSync(file("new.yaml")).mode & 0o077, 0);
    assert.equal((await harbinger(["config", "check", "--config", "new.yaml"], { directory: folder.path })).status, 0);
    const again = await run("old.yaml", "--output", "new.yaml");
    assert.deepEqual([again.status, /exists/.test(again.stderr)], [2, true]);
    writeFileSync(file("pw.env"), "PW_PORT=2222\nPW_ENABLE_EMAIL=0\nPW_ENABLE_PUSH=0\n");
    const decoy = await run("pw.env", "--output", "-");
    assert.match(decoy.stdout, /^listeners:\n {2}portwatcher:\n {4}ports:\n {6}- 2222$/m);
    writeFileSync(file("bad.env"), "PW_PORT=99999\n");
    const bad = await run("bad.env");
    assert.deepEqual([bad.status, /PW_PORT/.test(bad.stderr)], [2, true]);
    assert.equal(existsSync(file("harbinger.db")), false, "configurations need no database");
  });

  test("shows in a dry run what it read, and explains what it cannot read", async () => {
    using folder = temporaryFolder();
    configure(folder.path, "watches: { lan: { command: cat hosts.txt, ports: 22 } }\n");
    const lines = [1, 2, 3, 4].map((host) => line(`10.0.0.${host}`, 22));
    writeFileSync(path.join(folder.path, "scan.jsonl"), lines.join(""));
    writeFileSync(path.join(folder.path, "letter.txt"), "Dear all\n");
    const run = (...args: readonly string[]) => harbinger(["import", ...args], { directory: folder.path });
    const trial = await run("--dry-run", "scan.jsonl");
    assert.match(
      trial.stdout,
      /4 new.*\nThe first 3 records of each kind:\n(?: {2}service 10\.0\.0\.\d port 22, .*\n){3}$/,
    );
    const wrong = await run("letter.txt", "missing.xml");
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /letter\.txt is in none of the formats .*--help lists them/);
    assert.match(wrong.stderr, /cannot read missing\.xml: there is no such file\n/);
  });

  test("does not change the earlier tool's database in a dry run, and imports the configured one by itself", async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, "harbinger.db");
    makeDatabase(
      file,
      `create table hosts_port_22 (ip_address text primary key, first_seen text not null, last_seen text not null);
       insert into hosts_port_22 values ('10.0.0.1', '2024-09-25T14:30:22.123456', '2024-09-26T08:00:00.000001');`,
    );
    const before = readFileSync(file);
    configure(folder.path, "watches: { ssh: { command: cat hosts.txt, ports: 22 } }\n");
    assert.equal((await importFiles(folder.path, "--dry-run", "harbinger.db")).status, 0);
    assert.ok(before.equals(readFileSync(file)));
    const real = await importFiles(folder.path, "harbinger.db");
    assert.deepEqual([real.status, /migrates it/.test(real.stderr)], [0, true]);
    writeFileSync(path.join(folder.path, "hosts.txt"), "10.0.0.1\n");
    assert.equal((await scanOnce(folder.path, "ssh"))["new"], 0);
  });
});
