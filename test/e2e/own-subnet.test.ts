import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { launcherOf } from "../harness/launchers.ts";
import { whyNoLab } from "../harness/network.ts";
import { createOwnSubnet } from "../harness/own-subnet.ts";

const launcher = launcherOf("harbinger");

describe("a watch of the own subnet", { skip: whyNoLab() ?? false, timeout: hangLimitMs }, () => {
  test("is complete in cron mode: exit status 0, no warning, and only the first report is marked as the first", async () => {
    using folder = temporaryFolder();
    await using subnet = await createOwnSubnet({
      hosts: [
        { address: "10.77.0.1", open: [80] },
        { address: "10.77.0.9", open: [443], otherwise: "drop" },
      ],
    });
    const file = path.join(folder.path, "harbinger.yaml");
    writeFileSync(
      file,
      `reports: { save_to_file: true, directory: reports }
watches:
  web: { label: Web, targets: [10.77.0.0/24], ports: [80, 443] }
  again: { label: Web, targets: [10.77.0.0/24], ports: [80, 443] }
`,
    );
    const run = () => {
      const [command, args] = subnet.command(process.execPath, [launcher, "--mode", "cron", "--config", file]);
      const environment = { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" };
      const { status, stderr } = spawnSync(command, args, { cwd: folder.path, encoding: "utf8", env: environment });
      const reports = readdirSync(path.join(folder.path, "reports")).sort();
      const last = reports.at(-1);
      return { status, stderr, report: readFileSync(path.join(folder.path, "reports", last ?? ""), "utf8") };
    };

    const first = run();
    assert.equal(first.status, 0, first.stderr);
    assert.doesNotMatch(first.stderr, /WARN|partial/i);
    assert.match(first.report, /10\.77\.0\.1, 10\.77\.0\.9/);
    // Once for each watch, not for each port or address.
    assert.equal(first.report.match(/: first scan, /g)?.length, 2);
    assert.equal(first.report.match(/10\.77\.0\.0 and 10\.77\.0\.255/g)?.length, 2);

    const second = run();
    assert.equal(second.status, 0, second.stderr);
    assert.doesNotMatch(second.stderr, /WARN|partial/i);
    assert.doesNotMatch(second.report, /first scan|10\.77\.0\.255/i);
    assert.match(second.report, /- web /);
  });

  test("without a carrier its own decoy is not a finding, and its own scan is not recorded as a connection", async () => {
    using folder = temporaryFolder();
    await using subnet = await createOwnSubnet({ hosts: [{ address: "10.77.0.1", open: [80] }] });
    for (const args of [
      ["-n", subnet.scanner, "addr", "add", "fd77::254/64", "dev", "v0", "nodad"],
      ["-n", subnet.target, "link", "set", "w0", "down"],
    ])
      execFileSync("ip", args);
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `listeners: { decoy: { host: ["0.0.0.0", "::"], ports: [2222, 80] } }
watches:
  lan: { targets: [10.77.0.240-10.77.0.255, "fd77::254"], ports: [80, 2222] }
`,
    );
    const [program, args] = subnet.command(process.execPath, [launcher]);
    const options = { directory: folder.path };
    const running = startHarbinger(["run"], { ...options, program: [program, ...args] });
    await running.waitForOutput(/scan (?:complete|partial|failed)/);
    running.process.kill("SIGTERM");
    const { stderr } = await running.ended;
    assert.match(stderr, /the network is down/);
    assert.equal((await harbinger(["hosts", "--json"], options)).stdout, "");
    assert.equal((await harbinger(["connections", "--json"], options)).stdout, "");
  });
});
