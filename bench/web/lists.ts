/**
 * The API of a running `harbinger run` over a full store, while connections come in: 50th, 95th and 100th percentile of each list and
 * search in milliseconds, the longest time that its event loop was blocked meanwhile, and resident memory. Needs gcc.
 *
 *   node bench/web/lists.ts [--connections=1000000] [--services=100000] [--devices=10000] [--deliveries=20000] [--rate=2000]
 *     [--requests=30] [--only=TEXT] [--store=sqlite|postgres] [--database=FILE|URL]
 *
 * `--store=postgres` starts a server of its own, or uses a database that is filled: `--database=postgres://...`, which the connections change. For
 * SQLite `--database` keeps the filled database in FILE, and uses a copy of it if it is there.
 */
import { type ChildProcess, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import pg from "pg";
import { openStore } from "../../src/store/open-store.ts";
import { startPostgres } from "../../test/harness/postgres-server.ts";
import { fillStore, rare } from "./fill-store.ts";
import { type Answer, RunningProgram, startFirst } from "./running-program.ts";

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "1000000" },
    services: { type: "string", default: "100000" },
    devices: { type: "string", default: "10000" },
    deliveries: { type: "string", default: "20000" },
    rate: { type: "string", default: "2000" },
    requests: { type: "string", default: "30" },
    only: { type: "string", default: "" },
    store: { type: "string", default: "sqlite" },
    database: { type: "string" },
  },
});
const requests = Number(values.requests);
const rate = Number(values.rate);
const slowMs = 100;
const blockedMs = 50;

/** What is asked, by list; each with the query of `?`. */
const asked: Readonly<Record<string, readonly string[]>> = {
  connections: [
    "",
    "limit=1000",
    "order=ascending",
    "q=port:22",
    `q=port:${rare.port}`,
    "q=port:1",
    "q=protocol:ssh",
    "q=protocol:redis port:22",
    "q=listener:dmz",
    "q=listener:decoy protocol:http since:1d",
    "q=since:2d until:1d",
    "q=until:29d",
    "q=peer:11.0.0.0/8",
    "q=peer:203.0.113.7",
    "q=peer:0.0.0.0/0 NOT port:22",
    "q=country:CN",
    `q=country:${rare.country}`,
    "q=asn:64510",
    `q=asn:${rare.asn}`,
    "q=organization:telecom",
    "q=organization:64999",
    "q=hostname:host-33",
    "q=end:reset",
    "q=NOT end:reset NOT port:22",
    "q=curl",
    `q=${rare.userAgent}`,
    "q=nothing-has-this",
    "q=NOT http NOT ssh",
    "q=wp-login since:7d country:NL",
  ],
  services: [
    "",
    "limit=1000",
    "q=port:443",
    "q=port:9100",
    "q=address:10.0.3.0/24",
    "q=watch:lan state:gone",
    `q=hostname:${rare.hostname}`,
    `q=vendor:${rare.vendor}`,
    "q=vendor:apple NOT port:22",
    "q=mac:00:11:32:00:00:10",
    "q=service:ssh",
    "q=version:8.9",
    "q=since:12h",
    "q=lighthouse",
    "q=nothing-has-this",
    "sort=lastSeen",
    "sort=lastSeen&order=descending",
    "sort=firstSeen",
    "sort=firstSeen&order=descending",
  ],
  hosts: [
    "",
    "limit=1000",
    "q=port:443",
    "q=port:9100",
    "q=address:10.0.3.0/24",
    "q=state:gone",
    `q=hostname:${rare.hostname}`,
    `q=vendor:${rare.vendor}`,
    "q=mac:00:11:32:00:00:10",
    "q=since:12h",
    "q=nothing-has-this",
  ],
  devices: [
    "",
    "limit=1000",
    "q=approved",
    "q=NOT approved",
    "q=present",
    "q=randomised",
    `q=vendor:${rare.vendor}`,
    "q=name:host-77",
    "q=mac:00:11:32:00:00:10",
    "q=address:10.0.3.0/24",
    "q=since:1h",
    "q=nothing-has-this",
  ],
  "services/groups": [
    "by=subnet",
    "by=device",
    "by=label",
    "by=vendor",
    "by=subnet&q=port:443",
    "by=vendor&q=NOT%20exposed",
  ],
  "hosts/groups": ["by=subnet", "by=device", "by=vendor"],
  "devices/groups": ["by=subnet", "by=vendor"],
  sources: [
    "",
    "limit=1000",
    "sort=count",
    "order=ascending",
    "q=peer:11.0.0.0/8",
    "q=country:CN",
    `q=country:${rare.country}`,
    "q=known",
    "q=NOT known",
  ],
  certificates: [
    "",
    "limit=1000",
    "q=port:443",
    "q=address:10.0.3.0/24",
    "q=subject:host-77",
    "q=issuer:rare",
    "q=self-signed",
    "q=expiring:30d",
    "q=nothing-has-this",
  ],
  discoveries: [
    "",
    "limit=1000",
    "q=kind:new",
    "q=kind:gone",
    "q=kind:exposed",
    "kind=gone,returned",
    "q=since:1d",
    "q=since:21d until:20d",
    "q=port:443 kind:returned",
    "address=10.0.3.7",
    "q=address:10.0.3.0/24",
    `q=hostname:${rare.hostname}`,
    "q=first-scan",
    "q=NOT first-scan",
    "q=watch:lan",
    "q=nothing-has-this",
  ],
  scans: ["", "limit=1000", "q=watch:lan", "q=status:failed", "q=engine:nmap", "q=since:1h", "q=nothing-has-this"],
  deliveries: [
    "",
    "limit=1000",
    "q=state:superseded",
    "q=state:dead",
    "q=state:waiting",
    "q=label:Bench",
    "q=channel:mail",
    "q=channel:ntfy",
    "q=since:1d",
    "q=until:29d",
    "q=uncertain",
    "q=subject:alert-777",
    "q=error:rejected",
  ],
  reports: ["", "limit=1000", "q=state:dead", "q=subject:alert-777"],
};

interface Figure {
  readonly name: string;
  readonly times: number[];
  rows: number;
  bytes: number;
  blockedMs: number;
  cpuMs: number;
  residentMiB: number;
}

const figures: Figure[] = [];

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
}

function report({ name, times, rows, bytes, blockedMs: blocked, cpuMs, residentMiB }: Figure): void {
  const sorted = times.toSorted((one, other) => one - other);
  const cell = (value: number) => value.toFixed(1).padStart(7);
  const marks = `${percentile(sorted, 0.95) > slowMs ? " SLOW" : ""}${cpuMs > blockedMs ? " BLOCKED" : ""}`;
  write(
    `${name.padEnd(58)} p50 ${cell(percentile(sorted, 0.5))}  p95 ${cell(percentile(sorted, 0.95))}  max ${cell(percentile(sorted, 1))}  loop ${cell(blocked)} (${cell(cpuMs).trim()} of processor)  ${String(rows).padStart(4)} rows ${(bytes / 1024).toFixed(0).padStart(6)} KiB  resident ${residentMiB.toFixed(0)} MiB${marks}`,
  );
}

async function measure(
  program: RunningProgram,
  name: string,
  request: (round: number) => Promise<Answer | undefined>,
): Promise<void> {
  if (!name.includes(values.only)) return;
  const figure: Figure = { name, times: [], rows: 0, bytes: 0, blockedMs: 0, cpuMs: 0, residentMiB: 0 };
  await program.loopDelay();
  for (let round = 0; round < requests; round++) {
    const answer = await request(round);
    if (answer === undefined) break;
    if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.text.slice(0, 300)}`);
    figure.times.push(answer.ms);
    figure.bytes = Math.max(figure.bytes, answer.bytes);
    figure.rows = Math.max(figure.rows, rowsIn(answer).length);
  }
  ({ maxMs: figure.blockedMs, maxCpuMs: figure.cpuMs } = await program.loopDelay());
  figure.residentMiB = program.memoryMiB().resident;
  figures.push(figure);
  report(figure);
}

function bodyOf({ text }: Answer): { readonly rows?: readonly unknown[]; readonly next?: string } {
  return JSON.parse(text) as { rows?: readonly unknown[]; next?: string };
}

function rowsIn(answer: Answer): readonly unknown[] {
  return bodyOf(answer).rows ?? [];
}

/** One page after the other, from the first. */
async function measureDepth(program: RunningProgram, list: string, query: string): Promise<void> {
  let cursor = "";
  await measure(program, `${list} ?${query}, page after page`, async () => {
    const answer = await program.ask(`/api/v1/${list}?${query}${cursor}`);
    const { next } = bodyOf(answer);
    cursor = next === undefined ? "" : `&cursor=${next}`;
    return answer;
  });
}

/** How long a client that follows `next` needs for a search that finds nearly nothing. */
async function measureWhole(program: RunningProgram, query: string): Promise<void> {
  if (!query.includes(values.only)) return;
  const began = performance.now();
  let pages = 0;
  let found = 0;
  let cursor = "";
  const lastMs = 60_000;
  do {
    const answer = await program.ask(`/api/v1/connections?${encodeQuery(query)}&limit=1000${cursor}`);
    const { rows = [], next } = bodyOf(answer);
    pages++;
    found += rows.length;
    cursor = next === undefined ? "" : `&cursor=${next}`;
  } while (cursor !== "" && performance.now() - began < lastMs);
  const end = cursor === "" ? "the whole list" : `not the whole list in ${lastMs / 1000} s`;
  write(
    `connections ?${query}: ${found} rows in ${((performance.now() - began) / 1000).toFixed(1)} s, ${pages} pages, ${end}`,
  );
}

function encodeQuery(query: string): string {
  return query.replace(/^q=(.*)$/, (_all, words: string) => `q=${encodeURIComponent(words)}`);
}

async function measureAll(program: RunningProgram): Promise<void> {
  write("nothing asked, connections coming in:");
  await program.loopDelay();
  await delay(3000);
  const idle = await program.loopDelay();
  write(`  event loop blocked at most ${idle.maxMs.toFixed(1)} ms, ${idle.maxCpuMs.toFixed(1)} of processor`);
  for (const [list, queries] of Object.entries(asked)) {
    for (const query of queries) {
      await measure(program, `${list} ?${query}`, () => program.ask(`/api/v1/${list}?${encodeQuery(query)}`));
    }
    if (!list.endsWith("/groups")) await measureDepth(program, list, "limit=100");
  }
  await measure(program, "overview", () => program.ask("/api/v1/overview"));
  await measure(program, "hosts/10.0.0.17", () => program.ask("/api/v1/hosts/10.0.0.17"));
  await measure(program, "metrics", () => program.ask("/metrics").then((answer) => ({ ...answer, text: "{}" })));
  for (const format of ["jsonl", "csv"]) {
    let isOver = false;
    let bytes = 0;
    const began = performance.now();
    const exported = program.drain(`/api/v1/connections?format=${format}&limit=150000`).then((size) => {
      bytes = size;
      isOver = true;
    });
    await measure(program, `connections ? beside an export as ${format}`, async () =>
      isOver ? undefined : await program.ask("/api/v1/connections"),
    );
    await measure(program, `services ?q=port:443 beside an export as ${format}`, async () =>
      isOver ? undefined : await program.ask("/api/v1/services?q=port:443"),
    );
    await exported;
    if (values.only === "") {
      const seconds = (performance.now() - began) / 1000;
      write(`150,000 connections as ${format}: ${(bytes / 2 ** 20).toFixed(1)} MiB in ${seconds.toFixed(1)} s`);
    }
  }
  for (const query of [`q=${rare.userAgent}`, `q=country:${rare.country}`]) await measureWhole(program, query);
}

/** Clients that connect to the decoy, as `bench/inbound/load.c` makes them. */
function startLoad(folder: string, port: number): ChildProcess | undefined {
  if (rate === 0) return undefined;
  const load = path.join(folder, "load");
  execFileSync("gcc", ["-O2", "-o", load, path.join(import.meta.dirname, "../inbound/load.c")], { stdio: "inherit" });
  const words = [String(port), "50", "100000000", "2000", "3600", "varied", String(rate)];
  return startFirst(load, words, { stdio: "ignore" });
}

function storedConnections(program: RunningProgram): Promise<number> {
  return program
    .ask("/metrics")
    .then(({ text }) =>
      [...text.matchAll(/^harbinger_connections_total\{.*\} (\d+)/gm)].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      ),
    );
}

async function fill(location: string): Promise<void> {
  const began = performance.now();
  await using store = await openStore({ location });
  await fillStore(
    store,
    {
      connections: Number(values.connections),
      services: Number(values.services),
      devices: Number(values.devices),
      deliveries: Number(values.deliveries),
    },
    (text) => write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s ${text}`),
  );
  write(`filled in ${((performance.now() - began) / 1000).toFixed(0)} s`);
}

const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-bench-"));
const stack = new AsyncDisposableStack();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    void stack.disposeAsync().then(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(1);
    });
  });
}
try {
  let location: string;
  if (values.database?.startsWith("postgres:") === true) location = values.database;
  else if (values.store === "postgres") {
    location = stack.use(await startPostgres()).url;
    await fill(location);
    // As the server does by itself in the month that this stands for.
    const client = new pg.Client({ connectionString: location });
    await client.connect();
    await client.query("vacuum analyze");
    await client.end();
  } else {
    const file = values.database ?? path.join(folder, "filled.db");
    if (!existsSync(file)) {
      await fill(`sqlite:${file}.part`);
      renameSync(`${file}.part`, file);
    }
    const copy = path.join(folder, "harbinger.db");
    execFileSync("cp", [file, copy]);
    location = `sqlite:${copy}`;
  }
  const program = stack.use(await RunningProgram.start(folder, location));
  const load = startLoad(folder, program.decoyPort);
  stack.defer(() => void load?.kill("SIGKILL"));
  await delay(2000);
  const [load1 = 0] = os.loadavg();
  const before = await storedConnections(program);
  const began = performance.now();
  const memory: number[] = [];
  const timer = setInterval(() => memory.push(program.memoryMiB().resident), 1000);
  write(`load of the machine ${load1.toFixed(1)}; resident ${program.memoryMiB().resident.toFixed(0)} MiB`);
  await measureAll(program);
  clearInterval(timer);
  const seconds = (performance.now() - began) / 1000;
  const stored = (await storedConnections(program)) - before;
  memory.sort((one, other) => one - other);
  const { peak } = program.memoryMiB();
  write(
    `${(stored / seconds).toFixed(0)} connections per second recorded; load of the machine ${(os.loadavg()[0] ?? 0).toFixed(1)}`,
  );
  write(
    `resident: median ${percentile(memory, 0.5).toFixed(0)}, max ${percentile(memory, 1).toFixed(0)}, peak ${peak.toFixed(0)} MiB`,
  );
  const slow = figures.filter(
    ({ times }) =>
      percentile(
        times.toSorted((one, other) => one - other),
        0.95,
      ) > slowMs,
  );
  const blocked = figures.filter((figure) => figure.cpuMs > blockedMs);
  write(
    `${figures.length} requests measured; p95 over ${slowMs} ms: ${slow.length}; event loop blocked over ${blockedMs} ms: ${blocked.length}`,
  );
} finally {
  await stack.disposeAsync();
  rmSync(folder, { recursive: true, force: true });
}
