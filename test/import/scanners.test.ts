import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { findProgram } from "../../src/platform/programs.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { launcherOf } from "../harness/launchers.ts";
import { createLab, type Lab, whyNoLab } from "../harness/network.ts";
import { openPort } from "../harness/open-port.ts";
import { configure, importFiles, knownServices, scanOnce } from "./import-cli.ts";

const noLab =
  whyNoLab() ??
  ["nmap", "masscan"].filter((name) => findProgram(name) === undefined).map((name) => `${name} is not installed`)[0];

async function scanIn(lab: Lab, program: string, args: readonly string[]): Promise<string> {
  const [command, rest] = lab.command(program, args);
  const { stdout } = await promisify(execFile)(command, rest, { timeout: hangLimitMs });
  return stdout;
}

describe("output of real scanners", { skip: noLab ?? false, timeout: hangLimitMs }, () => {
  test("is read from nmap and masscan in every format, with the same hosts from each", async () => {
    await using lab = await createLab({ prefix: 24 });
    using folder = temporaryFolder();
    const file = (name: string) => path.join(folder.path, name);
    configure(folder.path, `watches: { w: { targets: ["${lab.range}"], ports: ${lab.port} } }\n`);
    const nmapTargets = ["-n", "-Pn", "-p", String(lab.port), "--min-rate", "500", "--max-retries", "1", lab.range];
    await scanIn(lab, "nmap", ["-sS", "-oX", file("a.xml"), "-oG", file("a.gnmap"), ...nmapTargets]);
    await scanIn(lab, "nmap", [
      "-sS",
      "-oX",
      file("a.xml"),
      "--append-output",
      "-n",
      "-p",
      String(lab.port),
      "10.20.0.1",
    ]);
    const { stdout } = await promisify(execFile)("ip", ["-n", lab.target, "-j", "link", "show", "v1"]);
    const [{ address: routerMac }] = JSON.parse(stdout);
    const masscan = [
      "--adapter",
      "v0",
      "--adapter-ip",
      "10.20.0.2",
      "--router-mac",
      routerMac.replaceAll(":", "-"),
      "--rate",
      "1000",
      "--wait",
      "2",
      `-p${lab.port}`,
      lab.range,
    ];
    await scanIn(lab, "masscan", ["-oJ", file("m.json"), ...masscan]);
    await scanIn(lab, "masscan", ["-oL", file("m.list"), ...masscan]);
    await scanIn(lab, "masscan", ["-oX", file("m.xml"), ...masscan]);
    const own = await scanIn(lab, process.execPath, [
      launcherOf("harbinger"),
      "scan",
      "--json",
      "-p",
      String(lab.port),
      lab.range,
    ]);
    writeFileSync(file("own.jsonl"), own);

    const first = await importFiles(folder.path, "a.xml");
    assert.deepEqual(
      [first.status, first.files[0]?.format, first.services.added],
      [0, "nmap-xml", lab.answering.length + 1],
      first.stderr,
    );
    assert.equal(first.devices.added, 1, "the router is on the link, and nmap told its MAC address");
    for (const [name, format] of [
      ["a.gnmap", "nmap-grepable"],
      ["m.json", "masscan-json"],
      ["m.list", "masscan-list"],
      ["m.xml", "nmap-xml"],
      ["own.jsonl", "scan-json"],
    ] as const) {
      const { status, files, services, stderr } = await importFiles(folder.path, name);
      assert.deepEqual([status, files[0]?.format, files[0]?.unreadable], [0, format, 0], stderr);
      assert.deepEqual([services.added, services.merged + services.unchanged], [0, lab.answering.length], name);
    }
    const again = await importFiles(folder.path, "a.xml", "a.gnmap", "m.json", "m.list", "m.xml", "own.jsonl");
    assert.deepEqual(
      [again.services.added, again.services.merged, again.devices.added, again.devices.merged],
      [0, 0, 0, 0],
    );
    const known = new Set(lab.answering.map((address) => `${address} ${lab.port}`).concat(`10.20.0.1 ${lab.port}`));
    assert.deepEqual(new Set(await knownServices(folder.path)), known);
  });
});

async function scanByNmap(targets: string, { port, file }: { readonly port: number; readonly file: string }) {
  await promisify(execFile)("nmap", ["-sT", "-n", "-Pn", "-p", String(port), "-oX", file, targets]);
}

const noNmap = findProgram("nmap") === undefined ? "nmap is not installed" : false;

describe("hosts that nmap found before", { skip: noNmap, timeout: hangLimitMs }, () => {
  test("are not new to the first scan, and a later host is", async () => {
    using folder = temporaryFolder();
    await using known = await openPort("127.91.0.1");
    const { port } = known;
    await using _second = await openPort("127.91.0.2", port);
    configure(folder.path, `watches: { lan: { targets: [127.91.0.0/29], ports: ${port} } }\n`);
    await scanByNmap("127.91.0.1-2", { port, file: path.join(folder.path, "scan.xml") });
    const trial = await importFiles(folder.path, "--dry-run", "scan.xml");
    assert.equal(trial.services.added, 2);
    assert.equal((await importFiles(folder.path, "scan.xml")).services.added, 2, "the trial changed nothing");
    await using _third = await openPort("127.91.0.3", port);
    assert.deepEqual(await scanOnce(folder.path, "lan"), { new: 1, gone: 0, present: 3 });
  });

  test("are not new to a watch that has run before, and are not gone if they are absent", async () => {
    using folder = temporaryFolder();
    await using known = await openPort("127.91.1.1");
    const { port } = known;
    configure(folder.path, `watches: { lan: { targets: [127.91.1.0/29], ports: ${port}, gone_after: 1 } }\n`);
    assert.deepEqual(await scanOnce(folder.path, "lan"), { new: 1, gone: 0, present: 1 });
    {
      await using _second = await openPort("127.91.1.2", port);
      await using _third = await openPort("127.91.1.3", port);
      await scanByNmap("127.91.1.2-3", { port, file: path.join(folder.path, "scan.xml") });
    }
    const imported = await importFiles(folder.path, "scan.xml");
    assert.deepEqual([imported.services.added, imported.services.unwatched], [2, 0]);
    await using _second = await openPort("127.91.1.2", port);
    assert.deepEqual(await scanOnce(folder.path, "lan"), { new: 0, gone: 0, present: 2 });
    assert.ok((await knownServices(folder.path)).includes(`127.91.1.3 ${port} inherited`));
  });
});
