import assert from "node:assert/strict";
import { test } from "node:test";
import { forEachConcurrently } from "./for-each-concurrently.ts";

async function* numbers(count: number, onReturn = () => {}): AsyncGenerator<number> {
  try {
    for (let i = 0; i < count; i++) yield i;
  } finally {
    onReturn();
  }
}

test("every item runs once, within the limit, and a slow one does not block the others", async () => {
  const gate = Promise.withResolvers<void>();
  const done: number[] = [];
  let running = 0;
  let max = 0;
  await forEachConcurrently(numbers(20), 3, async (item) => {
    running += 1;
    max = Math.max(max, running);
    await (item === 0 ? gate.promise : new Promise((resolve) => setImmediate(resolve)));
    done.push(item);
    running -= 1;
    if (done.length === 19) gate.resolve();
  });
  assert.equal(max, 3);
  assert.equal(done.at(-1), 0);
  assert.deepEqual(
    done.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => i),
  );
});

test("the first failure is thrown after all started items have ended, and no further item is started", async () => {
  const gate = Promise.withResolvers<void>();
  const ended: number[] = [];
  let isClosed = false;
  const working = forEachConcurrently(
    numbers(20, () => {
      isClosed = true;
    }),
    3,
    async (item) => {
      if (item === 1) {
        gate.resolve();
        throw new Error("first");
      }
      await gate.promise;
      ended.push(item);
      if (item === 2) throw new Error("second");
    },
  );
  await assert.rejects(working, /first/);
  assert.deepEqual(ended, [0, 2]);
  assert.ok(isClosed);
});
