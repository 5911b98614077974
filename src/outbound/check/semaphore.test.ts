import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Semaphore } from "./semaphore.ts";

test("tasks beyond the limit wait, and start in order", async () => {
  const semaphore = new Semaphore(2);
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const started: number[] = [];
  const done = gates.map((gate, index) =>
    semaphore.run(async () => {
      started.push(index);
      await gate.promise;
    }, undefined),
  );
  await nextTurn();
  assert.deepEqual(started, [0, 1]);
  gates[1]?.resolve();
  await nextTurn();
  assert.deepEqual(started, [0, 1, 2]);
  for (const gate of gates) gate.resolve();
  await Promise.all(done);
  assert.deepEqual(started, [0, 1, 2, 3]);
});

test("an abort starts a waiting task at once, and its place goes to the next", async () => {
  const semaphore = new Semaphore(1);
  const gate = Promise.withResolvers<void>();
  const stop = new AbortController();
  const first = semaphore.run(() => gate.promise, undefined);
  const stopped = semaphore.run(async () => stop.signal.aborted, stop.signal);
  const last = semaphore.run(async () => "ran", undefined);
  stop.abort();
  assert.equal(await stopped, true);
  gate.resolve();
  await first;
  assert.equal(await last, "ran");
});
