import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DelayedProbes } from "./delayed-probes.ts";
import { ProbeQueue } from "./probe-queue.ts";

test("a queue is first in, first out, also when it wraps around", () => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.integer({ min: 0, max: 2 ** 52 }), { nil: undefined }), { maxLength: 200 }),
      (steps) => {
        const queue = new ProbeQueue(8);
        const model: number[] = [];
        for (const step of steps) {
          if (step === undefined) {
            if (model.length === 0) continue;
            assert.equal(queue.firstEndpoint, model.shift());
            queue.dropFirst();
          } else if (model.length < 8) {
            queue.push(step, 2);
            model.push(step);
          }
          assert.equal(queue.length, model.length);
          assert.deepEqual([...queue], model);
        }
      },
    ),
  );
});

test("a full queue throws and does not overwrite", () => {
  const queue = new ProbeQueue(1);
  queue.push(1, 2);
  assert.throws(() => queue.push(2, 2), RangeError);
  assert.equal(queue.firstEndpoint, 1);
});

test("delayed probes are taken in the order of their moments, none is lost", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1000), fc.nat(50)), { maxLength: 100 }), (probes) => {
      const delayed = new DelayedProbes(100);
      for (const [endpoint, due] of probes) delayed.add(endpoint, 1, due);
      const out: [number, number][] = [];
      while (delayed.length > 0) {
        out.push([delayed.firstEndpoint, delayed.firstDue]);
        delayed.dropFirst();
      }
      const moments = out.map(([, due]) => due);
      assert.deepEqual(
        moments,
        moments.toSorted((a, b) => a - b),
      );
      assert.deepEqual(out.map(String).toSorted(), probes.map(String).toSorted());
      assert.equal(delayed.firstDue, Number.POSITIVE_INFINITY);
    }),
  );
});
