/**
 * A million known services against a million sightings, of which some are new and some are missing: how long the store
 * takes to store the sightings and to finish the scan, and its peak memory. The baseline, in the same run:
 * row by row (look each sighting up, update or insert it, in one transaction) on a tenth of them, and the same
 * sightings only inserted into a table of `node:sqlite`.
 *
 *   node bench/store/million.ts [--services=1000000] [--change=10000] [--store=LOCATION] [--patience=1] [--shuffle]
 *     [--ports=1]  open ports of each host; of many, the watch asks one more
 *     [--every]    the watch asks no other ports: every tried port of each host answers
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { ipv4FromNumber } from "../../src/core/address.ts";
import type { ScanOutcome } from "../../src/core/scan-store.ts";
import type { Sighting } from "../../src/core/sighting.ts";
import type { Store } from "../../src/core/store.ts";
import { openStore } from "../../src/store/open-store.ts";

const { values } = parseArgs({
  options: {
    services: { type: "string", default: "1000000" },
    change: { type: "string", default: "10000" },
    store: { type: "string" },
    patience: { type: "string", default: "1" },
    ports: { type: "string", default: "1" },
    every: { type: "boolean", default: false },
    shuffle: { type: "boolean", default: false },
    baseline: { type: "boolean", default: true },
  },
  allowNegative: true,
});
const services = Number(values.services);
const change = Number(values.change);
const batchSize = 5000;
const firstAddress = 0x0a000000;
const firstPort = 443;
const openPorts = Number(values.ports);
const askedPorts = values.every || openPorts === 1 ? openPorts : openPorts + 1;
const ports = Array.from({ length: askedPorts }, (_, index) => firstPort + index);
const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-bench-"));

const outcome: ScanOutcome = {
  at: 0,
  status: "complete",
  engine: "connect",
  notes: [],
  coverage: {
    kind: "ranges",
    ranges: [{ family: 4, first: BigInt(firstAddress), last: BigInt(firstAddress + 2 * services) }],
    ports,
    except: [],
  },
  policy: { goneAfter: Number(values.patience), flapLimit: 4, flapWindowMs: 3_600_000, announceFailure: "changes" },
  audiences: [{ label: "bench", channel: "mail", recipient: "bench@example.org", watches: ["bench"] }],
};

interface Timing {
  readonly loadMs: number;
  readonly finishMs: number;
  readonly worstPauseMs: number;
}

/** Numbers from 0 to `count`, in order or mixed without a table: multiplication by a number coprime to it. */
function position(index: number, count: number): number {
  if (!values.shuffle) return index;
  return Number((BigInt(index) * 611_953n) % BigInt(count));
}

function* batches(first: number, count: number): Generator<Sighting[]> {
  for (let start = 0; start < count; start += batchSize) {
    const batch: Sighting[] = [];
    for (let index = start; index < Math.min(start + batchSize, count); index++) {
      const place = first + position(index, count);
      const address = ipv4FromNumber(firstAddress + Math.floor(place / openPorts));
      batch.push({ address, port: firstPort + (place % openPorts) });
    }
    yield batch;
  }
}

async function scan(store: Store, first: number, at: number): Promise<Timing> {
  const pauses = watchPauses();
  const session = await store.scans.begin({ watch: "bench", ports, engine: "connect", at });
  let begun = performance.now();
  for (const batch of batches(first, services)) await session.add(batch);
  const loadMs = performance.now() - begun;
  begun = performance.now();
  const summary = await session.finish({ ...outcome, at });
  const finishMs = performance.now() - begun;
  report(`  ${JSON.stringify(summary.counts)}`);
  return { loadMs, finishMs, worstPauseMs: pauses.end() };
}

/** The longest time that the event loop of this thread was blocked. */
function watchPauses(): { end(): number } {
  let last = performance.now();
  let worst = 0;
  const look = () => {
    const now = performance.now();
    worst = Math.max(worst, now - last - 5);
    last = now;
  };
  const timer = setInterval(look, 5);
  return {
    end() {
      look();
      clearInterval(timer);
      return worst;
    },
  };
}

function rowByRow(count: number): number {
  const database = new DatabaseSync(path.join(folder, "rows.db"));
  database.exec(`pragma journal_mode = wal;
    create table hosts (ip_address text, port integer, first_seen text, last_seen text, primary key (ip_address, port))`);
  const select = database.prepare("select first_seen from hosts where ip_address = ? and port = ?");
  const insert = database.prepare("insert into hosts values (?, ?, ?, ?)");
  const update = database.prepare("update hosts set last_seen = ? where ip_address = ? and port = ?");
  const pass = (first: number, now: string) => {
    database.exec("begin");
    for (const batch of batches(first, count)) {
      for (const { address, port } of batch) {
        if (select.get(address, port) === undefined) insert.run(address, port, now, now);
        else update.run(now, address, port);
      }
    }
    database.exec("commit");
  };
  pass(0, "2024-01-01T00:00:00");
  const begun = performance.now();
  pass(Math.round(change / 10), "2024-01-02T00:00:00");
  const elapsed = performance.now() - begun;
  database.close();
  return elapsed;
}

function rawInsert(): number {
  const database = new DatabaseSync(path.join(folder, "raw.db"));
  database.exec("pragma journal_mode = wal; create table hosts (endpoint integer primary key)");
  const insert = database.prepare("insert or ignore into hosts values (?)");
  const begun = performance.now();
  database.exec("begin");
  for (const batch of batches(0, services)) {
    for (const sighting of batch) insert.run(addressNumber(sighting) * 65536 + sighting.port);
  }
  database.exec("commit");
  const elapsed = performance.now() - begun;
  database.close();
  return elapsed;
}

function addressNumber(sighting: Sighting): number {
  return sighting.address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

try {
  const store = await openStore({ location: values.store ?? path.join(folder, "bench.db") });
  report(`first scan, ${services} services, all new:`);
  const first = await scan(store, 0, 1_700_000_000_000);
  report(`  load ${seconds(first.loadMs)}, finish ${seconds(first.finishMs)}`);
  report(`second scan, ${change} new, ${change} missing, the rest as before:`);
  const second = await scan(store, change, 1_700_000_060_000);
  report(`  load ${seconds(second.loadMs)}, finish ${seconds(second.finishMs)}`);
  report(`  event loop held up for ${second.worstPauseMs.toFixed(0)} ms at most`);
  const total = second.loadMs + second.finishMs;
  report(
    `  load + finish ${seconds(total)}, memory at its peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
  );
  await store[Symbol.asyncDispose]();
  if (values.baseline) {
    const raw = rawInsert();
    report(`baseline, a million bare inserts: ${seconds(raw)}; ratio ${(total / raw).toFixed(2)}`);
    const sample = Math.round(services / 10);
    const rows = rowByRow(sample) * (services / sample);
    report(`baseline, row by row (from ${sample}): ${seconds(rows)}; ratio ${(total / rows).toFixed(2)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
