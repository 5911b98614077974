import assert from "node:assert/strict";
import { test } from "node:test";
import { Slots } from "./slots.ts";

test("only so many tasks run at once, the others in the order in which they came", async () => {
  const slots = new Slots({ parallel: 2, queue: 10 });
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const started: number[] = [];
  const all = gates.map((gate, index) =>
    slots.run(async () => {
      started.push(index);
      await gate.promise;
      return index;
    }),
  );
  assert.deepEqual(started, [0, 1]);
  gates[1]?.resolve();
  await all[1];
  await Promise.resolve();
  assert.deepEqual(started, [0, 1, 2]);
  for (const gate of gates) gate.resolve();
  assert.deepEqual(await Promise.all(all), [0, 1, 2, 3, 4]);
});

test("a task that finds the queue full never runs", async () => {
  const slots = new Slots({ parallel: 1, queue: 1 });
  const gate = Promise.withResolvers<string>();
  const running = slots.run(() => gate.promise);
  const waiting = slots.run(async () => "waited");
  assert.equal(await slots.run(() => assert.fail("it ran")), undefined);
  gate.resolve("ran");
  assert.deepEqual(await Promise.all([running, waiting]), ["ran", "waited"]);
});

test("a task that fails gives its slot back", async () => {
  const slots = new Slots({ parallel: 1, queue: 0 });
  await assert.rejects(
    slots.run(() => Promise.reject(new Error("no"))),
    /no/,
  );
  assert.equal(await slots.run(async () => 1), 1);
});
