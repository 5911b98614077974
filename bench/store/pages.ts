/**
 * What a page costs in a full database: 50th, 95th and 100th percentile in milliseconds, of pages of 100 connections from
 * the newest on, in sequence, from random times on, of one peer, of rare and frequent ports, protocols and listeners, and of
 * the feed of events from random places; and of 100 hosts, which have ten services each.
 *
 *   node bench/store/pages.ts [--rows=1000000] [--hosts=10000] [--pages=200] [--store=LOCATION]
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { type Address, ipv4FromNumber } from "../../src/core/address.ts";
import type { ConnectionQuery } from "../../src/core/connection-store.ts";
import { formatEventId } from "../../src/core/event.ts";
import { type Cursor, formatCursor } from "../../src/core/page.ts";
import type { Store } from "../../src/core/store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { identify } from "../../src/wire/identify.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    hosts: { type: "string", default: "10000" },
    pages: { type: "string", default: "200" },
    store: { type: "string" },
  },
});
const rows = Number(values.rows);
const hosts = Number(values.hosts);
const pages = Number(values.pages);
const batchSize = 5000;
const peers = 20_000;
const limit = 100;
const local = ipv4FromNumber(0xc000_0201);
const http = sent("GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n");
const redis = sent("*1\r\n$4\r\nPING\r\n");

function sent(text: string) {
  const payload = new Uint8Array(Buffer.from(text));
  return { payload, bytes: payload.length, identification: identify(payload) };
}

/** Whether the connection is one of the few with a rare value; `which` keeps the values apart. */
function isRare(index: number, which: number): boolean {
  return index % 100_003 === which;
}

/** Each in its own millisecond. */
async function fill(store: Store): Promise<void> {
  const batch = store.connections.newBatch();
  for (let index = 0; index < rows; index++) {
    batch.add({
      id: `connection-${index}`,
      ...(isRare(index, 1) ? redis : http),
      listener: isRare(index, 2) ? "quiet" : "decoy",
      at: index,
      peer: { address: peer(index), port: 40_000 },
      local: { address: local, port: isRare(index, 3) ? 6379 : 8080 + (index % 4) },
      end: "client-closed",
      durationMs: 1,
      phase: "client-first",
    });
    if (batch.count < batchSize && index < rows - 1) continue;
    await store.connections.record(batch, []);
    batch.clear();
  }
}

const hostPorts = [22, 25, 53, 80, 110, 143, 443, 993, 3306, 8080];
const rareHostPort = 9100;

async function fillHosts(store: Store): Promise<void> {
  const ports = [...hostPorts, rareHostPort];
  const session = await store.scans.begin({ watch: "lan", ports, engine: "connect", at: 0 });
  for (let start = 0; start < hosts; start += limit) {
    const batch = Array.from({ length: Math.min(limit, hosts - start) }, (_, place) => start + place);
    await session.add(
      batch.flatMap((index) =>
        (index % 1000 === 1 ? ports : hostPorts).map((port) => ({
          address: peer(index),
          port,
          hostname: `host-${index}.lan`,
        })),
      ),
    );
  }
  await session.finish({
    at: 1,
    status: "complete",
    engine: "connect",
    notes: [],
    coverage: { kind: "all" },
    policy: { goneAfter: 1, flapLimit: 4, flapWindowMs: 1, announceFailure: "always" },
    audiences: [],
  });
}

async function reportHosts({ services }: Store): Promise<void> {
  let after: Cursor | undefined;
  await report("pages of hosts, one after the other", async () => {
    after = (await services.hosts({ limit, after })).next;
  });
  await report("pages of hosts from a random place on", () => {
    const place = formatCursor([peer(Math.floor(Math.random() * hosts))]);
    return services.hosts({ limit, after: place });
  });
  await report("pages of present hosts of a watch", () => services.hosts({ limit, watch: "lan", state: "present" }));
  await report("pages of hosts with a frequent port", () => services.hosts({ limit, port: 8080 }));
  await report("pages of hosts with a rare port", () => services.hosts({ limit, port: rareHostPort }));
  await report("pages of services", () => services.list({ limit }));
}

function peer(index: number): Address {
  return ipv4FromNumber(0x0a00_0000 + (index % peers));
}

async function report(name: string, page: (index: number) => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < pages; index++) {
    const begun = performance.now();
    await page(index);
    times.push(performance.now() - begun);
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => (times[Math.ceil(times.length * share) - 1] ?? 0).toFixed(1).padStart(7);
  write(`${name.padEnd(46)} p50 ${at(0.5)} ms   p95 ${at(0.95)} ms   max ${at(1)} ms`);
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function reportAll({ connections, events }: Store): Promise<void> {
  let after: Cursor | undefined;
  await report("newest pages, one after the other", async () => {
    after = (await connections.list({ limit, after })).next;
  });
  await report("oldest pages, from the start", () => connections.list({ limit, order: "ascending" }));
  await report("pages from a random time on", () =>
    connections.list({ limit, until: Math.floor(Math.random() * rows) }),
  );
  await report("pages of one peer", (index) => {
    const first = peer(index * 97);
    return connections.list({ limit, peer: { first, last: first } });
  });
  const filters: Readonly<Record<string, Omit<ConnectionQuery, "limit">>> = {
    "a frequent port": { port: 8080 },
    "a rare port": { port: 6379 },
    "a port without connections": { port: 1 },
    "a frequent protocol": { protocol: "http" },
    "a rare protocol": { protocol: "redis" },
    "a frequent listener": { listener: "decoy" },
    "a rare listener": { listener: "quiet" },
    "a frequent port and a rare protocol": { port: 8080, protocol: "redis" },
    "a rare port and a frequent protocol": { port: 6379, protocol: "http" },
    "a rare port of a frequent listener": { port: 6379, listener: "decoy" },
    "a frequent port of a small network": { port: 8080, peer: { first: peer(512), last: peer(767) } },
    "a frequent protocol of one peer": { protocol: "http", peer: { first: peer(512), last: peer(512) } },
  };
  for (const [name, filter] of Object.entries(filters)) {
    await report(`pages of ${name}`, () => {
      const until = Math.floor((0.9 + Math.random() / 10) * rows);
      return connections.list({ limit, until, ...filter });
    });
  }
  await report("events from a random place on", () => {
    const connection = Math.floor(Math.random() * rows);
    return events.list({ limit, after: formatEventId({ connection, discovery: 0, change: 0, row: 0 }) });
  });
}

const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-bench-"));
try {
  await using store = await openStore({ location: values.store ?? path.join(folder, "pages.db") });
  await fill(store);
  write(`pages of ${limit} of ${await store.connections.count()} connections from ${peers} peers`);
  await reportAll(store);
  await fillHosts(store);
  write(`pages of ${limit} of ${hosts} hosts with ${await store.services.count()} services`);
  await reportHosts(store);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
