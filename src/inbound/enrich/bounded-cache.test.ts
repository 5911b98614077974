import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { systemClock } from "../../platform/system-clock.ts";
import { BoundedCache, LeastRecentlyUsed } from "./bounded-cache.ts";

test("the entry that was used longest ago makes room", () => {
  const cache = new LeastRecentlyUsed<string, number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], [1, undefined, 3]);
});

test("a cache never holds more than its capacity, and always what was set last", () => {
  fc.assert(
    fc.property(fc.nat(8), fc.array(fc.tuple(fc.nat(20), fc.nat()), { maxLength: 100 }), (capacity, entries) => {
      const cache = new LeastRecentlyUsed<number, number>(capacity);
      for (const [key, value] of entries) {
        cache.set(key, value);
        assert.ok(cache.size <= capacity);
        assert.equal(cache.get(key), capacity === 0 ? undefined : value);
      }
    }),
  );
});

test("an entry is gone when its time to live is over", () => {
  let now = 0;
  const cache = new BoundedCache<string, number>(10, { ...systemClock, monotonic: () => now });
  cache.set("a", 1, 100);
  now = 99;
  assert.equal(cache.get("a"), 1);
  now = 100;
  assert.equal(cache.get("a"), undefined);
  assert.equal(cache.size, 0);
});
