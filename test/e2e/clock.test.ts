import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { test } from "node:test";
import { startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { HttpServer } from "../harness/http-server.ts";
import { openPort } from "../harness/open-port.ts";
import { postgresMissing, startPostgres } from "../harness/postgres-server.ts";
import { MailServer } from "../harness/smtp-server.ts";

/** Debian's libfaketime: a file sets the wall clock of one program; its monotonic clock is unchanged. */
const library = (existsSync("/usr/lib") ? readdirSync("/usr/lib") : [])
  .map((folder) => `/usr/lib/${folder}/faketime/libfaketimeMT.so.1`)
  .find((file) => existsSync(file));
const skip = library === undefined ? "libfaketime is not installed" : (postgresMissing() ?? false);

const hour = 3600;

test("an hour of suspension, a clock that is set back, and one that is a year ahead: both flows continue, once each", {
  skip,
}, async () => {
  using folder = temporaryFolder();
  await using postgres = await startPostgres();
  await using mail = await MailServer.start();
  await using push = await HttpServer.start();
  const decoy = await freePort();
  const watched = await freePort();
  writeFileSync(
    path.join(folder.path, "harbinger.yaml"),
    `store: "${postgres.url}"
watches: { lan: { targets: [127.76.0.0/28], ports: ${watched}, schedule: "*/2 * * * * *", email: ann@example.org, report_on: changes, gone_after: 1 } }
listeners: { decoy: { host: 127.0.0.1, ports: ${decoy}, cooldown: 30m } }
alerts: { ignore: { loopback: false } }
enrich: { rdns: { enabled: false } }
email: { smtp_server: 127.0.0.1, smtp_port: ${mail.port}, tls: none, from_address: harbinger@example.org }
notify: { ntfy: { server: "${push.url}", topic: knocks } }
`,
  );
  const offset = path.join(folder.path, "offset");
  const setClock = (seconds: number) => {
    writeFileSync(`${offset}.new`, `${seconds < 0 ? "" : "+"}${seconds}`);
    renameSync(`${offset}.new`, offset);
  };
  setClock(0);
  const running = startHarbinger(["run"], {
    directory: folder.path,
    limitMs: hangLimitMs,
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: offset,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
  });
  let output = "";
  running.process.stderr.on("data", (chunk: string) => (output += chunk));
  const scans = () => output.match(/scan (?:complete|partial)/g)?.length ?? 0;
  const hosts: Awaited<ReturnType<typeof openPort>>[] = [];
  /** Fails if the program has ended. */
  const orEnds = (reported: Promise<void>) =>
    Promise.race([reported, running.ended.then(({ stderr }) => assert.fail(`it ended:\n${stderr}`))]);
  /** A new host and a new peer are reported, and a known peer is reported again only after its cooldown. */
  const bothFlowsWork = async (round: number) => {
    hosts.push(await openPort(`127.76.0.${round}`, watched));
    await connectTo(decoy, `127.88.0.${round}`);
    await orEnds(
      push.until(({ accepted }) => accepted.some(({ body }) => body.includes(`Peer IP: 127.88.0.${round}\n`))),
    );
    await orEnds(
      mail.until(({ accepted }) => accepted.some(({ mail: { text } }) => text?.includes(`127.76.0.${round},`))),
    );
  };
  await running.waitForOutput("listening");
  await bothFlowsWork(1);

  // Servers close its connections while it sleeps; sixty times thirty scans are missed.
  running.process.kill("SIGSTOP");
  await mail.stop();
  await postgres.restart("fast");
  await mail.start();
  setClock(hour);
  const before = scans();
  running.process.kill("SIGCONT");
  await bothFlowsWork(2);
  assert.ok(scans() - before < 30, `${scans() - before} scans`);
  await connectTo(decoy, "127.88.0.1");
  await orEnds(push.until(({ accepted }) => accepted.length === 3));

  setClock(-hour);
  await bothFlowsWork(3);
  setClock(365 * 24 * hour);
  await bothFlowsWork(4);
  setClock(0);
  await bothFlowsWork(5);
  running.process.kill("SIGTERM");
  const { status, stderr } = await running.ended;
  for (const host of hosts) await host[Symbol.asyncDispose]();
  assert.equal(status, 0, stderr);
  assert.ok(scans() < 100, `${scans()} scans`);
  const reported = mail.accepted.flatMap(({ mail: { text } }) => text?.match(/^- .*127\.76\.0\.\d+,.*$/gm) ?? []);
  assert.deepEqual(
    reported.map((line) => line.replace(/^- New (?:host: |port on )(\S+),.*$/, "$1")),
    [1, 2, 3, 4, 5].map((round) => `127.76.0.${round}`),
    reported.join("\n"),
  );
  const peers = push.accepted.map(({ body }) => /Peer IP: (\S+)/.exec(body)?.[1]);
  assert.deepEqual(
    peers,
    ["1", "2", "1", "3", "4", "5"].map((round) => `127.88.0.${round}`),
  );
});

async function connectTo(port: number, peer: string): Promise<void> {
  const socket = net.connect({ port, host: "127.0.0.1", localAddress: peer });
  socket.resume().end("knock\n");
  await once(socket, "close");
}
