import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DueQueue } from "./due-queue.ts";

test("items are returned in the order in which they are due, and none before", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100)), fc.nat(100), fc.nat(7), (times, now, divisor) => {
      const queue = new DueQueue<{ readonly dueAt: number }>();
      for (const dueAt of times) queue.push({ dueAt });
      const wanted = times.filter((dueAt) => divisor === 0 || dueAt % divisor !== 0);
      queue.keep(({ dueAt }) => divisor === 0 || dueAt % divisor !== 0);
      assert.equal(queue.nextAt, wanted.length === 0 ? undefined : Math.min(...wanted));

      const taken: number[] = [];
      for (let item = queue.pop(now); item !== undefined; item = queue.pop(now)) taken.push(item.dueAt);

      const due = wanted.filter((dueAt) => dueAt <= now).sort((one, other) => one - other);
      assert.deepEqual(taken, due);
      assert.equal(queue.size, wanted.length - due.length);
    }),
  );
});
