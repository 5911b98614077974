import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HeldEndpoints } from "./held-endpoints.ts";

test("endpoints are taken by host, in their order, each once", () => {
  const step = fc.record({ host: fc.integer({ min: 0, max: 5 }), isAdd: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const held = new HeldEndpoints(8);
      const model = new Map<number, number[]>();
      let length = 0;
      for (const [endpoint, { host, isAdd }] of steps.entries()) {
        const list = model.get(host) ?? [];
        model.set(host, list);
        if (isAdd && !held.isFull) {
          held.add(host, endpoint);
          list.push(endpoint);
          length += 1;
        } else if (!isAdd && held.has(host)) {
          assert.equal(held.take(host), list.shift());
          length -= 1;
        }
        assert.equal(held.length, length);
        assert.equal(held.countOf(host), list.length);
        assert.equal(held.has(host), list.length > 0);
      }
      assert.deepEqual(
        [...held].sort((a, b) => a - b),
        [...model.values()].flat().sort((a, b) => a - b),
      );
    }),
  );
});

test("adding past the capacity fails, and so does taking from a host without endpoints", () => {
  const held = new HeldEndpoints(1);
  held.add(1, 10);
  assert.throws(() => held.add(2, 20), RangeError);
  assert.throws(() => held.take(2), RangeError);
});
