import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "./clock.ts";
import { type EventId, type EventStore, formatEventId, positionOf, type StoreEvent } from "./event.ts";
import type { ScanRecord } from "./scan-record.ts";
import { watchEvents } from "./watch-events.ts";

const scan: ScanRecord = {
  id: 1,
  watch: "w",
  engine: "connect",
  startedAt: 0,
  status: "running",
  notes: [],
  sighted: 0,
};

function idAt(discovery: number): EventId {
  return formatEventId({ connection: 0, discovery, change: 0, row: 0 });
}

/** A feed of scans, one for each number. */
class Feed implements EventStore {
  count = 0;
  reads = 0;
  readonly listeners = new Set<() => void>();

  add(count = 1): void {
    this.count += count;
    for (const listener of this.listeners) listener();
  }

  async latest(): Promise<EventId> {
    return idAt(this.count);
  }

  async list({ after, limit }: Parameters<EventStore["list"]>[0]): Promise<readonly StoreEvent[]> {
    this.reads += 1;
    const first = after === undefined ? 0 : positionOf(after).discovery;
    return Array.from({ length: Math.min(limit, this.count - first) }, (_, index) => ({
      id: idAt(first + index + 1),
      kind: "scan",
      scan,
    }));
  }

  subscribe(listener: () => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }
}

/** Short sleeps end at once; long ones only with the signal. */
const clock: Clock = {
  now: () => 0,
  monotonic: () => 0,
  sleep: (ms, signal) =>
    ms < 1000 || signal === undefined || signal.aborted
      ? Promise.resolve()
      : new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true })),
};

test("new events arrive in the order of the feed", async () => {
  const feed = new Feed();
  feed.add(3);
  const stop = new AbortController();
  const seen: string[] = [];
  const watching = watchEvents({ events: feed, clock, signal: stop.signal });
  const first = watching.next();
  while (feed.listeners.size === 0) await Promise.resolve();
  feed.add();
  seen.push(...((await first).value ?? []).map((event: StoreEvent) => event.id));
  const second = watching.next();
  feed.add(2);
  seen.push(...((await second).value ?? []).map((event: StoreEvent) => event.id));
  assert.deepEqual(seen, [idAt(4), idAt(5), idAt(6)]);
  const third = watching.next();
  stop.abort();
  assert.equal((await third).done, true);
  assert.equal(feed.listeners.size, 0, "the subscription ended");
});

test("a client that was disconnected gets everything since, in batches", async () => {
  const feed = new Feed();
  feed.add(1200);
  const sizes: number[] = [];
  const signal = AbortSignal.any([]);
  for await (const batch of watchEvents({ events: feed, after: idAt(0), clock, signal })) {
    sizes.push(batch.length);
    if (sizes.length === 3) break;
  }
  assert.deepEqual(sizes, [500, 500, 200]);
  assert.equal(feed.reads, 3);
});

test("events that are recorded while the feed is read are returned without waiting", async () => {
  const feed = new Feed();
  const stop = new AbortController();
  const list = feed.list.bind(feed);
  feed.list = async (query) => {
    const events = await list(query);
    if (feed.reads === 1) feed.add();
    return events;
  };
  const watching = watchEvents({ events: feed, clock, signal: stop.signal });
  const { value } = await watching.next();
  assert.deepEqual(
    (value ?? []).map((event: StoreEvent) => event.id),
    [idAt(1)],
  );
  stop.abort();
});
