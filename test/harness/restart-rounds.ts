import { writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { startHarbinger, temporaryFolder } from "./cli.ts";
import { freePort } from "./free-port.ts";
import { HttpServer } from "./http-server.ts";
import { type OpenPort, openPort } from "./open-port.ts";
import { startPostgres } from "./postgres-server.ts";
import { MailServer } from "./smtp-server.ts";

export interface RestartRounds {
  readonly restarts: number;
  readonly seed: number;
  /** After each restart, if wanted. */
  readonly done?: (restarts: number) => void;
}

/** The outcome; it is right if no list has repetitions. */
export interface RestartOutcome {
  readonly exitStatus: number | null;
  readonly crashes: number;
  /** Connections that the decoy accepted, by the number that each sent, and those that the database has. */
  readonly accepted: readonly string[];
  readonly recorded: readonly string[];
  /** Their peers, and the peers that pushes named. */
  readonly peers: readonly string[];
  readonly alerted: readonly string[];
  /** Hosts that opened a port, and hosts that mails reported as new. */
  readonly opened: readonly string[];
  readonly announced: readonly string[];
  readonly stderr: string;
}

/** The maximum number of hosts, in one network of the loopback. */
const maxHosts = 250;
const knockEveryMs = 60;
const openEveryMs = 1500;
const settleMs = 300_000;

/**
 * Runs both flows with a PostgreSQL server that is restarted, or crashes, at random moments: a decoy that gets connections without a
 * pause, and a watch that scans every few seconds while hosts appear. Real server, real program, real mail and push servers.
 */
export async function restartRounds({ restarts, seed, done }: RestartRounds): Promise<RestartOutcome> {
  const chance = new Chance(seed);
  using folder = temporaryFolder();
  await using postgres = await startPostgres();
  await using mail = await MailServer.start();
  await using push = await HttpServer.start();
  const decoyPort = await freePort();
  const watchedPort = await freePort();
  writeFileSync(
    path.join(folder.path, "harbinger.yaml"),
    `store: "${postgres.url}"
watches: { lan: { targets: [127.77.0.0/24], ports: ${watchedPort}, schedule: "*/3 * * * * *", email: ann@example.org, report_on: changes } }
listeners: { decoy: { host: 127.0.0.1, ports: ${decoyPort} } }
alerts: { ignore: { loopback: false }, budget: false }
enrich: { rdns: { enabled: false } }
email: { smtp_server: 127.0.0.1, smtp_port: ${mail.port}, tls: none, from_address: harbinger@example.org }
notify: { first_retry: 1s, ntfy: { server: "${push.url}", topic: knocks } }
logging: { level: info }
`,
  );
  const running = startHarbinger(["run"], { directory: folder.path, limitMs: 3_600_000 });
  await running.waitForOutput("listening");
  const hosts: OpenPort[] = [];
  const made = { accepted: [] as string[], peers: [] as string[] };
  const stop = new AbortController();
  const connecting = connectUntil(stop.signal, decoyPort, made);
  const opening = openUntil(stop.signal, watchedPort, hosts);
  let crashes = 0;
  for (let count = 1; count <= restarts; count++) {
    await delay(200 + chance.next() * 4000);
    const how = chance.next() < 0.4 ? "crash" : "fast";
    if (how === "crash") crashes += 1;
    await postgres.restart(how, chance.next() * 1500);
    done?.(count);
  }
  stop.abort();
  await Promise.all([connecting, opening]);
  const opened = hosts.map((_, index) => hostOf(index));
  const announced = () => mail.accepted.flatMap(({ mail: { text } }) => newHostsOf(text ?? ""));
  const alerted = () => push.accepted.map(({ body }) => /^Peer IP: (.*?)\r?$/m.exec(body)?.[1] ?? "").filter(isPeer);
  const recorded = () => storedNumbers(postgres.url);
  for (const until = performance.now() + settleMs; performance.now() < until; await delay(500)) {
    const isAll =
      new Set(announced()).size >= opened.length &&
      new Set(alerted()).size >= new Set(made.peers).size &&
      (await recorded()).length >= made.accepted.length;
    if (isAll) break;
  }
  // Repetitions have this long to arrive.
  await delay(4000);
  const outcome = {
    crashes,
    accepted: made.accepted,
    recorded: await recorded(),
    peers: [...new Set(made.peers)],
    alerted: alerted(),
    opened,
    announced: announced(),
  };
  running.process.kill("SIGTERM");
  const { status, stderr } = await running.ended;
  for (const host of hosts) await host[Symbol.asyncDispose]();
  return { ...outcome, exitStatus: status, stderr };
}

/** One after the other, each with its own number; sometimes from a new peer. */
async function connectUntil(
  signal: AbortSignal,
  port: number,
  made: { readonly accepted: string[]; readonly peers: string[] },
): Promise<void> {
  for (let number = 0; !signal.aborted; number++) {
    const peer = `127.88.${(number >> 10) & 255}.${1 + ((number >> 3) & 127)}`;
    const text = `knock-${number}`;
    if (await connectOnce(port, peer, text)) {
      made.accepted.push(text);
      made.peers.push(peer);
    }
    await delay(knockEveryMs);
  }
}

/** @returns whether the decoy accepted it, read all of it and closed it */
async function connectOnce(port: number, peer: string, text: string): Promise<boolean> {
  const socket = net.connect({ port, host: "127.0.0.1", localAddress: peer });
  return await new Promise((resolve) => {
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.end(`${text}\n`));
    socket.on("close", (hadError) => resolve(!hadError));
    socket.resume();
  });
}

async function openUntil(signal: AbortSignal, port: number, hosts: OpenPort[]): Promise<void> {
  while (!signal.aborted && hosts.length < maxHosts) {
    hosts.push(await openPort(hostOf(hosts.length), port));
    await delay(openEveryMs);
  }
}

function hostOf(index: number): string {
  return `127.77.0.${index + 1}`;
}

/** A report names a host more than once: in its list, and with the service there. */
function newHostsOf(text: string): string[] {
  return [...new Set([...text.matchAll(/127\.77\.0\.\d+/g)].map(([address]) => address))];
}

function isPeer(text: string): boolean {
  return text.startsWith("127.88.");
}

async function storedNumbers(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ peer: Buffer; payload: Buffer }>(
      "select c.peer, coalesce(k.payload, c.payload) as payload from connections c left join contents k on k.id = c.content",
    );
    // Other programs on this machine may connect too, such as a scan of the loopback by another test.
    return rows
      .filter(({ peer }) => peer.subarray(-4, -2).equals(Buffer.from([127, 88])))
      .map(({ payload }) => payload.toString("latin1").trim());
  } finally {
    await client.end();
  }
}

/** Mulberry32: the same sequence for the same seed. */
class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
