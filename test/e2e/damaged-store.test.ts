import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import net from "node:net";
import path from "node:path";
import { describe, type TestContext, test } from "node:test";
import { harbinger, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { failingDisk } from "../harness/failing-disk.ts";
import { freePort } from "../harness/free-port.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { HttpServer } from "../harness/http-server.ts";
import { launcherOf } from "../harness/launchers.ts";
import { openPort } from "../harness/open-port.ts";
import { smallDisk } from "../harness/small-disk.ts";
import { MailServer } from "../harness/smtp-server.ts";

interface Damage {
  /** The folder of the database and the log. */
  readonly place: string;
  /** The program must continue until it has logged these; empty if it detects nothing. */
  readonly logged: readonly string[];
  /** For the program. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What `harbinger healthcheck` then reports about the database. */
  readonly unhealthy?: RegExp;
  harm(): void;
  repair(): void | Promise<void>;
}

/** Both flows run; then `harm` damages the database while a new host and a new peer appear. */
async function survive(folder: string, damage: Damage): Promise<string> {
  await using mail = await MailServer.start();
  await using push = await HttpServer.start();
  const decoy = await freePort();
  const watched = await freePort();
  writeFileSync(
    path.join(folder, "harbinger.yaml"),
    `store: "sqlite:${damage.place}/harbinger.db"
watches: { lan: { targets: [127.74.0.0/28], ports: ${watched}, schedule: "* * * * * *", email: ann@example.org, report_on: changes } }
listeners: { decoy: { host: 127.0.0.1, ports: ${decoy} } }
alerts: { ignore: { loopback: false }, budget: false }
enrich: { rdns: { enabled: false } }
email: { smtp_server: 127.0.0.1, smtp_port: ${mail.port}, tls: none, from_address: harbinger@example.org }
notify: { ntfy: { server: "${push.url}", topic: knocks } }
logging: { file: ${damage.place}/harbinger.log }
`,
  );
  const { environment = {} } = damage;
  const running = startHarbinger(["run"], { directory: folder, environment });
  await running.waitForOutput("listening");
  await using _one = await openPort("127.74.0.1", watched);
  await connectTo(decoy, "127.88.0.1");
  await push.until(({ accepted }) => accepted.length === 1);
  await mail.until(({ accepted }) => accepted.length === 1);

  damage.harm();
  await using _two = await openPort("127.74.0.2", watched);
  await connectTo(decoy, "127.88.0.2");
  for (const text of damage.logged) await running.waitForOutput(text);
  if (damage.unhealthy !== undefined) {
    const health = await harbinger(["healthcheck"], { directory: folder });
    assert.equal(health.status, 1, health.stdout);
    assert.match(health.stdout, damage.unhealthy);
  }
  await damage.repair();
  await push.until(({ accepted }) => accepted.length === 2);
  await mail.until(({ accepted }) => accepted.some(({ mail: { text } }) => text?.includes("127.74.0.2,")));
  running.process.kill("SIGTERM");
  const { status, stderr } = await running.ended;
  assert.equal(status, 0, stderr);
  const reported = mail.accepted.flatMap(({ mail: { text } }) => text?.match(/^- .*127\.74\.0\.\d+,.*$/gm) ?? []);
  assert.equal(reported.length, 2, reported.join("\n"));
  return stderr;
}

describe("a database and log that are damaged while the program runs", { skip: process.platform === "win32" }, () => {
  test("a full disk: it is reported once, nothing is lost, and the end of the shortage is reported too", async (t: TestContext) => {
    using folder = temporaryFolder();
    using disk = smallDisk(t, folder.path);
    if (disk === undefined) return;
    const stderr = await survive(folder.path, {
      place: disk.path,
      logged: [
        "cannot store connections: database error",
        "cannot store the results of this watch",
        "cannot be written (ENOSPC",
      ],
      harm() {
        disk.fill();
        // The rest of its last page, which is already on the disk.
        try {
          for (;;) appendFileSync(path.join(disk.path, "harbinger.log"), "\n".repeat(1000));
        } catch {
          // Full.
        }
      },
      repair: () => disk.empty(),
    });
    assert.equal(stderr.match(/cannot store the results of this watch/g)?.length, 1, stderr);
    assert.match(stderr, /Free some space on that disk/);
    assert.match(stderr, /results of this watch are stored again/);
    assert.match(stderr, /connections are stored again/);
    assert.match(stderr, /the log file can be written again; \d+ lines? (?:is|are) missing before this one/);
  });

  for (const [how, what, words] of [
    ["EIO", "a disk that fails", /the disk reports an error at the database \S+harbinger\.db \(input\/output error\)/],
    [
      "EROFS",
      "a file system that becomes read-only",
      /the file system of the database \S+harbinger\.db has become read-only/,
    ],
  ] as const) {
    test(`${what}: it is reported once and by its name, also by healthcheck, and nothing is lost once it works again`, async (t: TestContext) => {
      using folder = temporaryFolder();
      const place = path.join(folder.path, "data");
      mkdirSync(place);
      const disk = failingDisk(t, { at: path.join(place, "harbinger.db"), folder: folder.path });
      if (disk === undefined) return;
      const stderr = await survive(folder.path, {
        place,
        environment: disk.environment,
        logged: ["cannot store connections: database error", "cannot store the results of this watch"],
        unhealthy: new RegExp(`^bad +database: ${words.source}$`, "m"),
        harm: () => disk.fail(how),
        repair: () => disk.work(),
      });
      assert.match(stderr, words);
      assert.match(stderr, /Check the system log/);
      assert.doesNotMatch(stderr, /no space/);
      assert.equal(stderr.match(/cannot store connections: database error/g)?.length, 1, stderr);
      assert.equal(stderr.match(/cannot store the results of this watch/g)?.length, 1, stderr);
      assert.match(stderr, /connections are stored again/);
      assert.match(stderr, /results of this watch are stored again/);
    });
  }

  test("files and a folder that become read-only: what is open is written all the same", async () => {
    using folder = temporaryFolder();
    const place = path.join(folder.path, "data");
    mkdirSync(place);
    const change = (ofFolder: number, ofFiles: number) => {
      chmodSync(place, ofFolder);
      for (const name of readdirSync(place)) chmodSync(path.join(place, name), ofFiles);
    };
    const stderr = await survive(folder.path, {
      place,
      logged: [],
      harm: () => change(0o555, 0o444),
      repair: () => change(0o755, 0o600),
    });
    assert.doesNotMatch(stderr, /ERROR/);
  });

  test("overwritten pages: it keeps running, log and doctor report it with the remedy, and without the file it starts with a new one", async () => {
    using folder = temporaryFolder();
    const file = path.join(folder.path, "harbinger.db");
    const port = await freePort();
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `watches: { lan: { targets: [127.74.0.0/28], ports: ${port}, schedule: "* * * * * *", report_on: changes } }\n`,
    );
    const running = startHarbinger(["run"], { directory: folder.path });
    await running.waitForOutput("scan complete");
    overwrite(file, 4096);
    overwrite(`${file}-wal`, 0);
    await running.waitForOutput("is damaged or not a SQLite database");
    const doctor = await harbinger(["doctor"], { directory: folder.path });
    running.process.kill("SIGTERM");
    const { status, stderr } = await running.ended;
    assert.equal(status, 0, stderr);
    assert.match(stderr, /[Mm]ove the file away/);
    assert.match(doctor.stdout, /^bad +database: .*harbinger\.db is damaged/m);
    for (const name of readdirSync(folder.path).filter((each) => each.startsWith("harbinger.db"))) {
      renameSync(path.join(folder.path, name), path.join(folder.path, `damaged-${name}`));
    }
    const anew = await harbinger(["--mode", "cron"], { directory: folder.path });
    assert.equal(anew.status, 0, anew.stderr);
  });

  test("a database of another user: it ends immediately with the reason, opens no port, and doctor gives the same reason", {
    skip: process.getuid?.() !== 0 && "needs root to run as another user",
  }, async () => {
    using folder = temporaryFolder();
    chmodSync(folder.path, 0o755);
    const decoy = await freePort();
    writeFileSync(
      path.join(folder.path, "harbinger.yaml"),
      `watches: { w: { targets: 127.74.0.1, ports: 22, schedule: "0 3 * * *", devices: false } }
listeners: { decoy: { host: 127.0.0.1, ports: ${decoy} } }
`,
    );
    const first = startHarbinger(["run"], { directory: folder.path });
    await first.waitForOutput("listening");
    first.process.kill("SIGTERM");
    assert.equal((await first.ended).status, 0);

    for (const name of readdirSync(folder.path)) {
      if (name !== "reports") chmodSync(path.join(folder.path, name), 0o644);
    }
    const { status, stderr } = asNobody(["run"], folder.path);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /cannot (?:open the database|lock) .*harbinger\.db/);
    assert.doesNotMatch(stderr, /bug in Harbinger|"listening"/);
    const doctor = asNobody(["doctor"], folder.path);
    assert.equal(doctor.status, 1);
    assert.match(doctor.stdout, /^bad +database: /m);
  });
});

function overwrite(file: string, from: number): void {
  const descriptor = openSync(file, "r+");
  for (let at = from; at < statSync(file).size; at += 4096)
    writeSync(descriptor, Buffer.alloc(4096, 0xa5), 0, 4096, at);
  closeSync(descriptor);
}

async function connectTo(port: number, peer: string): Promise<void> {
  const socket = net.connect({ port, host: "127.0.0.1", localAddress: peer });
  socket.resume().end("knock\n");
  await once(socket, "close");
}

/** Ends by itself, or is ended after a while, with another status. */
function asNobody(args: readonly string[], directory: string) {
  const launcher = launcherOf("harbinger");
  const words = ["--reuid=65534", "--regid=65534", "--clear-groups", process.execPath, launcher, ...args];
  return spawnSync("setpriv", words, {
    cwd: directory,
    encoding: "utf8",
    timeout: hangLimitMs,
    env: { ...process.env, NO_COLOR: "1", NODE_OPTIONS: "" },
  });
}
