import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../core/address.ts";
import { coverageOf } from "../core/coverage.ts";
import { type EventQuery, type EventStore, formatEventId, positionOf, type StoreEvent } from "../core/event.ts";
import { silentLog } from "../core/log.ts";
import type { ScanResult } from "../core/scan-engine.ts";
import { systemClock } from "../platform/system-clock.ts";
import { RunCounters } from "./run-counters.ts";

const idAt = (change: number) => formatEventId({ connection: 0, discovery: 0, change, row: 0 });

/** A feed of scans whose first read fails. */
class FailingFeed implements EventStore {
  reads = 0;
  readonly #statuses = ["running", "complete", "failed", "complete"] as const;

  async latest() {
    return idAt(0);
  }

  async list({ after }: EventQuery): Promise<readonly StoreEvent[]> {
    this.reads += 1;
    if (this.reads === 1) throw new Error("the database is busy");
    const first = after === undefined ? 0 : positionOf(after).change;
    return this.#statuses.slice(first).map((status, index) => ({
      id: idAt(first + index + 1),
      kind: "scan",
      scan: { id: 1, watch: "lan", engine: "connect", status, startedAt: 1000, endedAt: 3000, notes: [], sighted: 0 },
    }));
  }

  subscribe(): Disposable {
    return { [Symbol.dispose]() {} };
  }
}

test("scans that ended are counted once, also after the database failed", async () => {
  const ending = new AbortController();
  const counters = new RunCounters();
  const store = { events: new FailingFeed() };
  const clock = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
  const options = { store, clock, log: silentLog, signal: ending.signal };
  void counters.follow(options);
  void counters.follow(options);
  while (store.events.reads < 10) await systemClock.sleep(5);
  ending.abort();
  await counters.ended();
  assert.deepEqual(counters.figures.scans, [
    { labels: { watch: "lan", status: "complete" }, count: 2 },
    { labels: { watch: "lan", status: "failed" }, count: 1 },
  ]);
  assert.deepEqual(counters.lastScanOf("lan"), { endedAt: 3000, durationMs: 2000 });
});

test("the coverage of a watch is that of its last scan that nobody stopped", async () => {
  const counters = new RunCounters();
  const ending = new AbortController();
  const store = { events: new FailingFeed() };
  const clock = { ...systemClock, sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
  void counters.follow({ store, clock, log: silentLog, signal: ending.signal });
  while (counters.lastScanOf("lan") === undefined) await systemClock.sleep(5);
  ending.abort();
  await counters.ended();
  const ran = (result: Pick<ScanResult, "status" | "coverage" | "reason">) =>
    counters.ran({
      ran: [{ watch: { name: "lan" }, result: { engine: "connect", notes: [], ...result } }],
    } as unknown as Parameters<RunCounters["ran"]>[0]);
  ran({ status: "complete", coverage: coverageOf([parseAddress("192.0.2.1") ?? assert.fail()], [22]) });
  const whole = counters.lastScanOf("lan")?.coverage;
  assert.equal(whole, 1);
  ran({ status: "partial", coverage: { kind: "none" }, reason: "nmap: no route; stopped by ann on the pages" });
  assert.equal(counters.lastScanOf("lan")?.coverage, whole);
  ran({ status: "partial", coverage: { kind: "none" }, reason: "the interface stopped by itself" });
  assert.notEqual(counters.lastScanOf("lan")?.coverage, whole);
});
