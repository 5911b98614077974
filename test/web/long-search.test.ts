/** A search that compares each row: the thread that serves everybody does something else in between, and looks at the time. */
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { setImmediate as otherWork } from "node:timers/promises";
import type { ConnectionStore } from "../../src/core/connection-store.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { openStore } from "../../src/store/open-store.ts";
import { temporaryFolder } from "../harness/cli.ts";
import { connection, record } from "../store/inbound-sample.ts";
import { apiServer } from "./api-server.ts";
import { withOne } from "./with-one.ts";

const rows = 1000;

test("a search reads few rows at once, tests them in portions, and ends when its time is over", async () => {
  using folder = temporaryFolder();
  await using store = await openStore({ location: path.join(folder.path, "harbinger.db"), thread: "caller" });
  const all = Array.from({ length: rows }, (_, index) => connection(`c${index}`, { at: Date.now() - index }));
  await record(store, all, []);
  let ticks = 0;
  const limits: number[] = [];
  /** By the tick of the event loop: which rows were looked at. */
  const looked = new Map<number, Set<object>>();
  const list: ConnectionStore["list"] = async (query) => {
    limits.push(query.limit);
    const page = await store.connections.list(query);
    const watched = page.rows.map(
      (row) =>
        new Proxy(row, {
          get: (target, name) => {
            looked.set(ticks, (looked.get(ticks) ?? new Set()).add(target));
            return Reflect.get(target, name, target);
          },
        }),
    );
    return { ...page, rows: watched };
  };
  let now = 0;
  let step = 0;
  const monotonic = () => {
    now += step;
    return now;
  };
  const watchedStore = withOne(store, "connections", withOne(store.connections, "list", list));
  await using server = await apiServer(watchedStore, { clock: { ...systemClock, monotonic } });
  const q = Array.from({ length: 19 }, (_, index) => `NOT+zq${index}x`).join("+");
  await using _ = countTicks(() => {
    ticks += 1;
  });
  // Rows that pass are looked at once more for the answer, so none does.
  const none = await server.json(`/api/v1/connections?limit=1000&q=${q}+NOT+listener:decoy`);
  assert.deepEqual(none["rows"], []);
  assert.deepEqual(limits, [200, 200, 200, 200, 200]);
  const portions = [...looked.values()].map(({ size }) => size);
  assert.equal(
    portions.reduce((sum, size) => sum + size, 0),
    rows,
  );
  assert.ok(Math.max(...portions) <= 50, `${Math.max(...portions)} rows in one go`);
  limits.length = 0;
  step = 60;
  const some = await server.json(`/api/v1/connections?limit=1000&q=${q}`);
  assert.equal((some["rows"] as unknown[]).length, 200);
  assert.equal(typeof some["next"], "string");
  assert.deepEqual(limits, [200]);
});

/** Calls `count` in each turn of the event loop, until it is disposed. */
function countTicks(count: () => void): AsyncDisposable {
  let isRunning = true;
  const counting = (async () => {
    while (isRunning) {
      count();
      await otherWork();
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      isRunning = false;
      await counting;
    },
  };
}
