// What a terminal shows: tables that fit, readable log lines, and findings in words.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { launcherOf } from "../harness/launchers.ts";
import { openPort } from "../harness/open-port.ts";
import { onTerminal, whyNoTerminal } from "../harness/terminal.ts";
import { fillStore } from "./examined-store.ts";

const launcher = launcherOf("harbinger");

async function seen(args: readonly string[], options: Parameters<typeof onTerminal>[1]): Promise<string> {
  using terminal = onTerminal([process.execPath, launcher, ...args], options);
  const { status, shown } = await terminal.ended;
  assert.equal(status, 0, shown);
  return shown;
}

describe("tables on a terminal", { skip: whyNoTerminal() ?? false }, () => {
  test("fit its width, at 40, 80 and 120 columns, with complete addresses", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    for (const columns of [40, 80, 120]) {
      for (const command of ["hosts", "certificates", "reports", "deliveries"]) {
        const shown = await seen([command], { directory: folder.path, columns });
        for (const line of shown.trimEnd().split("\n"))
          assert.ok(line.length <= columns, `${command} ${columns}: ${line}`);
        if (command === "hosts")
          for (const address of ["10.0.0.5", "10.0.0.7", "fd00::7"]) assert.ok(shown.includes(address));
      }
    }
  });

  test("have one line for each row if they are piped", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    const { stdout } = await harbinger(["hosts"], { directory: folder.path, environment: { COLUMNS: "40" } });
    assert.equal(stdout.trimEnd().split("\n").length, 1 + 5);
  });

  test("have bold titles only if colours are wanted", async () => {
    using folder = temporaryFolder();
    await fillStore(folder.path);
    const options = { directory: folder.path, raw: true, columns: 120 };
    assert.ok((await seen(["hosts"], options)).includes("\u001b[1mADDRESS"));
    const plain = await seen(["hosts"], { ...options, environment: { NO_COLOR: "1" } });
    assert.ok(!plain.includes("\u001b["), plain);
  });
});

describe("a run on a terminal", { skip: whyNoTerminal() ?? false }, () => {
  test("shows what it found and where the report is, with readable log lines", async () => {
    using folder = temporaryFolder();
    await using first = await openPort("127.43.0.1");
    const second = await openPort("127.43.0.1");
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `watches: { lan: { targets: 127.43.0.0/30, ports: [${first.port}, ${second.port}], label: Home, gone_after: 1, schedule: "@daily" } }\n`,
    );
    const options = { directory: folder.path, columns: 100 };
    const shown = await seen(["--mode", "cron"], options);
    const both = [first.port, second.port].sort((a, b) => a - b).join(", ");
    assert.match(shown, /^Scanned lan: .*1 new host: 127\.43\.0\.1/m);
    assert.match(shown, new RegExp(`^ {2}New host: 127\\.43\\.0\\.1, ports ${both}$`, "m"));
    assert.match(shown, /^Report for Home: reports\/Home_\d+_\d+\.txt$/m);
    assert.match(shown, /^\d\d:\d\d:\d\d INFO {2}scan complete {2}watch=lan engine=connect new=2 /m);

    await second[Symbol.asyncDispose]();
    const later = await seen(["--mode", "cron"], options);
    assert.match(later, /^Scanned lan: 1 port gone on 127\.43\.0\.1: \d+\.$/m);
    assert.match(later, new RegExp(`^ {2}Port gone on 127\\.43\\.0\\.1: ${second.port}$`, "m"));
    assert.match(await seen(["--mode", "cron"], options), /^Scanned lan: nothing new \(1 watch, 1 open port\)\.$/m);
    assert.equal(await seen(["--mode", "cron", "--quiet"], options), "");
  });

  test("shows what the watches of a long run find", async () => {
    using folder = temporaryFolder();
    await using server = await openPort("127.43.1.1");
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `watches: { lan: { targets: 127.43.1.1, ports: ${server.port}, schedule: "@daily" } }\n`,
    );
    using terminal = onTerminal([process.execPath, launcher, "run"], { directory: folder.path });
    await terminal.shows(`New host: 127.43.1.1, port ${server.port}`);
    terminal.type("\u0003");
    assert.equal((await terminal.ended).status, 0);
  });

  test("prints no text if the output is not a terminal", async () => {
    using folder = temporaryFolder();
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      "watches: { lan: { targets: 127.43.2.1, ports: 1, schedule: '@daily' } }\n",
    );
    const { stdout } = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(stdout, "");
  });
});

describe("the first start of several watches", () => {
  test("reports one schedule before it begins the next", async () => {
    using folder = temporaryFolder();
    await using server = await openPort("127.43.3.1");
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `watches:
  hourly: { targets: 127.43.3.1, ports: ${server.port}, label: Hourly, schedule: "@hourly" }
  weekly: { command: "sleep 60", ports: 1, label: Weekly, schedule: "@weekly" }
`,
    );
    const running = startHarbinger(["run"], { directory: folder.path });
    // While the other one is not finished.
    await running.waitForOutput(/delivered .*Hourly/);
    running.process.kill("SIGTERM");
    const { stderr } = await running.ended;
    assert.doesNotMatch(stderr, /scan complete .*weekly/);
  });
});
