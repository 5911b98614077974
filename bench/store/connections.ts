/**
 * A flood at a decoy: how many connections per second the store keeps, in this thread and in a separate one, and what that
 * costs the thread that listens. The baselines, in the same run: the same batches passed to a thread that does nothing
 * with them, as objects and packed; and the same rows only inserted with `node:sqlite`, one statement per row.
 *
 *   node bench/store/connections.ts [--rows=100000] [--batch=1000] [--peers=20000] [--ports=20] [--store=LOCATION] [--look]
 *     [--without=INDEX,...]
 *
 * `--without` measures a store that lacks these indices, too, and what pruning costs with and without them.
 */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { ipv4FromNumber } from "../../src/core/address.ts";
import type { Connection } from "../../src/core/connection.ts";
import type { Page } from "../../src/core/page.ts";
import type { Store } from "../../src/core/store.ts";
import { PackedBatch } from "../../src/store/connections/packed-batch.ts";
import {
  type ConnectionCell,
  connectionColumns,
  PackedReader,
  transferables,
} from "../../src/store/connections/packed-connections.ts";
import { openStore } from "../../src/store/open-store.ts";
import { identify } from "../../src/wire/identify.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "100000" },
    batch: { type: "string", default: "1000" },
    peers: { type: "string", default: "20000" },
    ports: { type: "string", default: "20" },
    without: { type: "string", default: "" },
    store: { type: "string" },
    look: { type: "boolean", default: false },
  },
});
const rows = Number(values.rows);
const batchSize = Number(values.batch);
const peers = Number(values.peers);
const ports = Number(values.ports);
const without = values.without.split(",").filter((name) => name !== "");
const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-bench-"));
const epoch = Date.UTC(2026, 0, 1);

const request = Buffer.from(
  "GET /manager/html HTTP/1.1\r\nHost: 192.0.2.1:8080\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) " +
    "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n",
);
const identification = identify(request);
const local = ipv4FromNumber(0xc0000201);

/** The parts of a connection that take time to make, separate for each. */
const templates = Array.from({ length: batchSize }, (_, index) => ({
  listener: "decoy",
  local: { address: local, port: 8080 + (index % ports) },
  end: "client-closed" as const,
  durationMs: 12.345,
  bytes: request.length,
  payload: Uint8Array.from(request),
  phase: "client-first" as const,
  identification: structuredClone(identification),
}));

function makeBatch(first: number): Connection[] {
  return templates.slice(0, rows - first).map((template, i) => {
    const index = first + i;
    return {
      ...template,
      id: `mabcdefg-k3j4h5g6-${index.toString(36).padStart(7, "0")}`,
      at: epoch + Math.floor(index / 20),
      // Peers in mixed order, by multiplication with an odd number.
      peer: { address: ipv4FromNumber(Math.imul(index % peers, 2_654_435_761) >>> 0), port: 1024 + (index % 60_000) },
    };
  });
}

function filled(connections: readonly Connection[]): PackedBatch {
  const batch = new PackedBatch();
  for (const connection of connections) batch.add(connection);
  return batch;
}

interface Cost {
  /** Time in `work` only. */
  readonly elapsedMs: number;
  /** Processor time of this thread. */
  readonly threadMs: number;
  readonly processMs: number;
}

/** The steps of processor time are longer than a batch: it is measured over all batches, including their creation. */
async function measureAll(work: (batch: Connection[]) => Promise<unknown>): Promise<Cost> {
  let elapsedMs = 0;
  const thread = process.threadCpuUsage();
  const all = process.cpuUsage();
  for (let first = 0; first < rows; first += batchSize) {
    const batch = makeBatch(first);
    const begun = performance.now();
    await work(batch);
    elapsedMs += performance.now() - begun;
  }
  const threadUsed = process.threadCpuUsage(thread);
  const allUsed = process.cpuUsage(all);
  return {
    elapsedMs,
    threadMs: (threadUsed.user + threadUsed.system) / 1000,
    processMs: (allUsed.user + allUsed.system) / 1000,
  };
}

/** What `work` costs on all batches, without their creation. */
async function measure(work: (batch: Connection[]) => Promise<unknown>): Promise<Cost> {
  const cost = await measureAll(work);
  return {
    elapsedMs: cost.elapsedMs,
    threadMs: cost.threadMs - making.threadMs,
    processMs: cost.processMs - making.processMs,
  };
}

function report(name: string, { elapsedMs, threadMs, processMs }: Cost): void {
  const each = (ms: number) => `${((ms / rows) * 1000).toFixed(2)} us`.padStart(9);
  const rate = Math.round((rows / elapsedMs) * 1000).toLocaleString("en");
  write(
    `${name.padEnd(44)} ${rate.padStart(9)} rows/s   this thread ${each(threadMs)}/row   in all ${each(processMs)}/row`,
  );
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function handOver(name: string, post: (idle: Worker, batch: Connection[]) => void): Promise<void> {
  const idle = new Worker(
    'const { parentPort } = require("node:worker_threads"); parentPort.on("message", () => parentPort.postMessage(0));',
    { eval: true },
  );
  await once(idle, "online");
  const cost = await measure(async (batch) => {
    const taken = once(idle, "message");
    post(idle, batch);
    await taken;
  });
  report(name, cost);
  await idle.terminate();
}

async function keep(name: string, store: Store): Promise<void> {
  const before = await store.connections.count();
  const cost = await measure((batch) => store.connections.record(filled(batch), []));
  report(name, cost);
  const kept = (await store.connections.count()) - before;
  if (before === 0 && kept !== rows) throw new Error(`${kept} of ${rows} were kept`);
}

/** The same store with and without some indices, in turns: the disk's speed changes. */
async function compareIndices(): Promise<void> {
  for (const round of [1, 2, 3]) {
    for (const dropped of [[], without]) {
      const file = path.join(folder, `${round}-${dropped.length}.db`);
      await (await openStore({ location: file, thread: "caller" }))[Symbol.asyncDispose]();
      using database = new DatabaseSync(file);
      for (const index of dropped) database.exec(`drop index ${index}`);
      database.close();
      await using store = await openStore({ location: file, thread: "caller" });
      await keep(dropped.length === 0 ? "with all indices" : `without ${dropped.join(", ")}`, store);
      await timed("prune to nine tenths", () => store.connections.prune({ keepAtMost: Math.round(rows * 0.9) }));
    }
  }
}

async function bareInserts(): Promise<void> {
  const database = new DatabaseSync(path.join(folder, "bare.db"));
  database.exec(
    `pragma journal_mode = wal; pragma synchronous = full; create table c (${connectionColumns.join(", ")})`,
  );
  const insert = database.prepare(`insert into c values (${connectionColumns.map(() => "?").join(", ")})`);
  const cost = await measure(async (batch) => {
    database.exec("begin");
    const packed = filled(batch).pack();
    // Here the payload is in the row itself.
    const reader = new PackedReader(packed, { places: [], firstNumber: 0 });
    for (let row = 0; row < packed.count; row++) {
      const cells: ConnectionCell[] = [];
      reader.appendTo(cells);
      insert.run(...cells);
    }
    database.exec("commit");
  });
  report("baseline: bare inserts, no index, this thread", cost);
  database.close();
}

async function timed(name: string, work: () => Promise<Page<unknown> | number>): Promise<void> {
  const begun = performance.now();
  const result = await work();
  const text = typeof result === "number" ? String(result) : `${result.rows.length} rows`;
  write(`  ${name.padEnd(42)} ${(performance.now() - begun).toFixed(1).padStart(9)} ms   (${text})`);
}

/** What a page, a count and pruning cost on the rows that were just written. */
async function lookAndPrune({ connections }: Store): Promise<void> {
  const all = { first: ipv4FromNumber(0), last: ipv4FromNumber(0xffff_ffff) };
  const one = { first: ipv4FromNumber(0), last: ipv4FromNumber(0) };
  await timed("newest page", () => connections.list({ limit: 100 }));
  await timed("newest page again", () => connections.list({ limit: 100 }));
  await timed("page of a port without connections", () => connections.list({ limit: 100, port: 1 }));
  await timed("page of one peer", () => connections.list({ limit: 100, peer: one }));
  await timed("page of all IPv4 peers as a range", () => connections.list({ limit: 100, peer: all }));
  await timed("count", () => connections.count());
  await timed("prune to nine tenths", () => connections.prune({ keepAtMost: Math.round(rows * 0.9) }));
}

// Twice: the first time includes compilation.
await measureAll(async () => {});
const making = await measureAll(async () => {});

try {
  write(`${rows} connections in batches of ${batchSize} from ${peers} peers`);
  await handOver("baseline: handed over as objects", (idle, batch) => idle.postMessage(batch));
  await handOver("baseline: handed over packed", (idle, batch) => {
    const packed = filled(batch).pack();
    idle.postMessage(packed, transferables(packed));
  });
  await bareInserts();
  if (values.store === undefined) {
    await using store = await openStore({ location: path.join(folder, "caller.db"), thread: "caller" });
    await keep("store in this thread", store);
  }
  if (without.length > 0) await compareIndices();
  await using store = await openStore({ location: values.store ?? path.join(folder, "own.db") });
  await keep(values.store === undefined ? "store in a thread of its own" : "store as told", store);
  if (values.look) await lookAndPrune(store);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
