// The units as the Debian package installs them, with systemd as process 1 of a separate machine.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { findProgram } from "../../src/platform/programs.ts";
import { artefact } from "../harness/artefacts.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { runProgram } from "../harness/run-program.ts";
import { type SystemdMachine, systemdMachine, whyNoSystemdMachine } from "../harness/systemd-machine.ts";

const units = path.join(import.meta.dirname, "..", "..", "deploy", "systemd");
const noPackage = findProgram("dpkg-shlibdeps") === undefined ? "dpkg-dev is not installed" : undefined;
const skip = whyNoSystemdMachine() ?? noPackage ?? false;
const noAnalysis = findProgram("systemd-analyze") === undefined ? "systemd-analyze is not installed" : false;

/** systemd-analyze rates from 0 (nothing is exposed) to 100. Listening and scanning alone account for 13. */
const exposures = { "harbinger.service": 21, "portwatcher.service": 18 };

describe("the sandbox of a unit", { skip: noAnalysis }, () => {
  for (const [unit, threshold] of Object.entries(exposures)) {
    test(`exposes little of the system: ${unit}`, async () => {
      // Alone in a folder, without the optional drop-ins beside it.
      using folder = temporaryFolder();
      copyFileSync(path.join(units, unit), path.join(folder.path, unit));
      const analyse = (limit: number) =>
        runProgram("systemd-analyze", [
          "security",
          "--offline=yes",
          `--threshold=${limit}`,
          path.join(folder.path, unit),
        ]);
      const { status, stdout } = await analyse(threshold);
      assert.equal(status, 0, stdout);
      assert.notEqual((await analyse(5)).status, 0, "the threshold counts");
    });
  }
});

const configuration = "/etc/harbinger/harbinger.yaml";
const dropIns = "/etc/systemd/system/harbinger.service.d";

describe("a service of systemd", { skip }, () => {
  let machine: SystemdMachine;
  let original = "";

  before(async () => {
    machine = await systemdMachine();
    copyFileSync(await artefact("deb"), inside("/var/tmp/new.deb"));
    await machine.must("dpkg", "--force-unsafe-io", "-i", "/var/tmp/new.deb");
    // A scan of all ports takes a minute on a busy machine.
    original = readFileSync(inside(configuration), "utf8").replace("ports: 1-65535", "ports: 1-2000");
  });
  after(async () => {
    await machine?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await machine.must("rm", "-rf", dropIns);
    writeFileSync(inside(configuration), original);
    await machine.must("systemctl", "daemon-reload");
    await machine.must("systemctl", "reset-failed");
    await machine.must("systemctl", "restart", "harbinger");
  });

  const inside = (name: string) => path.join(machine.path, name);
  const show = async (property: string, unit = "harbinger") =>
    (await machine.must("systemctl", "show", unit, "--value", "-p", property)).trim();
  const dropIn = (name: string, text: string) => {
    mkdirSync(inside(dropIns), { recursive: true });
    writeFileSync(inside(path.join(dropIns, name)), text);
  };
  const shipped = (name: string) => readFileSync(path.join(units, "harbinger.service.d", name), "utf8");
  const restart = async () => {
    await machine.must("systemctl", "daemon-reload");
    return await machine.run(["systemctl", "restart", "harbinger"]);
  };
  const status = ["systemctl", "show", "harbinger", "--value", "-p", "StatusText"];
  const journal = () => machine.must("journalctl", "--no-pager", "-u", "harbinger", "-o", "cat");

  test("is started by the installation, is ready before systemctl returns, and has no privilege", async () => {
    assert.equal(await show("ActiveState"), "active");
    assert.match(
      await show("StatusText"),
      /^1 watch, 1 port; (?:the first scan begins|scanning this-machine|next scan )/,
    );
    assert.equal(await show("UnitFileState"), "enabled");
    assert.equal(await show("UnitFileState", "portwatcher"), "disabled");
    const process = await machine.must("cat", `/proc/${await show("MainPID")}/status`);
    assert.match(process, /^Name:\tharbinger$/m);
    assert.match(process, /^CapEff:\t0+$/m);
    assert.match(process, /^CapBnd:\t0+$/m);
    assert.match(process, /^NoNewPrivs:\t1$/m);
    assert.match(process, /^Seccomp:\t2$/m);
    assert.doesNotMatch(await journal(), /mode is different/);
    assert.match(await machine.must("ps", "-o", "user=", "-p", await show("MainPID")), /^harbing/);
  });

  test("works within the sandbox: scans, reports, decoys and healthcheck", async () => {
    await machine.must("systemctl", "stop", "harbinger");
    await machine.must("sh", "-c", "rm -rf /var/lib/harbinger/*");
    await machine.must("systemctl", "start", "harbinger");
    const config = ["--config", configuration];
    await machine.until((text) => text.includes("This machine"), "harbinger", "reports", ...config);
    await machine.must("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/1417; echo hello >&3");
    await machine.until((text) => text.includes('"port":1417'), "harbinger", "connections", "--json", ...config);
    assert.match(await machine.must("harbinger", "healthcheck", ...config), /accepts connections/);
    assert.doesNotMatch(await journal(), /Operation not permitted|EPERM|EACCES|EROFS|systemd-notify/);
  });

  test("passes systemd-analyze verify without output, with each of the drop-ins", async () => {
    for (const name of ["", ...readdirSync(path.join(units, "harbinger.service.d"))]) {
      await machine.must("rm", "-rf", dropIns);
      if (name !== "") dropIn(name, shipped(name));
      const { status, stdout, stderr } = await machine.run([
        "systemd-analyze",
        "verify",
        "--man=no",
        "harbinger.service",
        "portwatcher.service",
        "harbinger-backup.service",
        "harbinger-backup.timer",
      ]);
      assert.deepEqual([name, status, stdout + stderr], [name, 0, ""]);
    }
  });

  test("is restarted by the watchdog when it hangs", async () => {
    dropIn("watchdog.conf", "[Service]\nWatchdogSec=3s\nRestartSec=100ms\n");
    assert.equal((await restart()).status, 0);
    const hanging = await show("MainPID");
    await machine.must("kill", "-STOP", hanging);
    await machine.until(
      (pid) => pid.trim() !== hanging && pid.trim() !== "0",
      "systemctl",
      "show",
      "harbinger",
      "--value",
      "-p",
      "MainPID",
    );
    assert.match(await journal(), /Watchdog timeout/);
    assert.equal(await show("NRestarts"), "1");
    await machine.until(
      (state) => state.trim() === "active",
      "systemctl",
      "show",
      "harbinger",
      "--value",
      "-p",
      "ActiveState",
    );
  });

  test("is not restarted with an invalid configuration, and logs what is wrong", async () => {
    writeFileSync(inside(configuration), `${original}\nwatchs: {}\n`);
    assert.notEqual((await restart()).status, 0);
    assert.equal(await show("ActiveState"), "failed");
    assert.equal(await show("ExecMainStatus"), "2");
    assert.equal(await show("NRestarts"), "0");
    assert.match(await journal(), /watchs: unknown key/);
  });

  test("reloads its configuration in the same process, and rejects an invalid one", async () => {
    const pid = await show("MainPID");
    writeFileSync(inside(configuration), original.replace("ports: 1417", "ports: [1417, 1418]"));
    await machine.must("systemctl", "reload", "harbinger");
    await machine.until((text) => text.startsWith("1 watch, 2 ports; "), ...status);
    writeFileSync(inside(configuration), `${original}\nwatchs: {}\n`);
    assert.notEqual((await machine.run(["systemctl", "reload", "harbinger"])).status, 0);
    assert.deepEqual([await show("ActiveState"), await show("MainPID")], ["active", pid]);
    assert.match(await show("StatusText"), /^1 watch, 2 ports; /);
  });

  test("opens a low port with the drop-in for it, and not without it", async () => {
    writeFileSync(inside(configuration), original.replace("ports: 1417", "ports: 22"));
    await restart();
    assert.match(await show("StatusText"), /^1 watch; /);
    dropIn("low-ports.conf", shipped("low-ports.conf"));
    assert.equal((await restart()).status, 0);
    assert.match(await show("StatusText"), /^1 watch, 1 port; /);
    assert.match(await machine.must("ss", "-tln"), /127\.0\.0\.1:22\s/);
    assert.match(await machine.must("cat", `/proc/${await show("MainPID")}/status`), /^CapBnd:\t0+400$/m);
  });

  test("sends its own ARP requests with the drop-in for raw packets", async () => {
    dropIn("raw.conf", shipped("raw.conf"));
    assert.equal((await restart()).status, 0);
    assert.match(await machine.must("cat", `/proc/${await show("MainPID")}/status`), /^CapEff:\t0+2000$/m);
  });

  test("gets a password that no other user can read", async () => {
    writeFileSync(inside("/etc/harbinger/smtp-password"), "secret\n", { mode: 0o600 });
    dropIn("password.conf", "[Service]\nLoadCredential=smtp:/etc/harbinger/smtp-password\n");
    const email = "email: { smtp_server: 127.0.0.1, username: me, password_file: $CREDENTIALS_DIRECTORY/smtp }";
    writeFileSync(inside(configuration), `${original}\n${email}\n`);
    assert.equal((await restart()).status, 0);
    assert.equal(await show("ActiveState"), "active");
    const folder = "/run/credentials/harbinger.service";
    assert.match(
      await machine.must(
        "env",
        `CREDENTIALS_DIRECTORY=${folder}`,
        "harbinger",
        "config",
        "check",
        "--config",
        configuration,
      ),
      /\w/,
    );
    assert.notEqual(
      (await machine.run(["setpriv", "--reuid=nobody", "--clear-groups", "cat", `${folder}/smtp`])).status,
      0,
    );
  });

  test("runs portwatcher beside it once that is enabled", async () => {
    await machine.must("sed", "-i", "s/^PW_PORT=.*/PW_PORT=2222/", "/etc/default/portwatcher");
    await machine.must("systemctl", "enable", "--now", "portwatcher");
    assert.equal(await show("StatusText", "portwatcher"), "listening on 1 port");
    await machine.must("portwatcher", "healthcheck", "--env-file", "/etc/default/portwatcher");
    // The same process reads the file again.
    const pid = await show("MainPID", "portwatcher");
    await machine.must("sed", "-i", "$ a PW_NTFY_TOPIC=another", "/etc/default/portwatcher");
    await machine.must("systemctl", "reload", "portwatcher");
    await machine.until(
      (text) => text.includes("settings reloaded"),
      "journalctl",
      "--no-pager",
      "-u",
      "portwatcher",
      "-o",
      "cat",
    );
    assert.equal(await show("MainPID", "portwatcher"), pid);
    await machine.must("systemctl", "disable", "--now", "portwatcher");
  });

  test("is backed up by a separate unit while it runs, once its timer is enabled", async () => {
    assert.equal(await show("UnitFileState", "harbinger-backup.timer"), "disabled");
    await machine.must("systemctl", "enable", "--now", "harbinger-backup.timer");
    assert.equal(await show("ActiveState", "harbinger-backup.timer"), "active");
    assert.notEqual(await show("NextElapseUSecRealtime", "harbinger-backup.timer"), "");
    await machine.must("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/1417; echo hello >&3");
    await machine.until((text) => text.includes('"port":1417'), "harbinger", "connections", "--json");
    await machine.must("systemctl", "start", "harbinger-backup.service");
    const [file = "", ...others] = readdirSync(inside("/var/backups/harbinger"));
    assert.match(file, /^harbinger-\d{8}-\d{6}\.db$/);
    assert.deepEqual(others, []);
    const copy = `/var/backups/harbinger/${file}`;
    assert.match(await machine.must("stat", "-c", "%U %a", copy), /^harbinger 600$/m);
    const stored = ["env", `HARBINGER_STORE=sqlite:${copy}`, "harbinger", "connections", "--json"];
    assert.match(await machine.must(...stored), /"port":1417/);
    await machine.must("systemctl", "disable", "--now", "harbinger-backup.timer");
  });

  test("continues in a new process after an upgrade, and is removed by a purge", async () => {
    const old = await show("MainPID");
    await machine.must("dpkg", "--force-unsafe-io", "-i", "/var/tmp/new.deb");
    assert.notEqual(await show("MainPID"), old);
    assert.equal(await show("ActiveState"), "active");
    await machine.must("dpkg", "-P", "harbinger");
    assert.equal(await show("LoadState"), "not-found");
    const left = await machine.must(
      "find",
      "/etc",
      "/var/lib",
      "/var/log",
      "/usr",
      "-xdev",
      "-name",
      "*harbinger*",
      "-not",
      "-path",
      "/var/lib/dpkg/*",
      "-not",
      "-path",
      "/var/log/journal/*",
    );
    assert.equal(left, "");
  });
});
