import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { temporaryFolder } from "../harness/cli.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { createHomeNetwork, type HomeNetwork } from "../harness/home-network.ts";
import { launcherOf } from "../harness/launchers.ts";
import { whyNoLab } from "../harness/network.ts";

const launcher = launcherOf("harbinger");

/** One run on the scanning machine; returns the texts of its reports, without the time. */
function run(home: HomeNetwork, folder: string): string[] {
  const before = new Set(reports(folder));
  const [program, args] = home.command(process.execPath, [launcher, "--mode", "cron"]);
  execFileSync(program, args, { cwd: folder, stdio: "pipe", env: { ...process.env, NO_COLOR: "1" } });
  const written = reports(folder).filter((name) => !before.has(name));
  return written.map((name) => readFileSync(path.join(folder, "reports", name), "utf8"));
}

function reports(folder: string): string[] {
  try {
    return readdirSync(path.join(folder, "reports"));
  } catch {
    return [];
  }
}

function subjectOf(text: string | undefined): string {
  return /^Subject: (.*)$/m.exec(text ?? "")?.[1] ?? "";
}

describe("a report of a network that devices join and leave", {
  skip: whyNoLab() ?? false,
  timeout: hangLimitMs,
}, () => {
  test("reports a new device and its host as one finding, a port of a known host as a port, and an absence once", async () => {
    await using home = await createHomeNetwork([
      { name: "scanner", mac: "52:54:00:00:50:02", addresses: ["192.168.50.2/24"] },
      {
        name: "nas",
        mac: "00:11:32:00:50:10",
        addresses: ["192.168.50.10/24"],
        ports: { 22: "SSH-2.0-OpenSSH_9.9\r\n" },
      },
    ]);
    using folder = temporaryFolder();
    const watches = {
      lan: {
        label: "Home",
        targets: "192.168.50.0/28,192.168.50.66",
        ports: [22, 80],
        gone_after: 1,
        report_on: "changes",
      },
    };
    const config = { devices: { gone_after: 1 }, watches };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), JSON.stringify(config));
    run(home, folder.path);

    await home.join({ name: "phone", mac: "a6:5e:60:12:34:56", addresses: ["192.168.50.66/24"], ports: { 80: "" } });
    const [joined] = run(home, folder.path);
    assert.match(subjectOf(joined), /^Harbinger \(Home\): 1 new device: 192\.168\.50\.66 \(a6:5e:60:12:34:56\)$/);
    assert.match(
      joined ?? "",
      /^- New device: 192\.168\.50\.66.*, MAC a6:5e:60:12:34:56 \(randomised address\), not approved \(harbinger devices approve a6:5e:60:12:34:56\)\n {2}Port 80$/m,
    );

    await home.open("nas", 80);
    const [opened] = run(home, folder.path);
    assert.match(subjectOf(opened), /^Harbinger \(Home\): 1 new port on 192\.168\.50\.10(?: \(.*\))?: 80$/);

    await home.leave("phone");
    const [left] = run(home, folder.path);
    assert.match(subjectOf(left), /^Harbinger \(Home\): 1 device gone: 192\.168\.50\.66 \(a6:5e:60:12:34:56\)$/);
    assert.deepEqual(run(home, folder.path), []);
  });

  test("reports where the device is now whose host is gone from its former address", async () => {
    await using home = await createHomeNetwork([
      { name: "scanner", mac: "52:54:00:00:50:02", addresses: ["192.168.50.2/24"] },
      { name: "nas", mac: "00:11:32:00:50:10", addresses: ["192.168.50.10/24"], ports: { 22: "" } },
    ]);
    using folder = temporaryFolder();
    const lan = { label: "Home", targets: "192.168.50.8/29", ports: 22, gone_after: 2, report_on: "changes" };
    const config = { reports: { json: true }, watches: { lan } };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), JSON.stringify(config));
    run(home, folder.path);
    const words = ["-o", "-4", "addr", "show", "scope", "global"];
    const shown = execFileSync(...home.on("nas", "ip", words), { encoding: "utf8" });
    const link = /^\d+: (\S+)/.exec(shown)?.[1] ?? assert.fail(shown);
    execFileSync(...home.on("nas", "ip", ["addr", "del", "192.168.50.10/24", "dev", link]));
    execFileSync(...home.on("nas", "ip", ["addr", "add", "192.168.50.11/24", "dev", link]));
    const texts = [...run(home, folder.path), ...run(home, folder.path)];
    const gone = texts.find((text) => text.includes("- Host gone: 192.168.50.10")) ?? assert.fail(texts.join("\n"));
    const where = "the device Synology Incorporated (MAC 00:11:32:00:50:10) has 192.168.50.11 now";
    assert.ok(gone.includes(`\n  ${where}\n`), gone);
    const files = reports(folder.path).map((name) => readFileSync(path.join(folder.path, "reports", name), "utf8"));
    assert.ok(
      files.some((text) => /"moved_device": \{\s+"mac": "00:11:32:00:50:10"/.test(text)),
      "in JSON",
    );
  });
});
