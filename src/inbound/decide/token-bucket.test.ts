import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TokenBucket } from "./token-bucket.ts";

test("a burst is allowed, then one per interval", () => {
  const bucket = new TokenBucket({ capacity: 2, refillMs: 1000 });
  assert.deepEqual(
    [5000, 5000, 5000, 5999, 6000, 6001].map((now) => bucket.take(now)),
    [true, true, false, false, true, false],
  );
  assert.equal(bucket.nextAt(6001), 7000);
  assert.equal(bucket.nextAt(7000), 7000);
  assert.deepEqual(
    [99_000, 99_000, 99_000].map((now) => bucket.take(now)),
    [true, true, false],
  );
});

test("a clock that goes back neither adds nor removes tokens for long", () => {
  const bucket = new TokenBucket({ capacity: 1, refillMs: 1000 });
  assert.equal(bucket.take(1_000_000), true);
  assert.equal(bucket.take(1000), false);
  assert.equal(bucket.nextAt(1000), 2000);
  assert.equal(bucket.take(2000), true);
});

test("never more than the capacity and the refill is taken, and a token is there at the time of nextAt", () => {
  const waits = fc.array(fc.nat(3000), { maxLength: 200 });
  fc.assert(
    fc.property(waits, fc.integer({ min: 1, max: 5 }), (steps, capacity) => {
      const bucket = new TokenBucket({ capacity, refillMs: 1000 });
      let now = 1_000_000;
      let taken = 0;
      for (const step of steps) {
        now += step;
        const promised = bucket.nextAt(now);
        const isTaken = bucket.take(now);
        assert.equal(isTaken, promised <= now);
        if (isTaken) taken += 1;
        assert.ok(taken <= capacity + (now - 1_000_000) / 1000);
      }
    }),
  );
});
