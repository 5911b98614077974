/**
 * How long a summary of connections takes: the first one, which reads the rows, and later ones while connections are
 * recorded. Beside it, in the same run: the same counts by SQL for each summary.
 *
 *   node bench/store/summary.ts [--rows=1000000] [--peers=50000] [--rate=2000] [--seconds=20] [--store=LOCATION]
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ipv4FromNumber } from "../../src/core/address.ts";
import type { Connection } from "../../src/core/connection.ts";
import type { Store } from "../../src/core/store.ts";
import { openStore } from "../../src/store/open-store.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    peers: { type: "string", default: "50000" },
    rate: { type: "string", default: "2000" },
    seconds: { type: "string", default: "20" },
    store: { type: "string" },
  },
});
const rows = Number(values.rows);
const peers = Number(values.peers);
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const monthMs = 30 * 86_400_000;
const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-bench-"));
const file = path.join(folder, "harbinger.db");
const local = ipv4FromNumber(0xc0000201);
const ports = [22, 23, 80, 443, 445, 1433, 3389, 5900, 6379, 8080];
const payload = Buffer.from("GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n");
const agents = ["curl/8.5.0", "zgrab/0.x", "Mozilla/5.0 (compatible; CensysInspect/1.1)", "python-requests/2.31"];

let made = 0;
function connectionAt(at: number): Connection {
  const index = made++;
  const userAgent = agents[index % agents.length] ?? "";
  return {
    id: `summary-${index.toString(36).padStart(8, "0")}`,
    listener: index % 5 === 0 ? "quiet" : "decoy",
    at,
    // A few peers come often, most seldom.
    peer: { address: peerOf(index), port: 1024 + (index % 60_000) },
    local: { address: local, port: ports[index % ports.length] ?? 1 },
    end: "client-closed",
    durationMs: 12.5,
    bytes: payload.length,
    payload,
    phase: "client-first",
    identification: { protocol: "http", complete: true, http: { method: "GET", path: `/${index % 500}`, userAgent } },
  };
}

function peerOf(index: number) {
  const place = index % 3 === 0 ? index % 100 : Math.imul(index, 2_654_435_761) % peers;
  return ipv4FromNumber((0x0b000000 + Math.imul(Math.abs(place), 7919)) >>> 0);
}

async function fill(store: Store): Promise<void> {
  const now = Date.now();
  const batch = store.connections.newBatch();
  for (let row = 0; row < rows; row++) {
    batch.add(connectionAt(Math.floor(now - monthMs + (row / rows) * monthMs)));
    if (batch.count < 1000 && row < rows - 1) continue;
    await store.connections.record(batch, []);
    batch.clear();
  }
  const origin = (place: number) => ({
    countryCode: ["US", "CN", "DE", "NL", "BR"][place % 5] ?? "US",
    asn: 64_500 + (place % 900),
    organization: `Example ${place % 900}`,
  });
  for (let start = 0; start < peers; start += 5000) {
    const places = Array.from({ length: Math.min(5000, peers - start) }, (_, place) => start + place);
    await store.connections.setOrigins(
      places.map((place) => ({
        address: ipv4FromNumber((0x0b000000 + Math.imul(place, 7919)) >>> 0),
        origin: origin(place),
        at: now,
      })),
    );
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function bySql(): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const start = performance.now();
  const since = Date.now() - monthMs;
  for (const column of ["listener, at / 3600000", "peer", "protocol", "local_port"]) {
    database
      .prepare(
        `select ${column}, count(*) n from connections where at >= ? group by ${column} order by n desc limit 10`,
      )
      .all(since);
  }
  const took = performance.now() - start;
  database.close();
  return took;
}

function quantile(sorted: readonly number[], part: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);
}

try {
  await using store = await openStore({ location: values.store ?? `sqlite:${file}` });
  write(`stored ${rows} connections in ${((await timed(() => fill(store))) / 1000).toFixed(0)} s`);
  const day = () => store.connections.summary({ since: Date.now() - 86_400_000, top: 10 });
  const month = () => store.connections.summary({ since: Date.now() - monthMs, top: 10 });
  write(`first summary of a day: ${(await timed(day)).toFixed(0)} ms`);
  write(`first summary of 30 days: ${(await timed(month)).toFixed(0)} ms`);
  if (values.store === undefined) write(`by SQL, 30 days: ${bySql().toFixed(0)} ms`);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const end = performance.now() + seconds * 1000;
  const days: number[] = [];
  const months: number[] = [];
  const recording = (async () => {
    const batch = store.connections.newBatch();
    const start = performance.now();
    let sent = 0;
    while (performance.now() < end) {
      const wanted = ((performance.now() - start) / 1000) * rate;
      while (sent++ < wanted) batch.add(connectionAt(Date.now()));
      await store.connections.record(batch, []);
      batch.clear();
      await setTimeout(50);
    }
  })();
  while (performance.now() < end) {
    days.push(await timed(day));
    months.push(await timed(month));
    await setTimeout(500);
  }
  await recording;
  delay.disable();
  for (const [name, list] of [
    ["a day", days],
    ["30 days", months],
  ] as const) {
    const sorted = list.toSorted((one, other) => one - other);
    write(
      `with ${rate} connections/s, summary of ${name}: p50 ${quantile(sorted, 0.5)} ms, p95 ${quantile(sorted, 0.95)} ms, max ${quantile(sorted, 1)} ms`,
    );
  }
  write(
    `event loop blocked at most ${(delay.max / 1e6).toFixed(1)} ms; resident ${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
