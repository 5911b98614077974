import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BoundedConcurrency } from "./bounded-concurrency.ts";

test("a limited number of tasks runs at once, the others start in order", async () => {
  const concurrency = new BoundedConcurrency({ parallel: 2, queue: 10 });
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const started: number[] = [];
  const all = gates.map((gate, index) =>
    concurrency.run(async () => {
      started.push(index);
      await gate.promise;
      return index;
    }),
  );
  await nextTurn();
  assert.deepEqual(started, [0, 1]);
  gates[1]?.resolve();
  await all[1];
  await nextTurn();
  assert.deepEqual(started, [0, 1, 2]);
  for (const gate of gates) gate.resolve();
  assert.deepEqual(await Promise.all(all), [0, 1, 2, 3, 4]);
});

test("a task does not run if the queue is full", async () => {
  const concurrency = new BoundedConcurrency({ parallel: 1, queue: 1 });
  const gate = Promise.withResolvers<string>();
  const running = concurrency.run(() => gate.promise);
  const waiting = concurrency.run(async () => "waited");
  assert.equal(await concurrency.run(() => assert.fail("it ran")), undefined);
  gate.resolve("ran");
  assert.deepEqual(await Promise.all([running, waiting]), ["ran", "waited"]);
});

test("a task that fails makes room for the next one", async () => {
  const concurrency = new BoundedConcurrency({ parallel: 1, queue: 0 });
  await assert.rejects(
    concurrency.run(() => Promise.reject(new Error("no"))),
    /no/,
  );
  assert.equal(await concurrency.run(async () => 1), 1);
});
