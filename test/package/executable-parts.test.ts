// How the single executable differs from a checkout: it starts itself as a shell command, contains native code and data, and
// sets its own process name.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findProgram } from "../../src/platform/programs.ts";
import { talking } from "../check/run-check.ts";
import { artefact, whyNoExecutable } from "../harness/artefacts.ts";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { createDeviceNetwork, whyNoDeviceNetwork } from "../harness/device-network.ts";
import { freePort } from "../harness/free-port.ts";
import { fetchText } from "./fetch-text.ts";

const skip = whyNoExecutable() ?? false;
const needsRoot = process.getuid?.() === 0 ? false : "needs root";
const portwatcherLauncher = fileURLToPath(new URL("../../bin/portwatcher.js", import.meta.url));

describe("a single-file executable", { skip, concurrency: 2 }, () => {
  let executable = "";
  before(async () => {
    executable = await artefact("executable");
  });

  test("runs a check for a command line that needs a shell", async () => {
    using folder = temporaryFolder();
    await using open = await talking((socket) => socket.end());
    const section = {
      port: open.port,
      label: "Own",
      command: "echo 127.0.0.1",
      post_command: "python3 post_command/port_check.py {host} {port} | sed s/^/through-a-shell:/",
    };
    const configuration = { port_own: section, reports: { save_to_file: true, directory: "reports" } };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), JSON.stringify(configuration));
    const run = await harbinger(["--mode", "cron"], { directory: folder.path, program: [executable] });
    assert.equal(run.status, 0, run.stderr);
    const [report = ""] = readdirSync(path.join(folder.path, "reports"));
    assert.match(readFileSync(path.join(folder.path, "reports", report), "utf8"), /through-a-shell:.*\S/, run.stderr);
  });

  test("runs portwatcher with variables from a file, as Docker Compose reads them", async () => {
    using folder = temporaryFolder();
    const port = await freePort();
    writeFileSync(path.join(folder.path, ".env"), `PW_PORT=${port} # a comment\nPW_HOST=127.0.0.1\nPW_RDNS_ENABLE=0\n`);
    const running = startHarbinger(["--env-file", ".env"], {
      directory: folder.path,
      program: [executable],
      launcher: portwatcherLauncher,
      limitMs: 60_000,
    });
    await running.waitForOutput("listening");
    assert.equal(readFileSync(`/proc/${running.process.pid}/cmdline`, "latin1"), "portwatcher\0--env-file\0.env\0");
    await fetchText(port, "/secret");
    running.process.kill("SIGTERM");
    const { status, stderr } = await running.ended;
    assert.equal(status, 0, stderr);
  });

  test("also runs portwatcher as process 1 of a container, and ends with its exit status", {
    skip: needsRoot || (findProgram("unshare") === undefined ? "needs unshare" : false),
  }, async () => {
    using folder = temporaryFolder();
    const link = path.join(folder.path, "portwatcher");
    symlinkSync(executable, link);
    const child = spawn("unshare", ["-pf", "--kill-child", "--mount-proc", link, "wrong"], { cwd: folder.path });
    let text = "";
    child.stderr.setEncoding("utf8").on("data", (more) => (text += more));
    assert.deepEqual(await once(child, "close"), [2, null]);
    assert.match(text, /^portwatcher: unknown arguments: wrong/);
  });

  test("finds devices by its own ARP requests, names their vendors, and leaves no temporary file behind", {
    skip: whyNoDeviceNetwork() ?? false,
  }, async () => {
    using folder = temporaryFolder();
    await using network = createDeviceNetwork(["env", `TMPDIR=${folder.path}/temporary`, executable]);
    mkdirSync(path.join(folder.path, "temporary"));
    network.join({ name: "pi", address: "192.168.50.30", mac: "b8:27:eb:00:00:30" });
    const watch = { label: "Lan", targets: ["192.168.50.0/24"], ports: 22 };
    writeFileSync(path.join(folder.path, "harbinger.yaml"), JSON.stringify({ watches: { lan: watch } }));
    const doctor = await network.harbinger(["doctor"], folder.path);
    assert.match(doctor.stdout, /devices: by own ARP and neighbour discovery packets/, doctor.stderr);
    const run = await network.harbinger(["--mode", "cron"], folder.path);
    assert.equal(run.status, 0, run.stderr);
    const { stdout } = await network.harbinger(["devices", "--json"], folder.path);
    assert.match(stdout, /"mac":"b8:27:eb:00:00:30","vendor":"Raspberry Pi/);
    assert.deepEqual(readdirSync(path.join(folder.path, "temporary")), []);
  });

  test("works for a user without any privilege who cannot write to its folder", {
    skip: needsRoot || (findProgram("setpriv") === undefined ? "needs setpriv" : false),
  }, async () => {
    using folder = temporaryFolder();
    chmodSync(folder.path, 0o755);
    // The checkout's folder may be closed to other users: the program is passed as an open file.
    const user = ["--reuid=10001", "--regid=10001", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"];
    const program = ["sh", "-c", `exec 9<"$0"; exec setpriv ${user.join(" ")} -- /proc/self/fd/9 "$@"`, executable];
    const scanned = await harbinger(["scan", "127.0.0.1", "-p", "1", "--json"], { directory: folder.path, program });
    assert.equal(scanned.status, 0, scanned.stderr);
    const doctor = await harbinger(["doctor"], { directory: folder.path, program });
    assert.equal(doctor.status, 1, doctor.stderr);
    assert.match(doctor.stdout, /^bad +database: /m);
  });
});
