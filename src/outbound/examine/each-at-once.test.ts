import assert from "node:assert/strict";
import { test } from "node:test";
import { eachAtOnce } from "./each-at-once.ts";

async function* numbers(count: number, onReturn = () => {}): AsyncGenerator<number> {
  try {
    for (let i = 0; i < count; i++) yield i;
  } finally {
    onReturn();
  }
}

test("every item once, so many at once and no more, and a slow one holds up nobody", async () => {
  const gate = Promise.withResolvers<void>();
  const done: number[] = [];
  let underWay = 0;
  let most = 0;
  await eachAtOnce(numbers(20), 3, async (item) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await (item === 0 ? gate.promise : new Promise((resolve) => setImmediate(resolve)));
    done.push(item);
    underWay -= 1;
    if (done.length === 19) gate.resolve();
  });
  assert.equal(most, 3);
  assert.equal(done.at(-1), 0);
  assert.deepEqual(
    done.toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, i) => i),
  );
});

test("the first failure is told when everything that was begun has ended, and nothing more is begun", async () => {
  const gate = Promise.withResolvers<void>();
  const ended: number[] = [];
  let isClosed = false;
  const working = eachAtOnce(
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
