import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { z } from "zod";
import { findProgram } from "../../src/platform/programs.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { launcherOf } from "../harness/launchers.ts";
import { createLab, type Lab, whyNoLab } from "../harness/network.ts";

const launcher = launcherOf("harbinger");
const skip = whyNoLab() ?? (findProgram("nmap") === undefined ? "nmap is not installed" : false);

interface Seen {
  readonly status: string;
  readonly gone: number;
  readonly present: number;
  readonly log: string;
}

/** Scans once, with a watch of one line, and returns what was logged. */
async function scanBy(watch: string, lab: Lab, directory: string): Promise<Seen> {
  const yaml = `watches: { w: { ${watch}, ports: ${lab.port}, report_on: changes, gone_after: 1 } }\n`;
  writeFileSync(path.join(directory, "harbinger.yaml"), yaml);
  const [program, args] = lab.command(process.execPath, [launcher, "--mode", "cron"]);
  // A partial scan also has its exit status.
  const ended = await promisify(execFile)(program, args, { cwd: directory, timeout: hangLimitMs }).catch(
    (error: unknown) => {
      return z.object({ stdout: z.string(), stderr: z.string() }).parse(error);
    },
  );
  const log = ended.stdout + ended.stderr;
  const found = /scan (complete|partial|failed) .*"gone":(\d+),.*"present":(\d+)/.exec(log);
  assert.ok(found !== null, log);
  return { status: found[1] ?? "", gone: Number(found[2]), present: Number(found[3]), log };
}

function inTarget(lab: Lab, ...command: string[]): void {
  execFileSync("ip", ["netns", "exec", lab.target, ...command], { stdio: ["ignore", "ignore", "inherit"] });
}

function route(lab: Lab, action: "add" | "del"): void {
  execFileSync("ip", ["-n", lab.scanner, "route", action, lab.range, "via", "10.20.0.1"]);
}

/** Every form scans the four hosts that answer; with 10.20.0.1, which stays reachable, nmap as a whole does not fail. */
function linesFor(lab: Lab, list: string): readonly string[] {
  const all = ["10.20.0.1", ...lab.answering].join(" ");
  return [
    `nmap_scan: "nmap -sS -n -p {port} -iL ${list}"`,
    `nmap_scan: "nmap -sT -n -Pn -p {port} ${all}"`,
    `nmap_scan: "nmap -sT -n --unprivileged --open -p {port} ${all}"`,
    `nmap_scan: "for host in ${all}; do nmap -sT -n -Pn -p {port} $host; done"`,
    `command: "nmap -sT -n -Pn -p {port} -oG - ${all} | awk '/open/ {print $2}'"`,
  ];
}

describe("only what was probed is reported as gone", { skip, timeout: hangLimitMs, concurrency: 3 }, () => {
  test("a network without a route is not gone, and one that does not answer is", async () => {
    await using lab = await createLab({ prefix: 24 });
    for (const [index, line] of linesFor(lab, "list").entries()) {
      using folder = temporaryFolder();
      writeFileSync(path.join(folder.path, "list"), ["10.20.0.1", ...lab.answering].join("\r\n"));
      assert.equal((await scanBy(line, lab, folder.path)).present, 5, line);

      route(lab, "del");
      const cutOff = await scanBy(line, lab, folder.path);
      route(lab, "add");
      assert.equal(cutOff.status, "partial", `${line}\n${cutOff.log}`);
      assert.equal(cutOff.gone, 0, line);
      assert.match(
        cutOff.log,
        /failed to determine route|4 known endpoints that .* could not be probed, because .*no route/,
      );

      // One host refuses now, with every line.
      const [refusing = ""] = lab.answering;
      const rule = `ip daddr ${refusing} tcp dport ${lab.port} reject with tcp reset`;
      inTarget(lab, "nft", `add table ip gone${index}`);
      inTarget(lab, "nft", `add chain ip gone${index} in { type filter hook input priority -20; }`);
      inTarget(lab, "nft", `add rule ip gone${index} in ${rule}`);
      const refused = await scanBy(line, lab, folder.path);
      inTarget(lab, "nft", `delete table ip gone${index}`);
      assert.equal(refused.status, "complete", `${line}\n${refused.log}`);
      assert.equal(refused.gone, 1, line);
    }
  });

  test("an unplugged cable makes no host gone", async () => {
    await using lab = await createLab({ prefix: 24 });
    using folder = temporaryFolder();
    const line = `nmap_scan: "nmap -sT -n -Pn -p {port} 10.20.0.1 ${lab.answering.join(" ")}"`;
    assert.equal((await scanBy(line, lab, folder.path)).present, 5);
    inTarget(lab, "ip", "link", "set", "v1", "down");
    const cutOff = await scanBy(line, lab, folder.path);
    assert.deepEqual([cutOff.status, cutOff.gone, cutOff.present], ["partial", 0, 5], cutOff.log);
  });

  test("a host that is removed from the targets, or excluded, is not gone and not contacted", async () => {
    await using lab = await createLab({ prefix: 24 });
    using folder = temporaryFolder();
    const list = path.join(folder.path, "list");
    const exclude = path.join(folder.path, "exclude");
    const [first = "", ...others] = lab.answering;
    writeFileSync(exclude, "");
    writeFileSync(list, lab.answering.join("\n"));
    const line = 'nmap_scan: "nmap -sT -n -Pn -p {port} -iL list --excludefile exclude"';
    await scanBy(line, lab, folder.path);

    writeFileSync(list, others.join("\n"));
    const shrunk = await scanBy(line, lab, folder.path);
    assert.deepEqual([shrunk.status, shrunk.gone, shrunk.present], ["complete", 0, 4], shrunk.log);
    writeFileSync(list, lab.answering.join("\n"));
    writeFileSync(exclude, first);
    inTarget(lab, "nft", "add table ip seen");
    inTarget(lab, "nft", "add chain ip seen in { type filter hook input priority -20; }");
    inTarget(lab, "nft", `add rule ip seen in ip daddr ${first} counter`);
    const excluded = await scanBy(line, lab, folder.path);
    assert.deepEqual([excluded.status, excluded.gone, excluded.present], ["complete", 0, 4], excluded.log);
    const rules = execFileSync("ip", ["netns", "exec", lab.target, "nft", "list", "table", "ip", "seen"], {
      encoding: "utf8",
    });
    assert.match(rules, /counter packets 0 /);
  });
});
