import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { systemClock } from "../../platform/system-clock.ts";
import { ExpiringCache } from "./expiring-cache.ts";

const minute = 60_000;

test("the least recently used entry is evicted", () => {
  const cache = new ExpiringCache<string, number>(2, systemClock);
  cache.set("a", 1, minute);
  cache.set("b", 2, minute);
  cache.get("a");
  cache.set("c", 3, minute);
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], [1, undefined, 3]);
});

test("a cache never holds more than its capacity, and always holds the latest entry", () => {
  fc.assert(
    fc.property(fc.nat(8), fc.array(fc.tuple(fc.nat(20), fc.nat()), { maxLength: 100 }), (capacity, entries) => {
      const cache = new ExpiringCache<number, number>(capacity, systemClock);
      for (const [key, value] of entries) {
        cache.set(key, value, minute);
        assert.ok(cache.size <= capacity);
        assert.equal(cache.get(key), capacity === 0 ? undefined : value);
      }
    }),
  );
});

test("an entry expires when its time to live is over", () => {
  let now = 0;
  const cache = new ExpiringCache<string, number>(10, { ...systemClock, monotonic: () => now });
  cache.set("a", 1, 100);
  now = 99;
  assert.equal(cache.get("a"), 1);
  now = 101;
  assert.equal(cache.get("a"), undefined);
  assert.equal(cache.size, 0);
});
