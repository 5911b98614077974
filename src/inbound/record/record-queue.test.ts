import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ManualClock } from "../../../test/notify/manual-clock.ts";
import { parseAddress } from "../../core/address.ts";
import type { Connection } from "../../core/connection.ts";
import type { ConnectionBatch, DueAlert } from "../../core/connection-store.ts";
import { silentLog } from "../../core/log.ts";
import { type PeerOriginStore, RecordQueue } from "./record-queue.ts";

class ListedBatch implements ConnectionBatch {
  readonly ids: string[] = [];
  readonly bytesEach: number;

  constructor(bytesEach: number) {
    this.bytesEach = bytesEach;
  }

  get count(): number {
    return this.ids.length;
  }

  get bytes(): number {
    return this.ids.length * this.bytesEach;
  }

  add(connection: Connection): void {
    this.ids.push(connection.id);
  }

  clear(): void {
    this.ids.length = 0;
  }
}

/** Keeps its input, unless it is set to fail. */
class ListedStore {
  readonly transactions: { readonly ids: readonly string[]; readonly alerts: readonly string[] }[] = [];
  failures = 0;
  bytes = 0;
  /** The records before each pruning. */
  readonly pruned: number[] = [];
  attempts = 0;
  readonly #bytesEach: number;

  constructor(bytesEach: number) {
    this.#bytesEach = bytesEach;
  }

  newBatch(): ConnectionBatch {
    return new ListedBatch(this.#bytesEach);
  }

  async record(batch: ConnectionBatch, alerts: readonly DueAlert[]): Promise<number> {
    this.attempts += 1;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error("no space");
    }
    assert.ok(batch instanceof ListedBatch);
    this.transactions.push({ ids: [...batch.ids], alerts: alerts.map(({ id }) => id) });
    this.bytes += batch.bytes;
    return this.bytes;
  }

  async prune({ keepBytes = 0 }: { readonly keepBytes?: number }): Promise<number> {
    this.pruned.push(this.bytes);
    this.bytes = keepBytes;
    return 1;
  }

  get ids(): readonly string[] {
    return this.transactions.flatMap(({ ids }) => ids);
  }
}

const address = parseAddress("192.0.2.1");
assert.ok(address !== undefined);
const endpoint = { address, port: 22 };

function connection(id: string): Connection {
  return {
    id,
    listener: "decoy",
    at: 0,
    peer: endpoint,
    local: endpoint,
    end: "reset",
    durationMs: 0,
    bytes: 0,
    payload: new Uint8Array(0),
    phase: "silent",
    identification: { protocol: "none", complete: false },
  };
}

function alert(id: string): DueAlert {
  return { id, at: 0, label: "decoy", channel: "mail", recipient: "a@example.org", data: "" };
}

function setUp(bytesEach = 100, maxStoredBytes?: number, origins?: PeerOriginStore) {
  const store = new ListedStore(bytesEach);
  const clock = new ManualClock();
  const reported: number[] = [];
  const errors: object[] = [];
  const thread = { load: 0 };
  const queue = new RecordQueue({
    connections: store,
    clock,
    log: { ...silentLog, error: (message, fields) => void errors.push({ message, ...fields }) },
    threadLoad: () => thread.load,
    stored: (alerts) => reported.push(alerts),
    ...(maxStoredBytes === undefined ? {} : { maxStoredBytes }),
    origins,
  });
  return { store, clock, reported, thread, queue, errors };
}

async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  clock.advance(ms);
  for (let turn = 0; turn < 5; turn++) await nextTurn();
}

describe("the record queue", () => {
  test("has the places of peers stored before their connections, and again where that fails", async () => {
    const seen: string[] = [];
    const stored: number[] = [];
    const { store, clock, queue } = setUp(100, undefined, {
      see: (address) => seen.push(address),
      store: async () => {
        stored.push(store.transactions.length);
        if (stored.length === 1) throw new Error("busy");
      },
    });
    queue.start();
    queue.add(connection("a"));
    await pass(clock, 50);
    assert.deepEqual([seen.length, stored, store.transactions.length], [1, [0], 0]);
    await pass(clock, 1000);
    assert.deepEqual([stored, store.transactions.map(({ ids }) => ids)], [[0, 0], [["a"]]]);
    await queue.stop();
  });

  test("stores a single connection soon, with the alert that is due for it", async () => {
    const { store, clock, reported, queue } = setUp();
    queue.start();
    queue.addAlert(alert("x"));
    queue.add(connection("a"));
    await pass(clock, 50);
    assert.deepEqual(store.transactions, [{ ids: ["a"], alerts: ["x"] }]);
    assert.deepEqual(reported, [1]);
    await queue.stop();
  });

  test("never stores an alert in an earlier transaction than its connection", async () => {
    const { store, clock, queue } = setUp();
    for (let index = 0; index < 9000; index++) {
      if (index % 1000 === 0) queue.addAlert(alert(`${index}`));
      queue.add(connection(`${index}`));
    }
    queue.start();
    for (let turn = 0; turn < 5; turn++) await pass(clock, 200);
    assert.equal(store.ids.length, 9000);
    for (const { ids, alerts } of store.transactions) for (const id of alerts) assert.ok(ids.includes(id), id);
    await queue.stop();
  });

  test("past the size limit prunes old connections before it stores more", async () => {
    const { store, clock, queue } = setUp(100, 250);
    queue.start();
    for (let index = 0; index < 6; index++) {
      queue.add(connection(`${index}`));
      await pass(clock, 50);
    }
    await queue.stop();
    assert.deepEqual(store.pruned, [300, 350, 350, 350]);
    assert.equal(store.bytes, 250);
  });

  test("while the store fails has room for a limited number and size of alerts, and again once it works", async () => {
    for (const [count, data] of [
      [5000, ""],
      [17, "x".repeat(1024 * 1024)],
    ] as const) {
      const { store, clock, queue } = setUp();
      store.failures = 3;
      queue.start();
      for (let index = 0; index < count; index++) queue.addAlert({ ...alert(`${index}`), data });
      assert.equal(queue.hasRoomForAlert(), false);
      assert.equal(queue.counters.waitingAlerts, count);
      for (let turn = 0; turn < 8; turn++) await pass(clock, 1000);
      assert.equal(store.transactions[0]?.alerts.length, count);
      assert.equal(queue.hasRoomForAlert(), true);
      await queue.stop();
    }
  });

  test("collects a batch for a time that depends on the rate: 50 ms, 20 ms under many connections, 150 ms if the thread is busy", async () => {
    const { store, clock, thread, queue } = setUp();
    queue.start();
    const storedAfter = async (count: number): Promise<number> => {
      const before = store.transactions.length;
      for (let index = 0; index < count; index++) queue.add(connection(`${before} ${index}`));
      for (let ms = 10; ms <= 200; ms += 10) {
        await pass(clock, 10);
        if (store.transactions.length > before) return ms;
      }
      return Number.POSITIVE_INFINITY;
    };
    thread.load = 0.9;
    assert.equal(await storedAfter(1), 50);
    assert.equal(await storedAfter(100), 50);
    assert.equal(await storedAfter(300), 150);
    thread.load = 0.3;
    assert.equal(await storedAfter(300), 150);
    assert.equal(await storedAfter(1), 20);
    assert.equal(await storedAfter(1), 50);
    await queue.stop();
  });

  test("stores a failed batch later, completely and once", async () => {
    const { store, clock, queue } = setUp();
    store.failures = 3;
    queue.start();
    queue.addAlert(alert("x"));
    queue.add(connection("a"));
    await pass(clock, 50);
    queue.add(connection("b"));
    for (let turn = 0; turn < 6; turn++) await pass(clock, 1000);
    assert.deepEqual(store.ids, ["a", "b"]);
    assert.equal(store.attempts, 5);
    await queue.stop();
  });

  test("needs bounded memory while the store fails for long, and counts what is left out", async () => {
    const { store, clock, queue } = setUp();
    store.failures = 1;
    queue.start();
    for (let index = 0; index < 60_000; index++) queue.add(connection(`${index}`));
    assert.equal(queue.counters.waiting, 50_000);
    assert.equal(queue.counters.dropped, 10_000);
    for (let turn = 0; turn < 20; turn++) await pass(clock, 1000);
    assert.equal(store.ids.length, 50_000);
    assert.deepEqual(queue.counters, { stored: 50_000, waiting: 0, waitingAlerts: 0, dropped: 0 });
    queue.add(connection("after"));
    await queue.stop();
    assert.equal(store.ids.at(-1), "after");
  });

  test("is full earlier with large payloads", async () => {
    const { queue } = setUp(65_536);
    queue.start();
    for (let index = 0; index < 5000; index++) queue.add(connection(`${index}`));
    assert.ok(queue.counters.waiting < 820, `${queue.counters.waiting}`);
    await queue.stop();
    assert.equal(queue.counters.waiting, 0);
  });

  test("stores the rest at shutdown; after two failures of the store it logs what is lost", async () => {
    const { store, queue } = setUp();
    queue.start();
    queue.add(connection("a"));
    await queue.stop();
    assert.deepEqual(store.ids, ["a"]);
    const failing = setUp();
    failing.store.failures = 9;
    failing.queue.start();
    failing.queue.add(connection("b"));
    failing.queue.addAlert(alert("c"));
    await failing.queue.stop();
    assert.equal(failing.store.attempts, 2);
    assert.deepEqual(failing.errors.at(-1), {
      message: "connections were lost at the shutdown: the database was not available",
      connections: 1,
      alerts: 1,
    });
  });
});
