import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { variableNames } from "../../src/compat/portwatcher/variables.ts";
import { openStore } from "../../src/store/open-store.ts";
import { type RunningCli, startHarbinger, temporaryFolder } from "../harness/cli.ts";
import { freePort } from "../harness/free-port.ts";
import { hangLimitMs } from "../harness/hang-limit.ts";
import { HttpServer } from "../harness/http-server.ts";
import { launcherOf } from "../harness/launchers.ts";
import { MailServer } from "../harness/smtp-server.ts";

/** HARBINGER_TEST_KILLS raises the number, HARBINGER_TEST_SEED repeats the moments of an earlier run. */
const kills = Number(process.env["HARBINGER_TEST_KILLS"] ?? 4);
const seed = Number(process.env["HARBINGER_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** In total fewer than portwatcher reports separately before it sends digests. */
const connectionsPerRound = Math.max(1, Math.min(10, Math.floor(90 / (kills + 1))));
/** In this time the clients of a round are recorded. */
const roundMs = 1200;
/** In this time one message is sent and recorded. */
const momentMs = 30;

interface Program {
  readonly name: string;
  /** Where it keeps due alerts. */
  readonly store: string;
  start(port: number, mail: MailServer, push: HttpServer, folder: string): RunningCli;
}

const programs: readonly Program[] = [
  {
    name: "portwatcher",
    store: "kept.db",
    start: (port, mail, push, directory) =>
      startHarbinger([], {
        directory,
        launcher: launcherOf("portwatcher"),
        limitMs: hangLimitMs,
        environment: {
          ...Object.fromEntries(variableNames.map((name) => [name, undefined])),
          PW_HOST: "127.0.0.1",
          PW_PORT: String(port),
          PW_RDNS_ENABLE: "0",
          PW_NOTIFY_IGNORE_LOOPBACK: "0",
          PW_SMTP_SERVER: "127.0.0.1",
          PW_SMTP_PORT: String(mail.port),
          PW_SMTP_STARTTLS: "0",
          PW_MAIL_TO: "ann@example.org",
          PW_NTFY_SERVER: push.url,
          PW_NTFY_TOPIC: "knocks",
          PW_STORE: "kept.db",
        },
      }),
  },
  {
    name: "harbinger run",
    store: "harbinger.db",
    start(port, mail, push, directory) {
      writeFileSync(
        path.join(directory, "harbinger.yaml"),
        `listeners: { decoy: { host: 127.0.0.1, ports: ${port} } }
alerts: { email: ann@example.org, ignore: { loopback: false }, budget: false }
enrich: { rdns: { enabled: false } }
email: { smtp_server: 127.0.0.1, smtp_port: ${mail.port}, tls: none, from_address: harbinger@example.org }
notify: { first_retry: 1s, ntfy: { server: "${push.url}", topic: knocks } }
`,
      );
      return startHarbinger(["run"], { directory, limitMs: hangLimitMs });
    },
  },
];

describe("killed repeatedly while clients connect", { concurrency: 2 }, () => {
  for (const program of programs) {
    test(`${program.name} alerts once for every connection that it stored`, (t) => killAndCount(program, t));
  }
});

async function killAndCount(program: Program, t: TestContext): Promise<void> {
  using folder = temporaryFolder();
  await using mail = await MailServer.start();
  await using push = await HttpServer.start();
  const port = await freePort();
  const chance = new Chance(seed);
  const begin = () => program.start(port, mail, push, folder.path);
  for (let round = 0; round < kills; round++) {
    const running = begin();
    const how = chance.next();
    if (how < 0.2) {
      // While it starts.
      await delay(chance.next() * roundMs);
      running.process.kill("SIGKILL");
    } else {
      await running.waitForOutput("listening");
      const sent = mail.accepted.length + Math.ceil(chance.next() * connectionsPerRound);
      const visits = visit(port, round);
      // While it records them, or while it sends alerts.
      if (how > 0.6) await mail.until(({ accepted }) => accepted.length >= sent);
      await delay(chance.next() * (how > 0.6 ? momentMs : roundMs));
      running.process.kill("SIGKILL");
      await visits;
    }
    await running.ended;
  }
  const last = begin();
  await last.waitForOutput("listening");
  await visit(port, kills);
  const stored = () => storedPeers(path.join(folder.path, program.store));
  while ((await stored()).length === 0) await delay(20);
  const mails = () => distinct(mail.accepted, ({ mail: { messageId, text } }) => [messageId ?? "", text ?? ""]);
  const pushes = () => distinct(push.accepted, ({ headers, body }) => [String(headers["x-sequence-id"]), body]);
  const isMissing = async () => {
    const peers = await stored();
    return mails().size < peers.length || pushes().size < peers.length;
  };
  while (await isMissing()) await delay(50);
  last.process.kill("SIGTERM");
  const { status, stderr } = await last.ended;
  assert.equal(status, 0, stderr);

  const peers = await stored();
  assert.deepEqual([...mails().values()].map(peerOf).sort(), peers);
  assert.deepEqual([...pushes().values()].map(peerOf).sort(), peers);
  const repeated = mail.accepted.length - mails().size + push.accepted.length - pushes().size;
  t.diagnostic(
    `${program.name}, seed ${seed}: ${kills} kills, ${peers.length} peers stored, ${mails().size} mails, ${pushes().size} pushes, ${repeated} repeated unchanged`,
  );
  // A kill can cut off one message in each of two lanes.
  assert.ok(repeated <= kills * 2, `${repeated} repeated`);
}

/** By identifier; messages with the same one must be identical. */
function distinct<Received>(
  received: readonly Received[],
  read: (one: Received) => readonly [id: string, text: string],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const one of received) {
    const [id, text] = read(one);
    assert.equal(found.get(id) ?? text, text, "a repetition is unchanged");
    found.set(id, text);
  }
  return found;
}

function peerOf(text: string): string {
  return /^Peer IP: (.*?)\r?$/m.exec(text)?.[1] ?? text;
}

/** Some clients, one after the other, each from its own address. */
async function visit(port: number, round: number): Promise<void> {
  for (let client = 1; client <= connectionsPerRound; client++) {
    const socket = net.connect({ port, host: "127.0.0.1", localAddress: `127.11.${round}.${client}` });
    // A reset is also an end here.
    socket.on("error", () => {});
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.write("GET / HTTP/1.0\r\n\r\n");
    socket.resume();
    await closed;
  }
}

async function storedPeers(file: string): Promise<string[]> {
  await using store = await openStore({ location: file, thread: "caller" });
  const connections = (await store.connections.list({ limit: 10_000 })).rows;
  return connections.map(({ peer }) => peer.address).sort();
}

/** Numbers in [0, 1), the same for the same seed (xorshift). */
class Chance {
  #state: number;

  constructor(from: number) {
    this.#state = from | 1;
  }

  next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }
}
