// Notifications of the long-running programs to systemd, received by a datagram socket like systemd's.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findProgram } from "../../src/platform/programs.ts";
import { type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { type Notification, notifyListener } from "../harness/notify-listener.ts";

const skip =
  process.platform !== "linux"
    ? "there is no systemd"
    : findProgram("python3") === undefined
      ? "python3 is not installed"
      : false;

const harbingerLauncher = fileURLToPath(new URL("../../bin/harbinger.js", import.meta.url));
const portwatcher = fileURLToPath(new URL("../../bin/portwatcher.js", import.meta.url));
const withoutKoffi = pathToFileURL(path.join(import.meta.dirname, "../devices/without-koffi.mjs")).href;
const isReady = ({ fields }: Notification) => fields["READY"] === "1";
const isStopping = ({ fields }: Notification) => fields["STOPPING"] === "1";

/** Each run of the command writes its environment to a file. */
const configuration = async () => `watches:
  lan: { command: "env >> environment; echo 127.0.0.1", ports: 9, schedule: "0 3 1 1 *", devices: false }
listeners:
  decoy: { ports: ${await freePort()}, host: 127.0.0.1 }
`;

function folderWith(text: string) {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder.path, "harbinger.yaml"), text);
  return folder;
}

async function end(running: RunningCli, listener: { next: (fits: typeof isStopping) => Promise<Notification> }) {
  running.process.kill("SIGTERM");
  const { fields } = await listener.next(isStopping);
  assert.ok(Number(fields["EXTEND_TIMEOUT_USEC"]) >= 30_000_000);
  return await running.ended;
}

describe("the service manager", { skip, concurrency: 2 }, () => {
  test("is notified of the start, the status, the watchdog and the shutdown", async () => {
    using folder = folderWith(await configuration());
    await using listener = await notifyListener(path.join(folder.path, "notify"));
    const running = startHarbinger(["run"], {
      directory: folder.path,
      environment: { NOTIFY_SOCKET: listener.name, WATCHDOG_USEC: "400000" },
    });
    const { pid } = await listener.next(isReady);
    assert.equal(pid, running.process.pid, "systemd believes the main process only");
    const before = listener.received.slice(0, listener.received.findIndex(isReady));
    assert.equal(before[0]?.fields["STATUS"], "opening the database");
    assert.ok(before.some(({ fields }) => Number(fields["EXTEND_TIMEOUT_USEC"]) >= 10_000_000));
    assert.ok(before.every(({ fields }) => fields["WATCHDOG"] === undefined));
    await listener.next(({ fields }) => /^1 watch, 1 port; scanning lan$/.test(fields["STATUS"] ?? ""));
    await listener.next(({ fields }) => /^1 watch, 1 port; next scan \d{4}-01-01 03:00$/.test(fields["STATUS"] ?? ""));
    const count = listener.received.length;
    await listener.next(({ fields }) => fields["WATCHDOG"] === "1", count);
    await listener.next(({ fields }) => fields["WATCHDOG"] === "1", count + 1);
    assert.equal((await end(running, listener)).status, 0);
    assert.equal(listener.received.at(-2)?.fields["STATUS"], "shutting down");
    const inherited = readFileSync(path.join(folder.path, "environment"), "utf8");
    assert.match(inherited, /^PATH=/m);
    assert.doesNotMatch(inherited, /NOTIFY_SOCKET|WATCHDOG_/);
  });

  test("is notified by portwatcher, on an abstract socket", async () => {
    using folder = temporaryFolder();
    await using listener = await notifyListener(`@harbinger-test-${process.pid}`);
    const running = startHarbinger([], {
      directory: folder.path,
      launcher: portwatcher,
      environment: {
        NOTIFY_SOCKET: listener.name,
        PW_PORT: String(await freePort()),
        PW_HOST: "127.0.0.1",
        PW_EMAIL_ENABLED: "false",
      },
    });
    assert.equal((await listener.next(isReady)).pid, running.process.pid);
    assert.ok(listener.received.some(({ fields }) => fields["STATUS"] === "listening on 1 port"));
    assert.equal((await end(running, listener)).status, 0);
    assert.ok(
      listener.received.every(({ fields }) => fields["WATCHDOG"] === undefined),
      "it was not requested",
    );
  });

  test("is notified by systemd-notify where koffi is not installed", { skip: whyNot("systemd-notify") }, async () => {
    using folder = folderWith(await configuration());
    await using listener = await notifyListener(path.join(folder.path, "notify"));
    const running = startHarbinger(["run"], {
      directory: folder.path,
      environment: { NOTIFY_SOCKET: listener.name, NODE_OPTIONS: `--import=${withoutKoffi}` },
    });
    await running.waitForOutput(/NotifyAccess=all.*koffi/);
    await listener.next(isReady);
    assert.equal((await end(running, listener)).status, 0);
  });

  test("is notified which process is the service where the launcher of an older Node started it", async () => {
    using folder = folderWith(await configuration());
    await using listener = await notifyListener(path.join(folder.path, "notify"));
    // As the launcher does: with a channel, whose end tells the child that the launcher was killed.
    const child = spawn(process.execPath, [harbingerLauncher, "run"], {
      cwd: folder.path,
      env: {
        ...process.env,
        NOTIFY_SOCKET: listener.name,
        WATCHDOG_USEC: "400000",
        WATCHDOG_PID: String(process.pid),
        HARBINGER_LAUNCHED: "1",
      },
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const exited = once(child, "exit");
    const { pid, fields } = await listener.next(isReady);
    assert.deepEqual([pid, fields["MAINPID"]], [child.pid, String(child.pid)]);
    await listener.next((notification) => notification.fields["WATCHDOG"] === "1");
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
  });

  test("that cannot be reached is logged once, and everything else works", async () => {
    using folder = folderWith(await configuration());
    const running = startHarbinger(["run"], {
      directory: folder.path,
      environment: { NOTIFY_SOCKET: path.join(folder.path, "nobody") },
    });
    await running.waitForOutput("scan complete");
    running.process.kill("SIGTERM");
    const { status, stderr } = await running.ended;
    assert.equal(status, 0);
    assert.equal(stderr.split("cannot notify the service manager").length, 2, stderr);
    assert.match(stderr, /ENOENT/);
  });
});

function whyNot(program: string): string | false {
  return findProgram(program) === undefined ? `${program} is not installed` : false;
}
