import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { KeyedPace, Pace } from "./pace.ts";

test("a pace allows a burst at once, then its rate per second", () => {
  const pace = new Pace({ perSecond: 100, burst: 10 });
  const goneAt: number[] = [];
  for (let now = 0; now <= 1000; now++) {
    while (pace.waitMs(now) === 0) {
      pace.spend(now);
      goneAt.push(now);
    }
  }
  assert.equal(goneAt.filter((at) => at === 0).length, 10);
  assert.ok(goneAt.length >= 109 && goneAt.length <= 111, `${goneAt.length}`);
});

test("without a cap nothing waits", () => {
  const pace = new Pace({ perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY });
  const keyed = new KeyedPace({ perSecond: Number.POSITIVE_INFINITY, burst: Number.POSITIVE_INFINITY, slots: 16 });
  for (let i = 0; i < 1000; i++) {
    assert.equal(pace.waitMs(5), 0);
    pace.spend(5);
    assert.equal(keyed.reserve(1, 5), 5);
  }
});

test("each key has its own pace, and no second holds more than the cap and the burst", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 400 }), (keys) => {
      const keyed = new KeyedPace({ perSecond: 50, burst: 5, slots: 1024 });
      const moments = new Map<number, number[]>();
      for (const [now, key] of keys.entries()) {
        const at = keyed.reserve(key, now);
        assert.ok(at >= now);
        const list = moments.get(key) ?? [];
        list.push(at);
        moments.set(key, list);
      }
      for (const list of moments.values())
        for (const start of list) assert.ok(list.filter((at) => at >= start && at < start + 1000).length <= 55 + 1);
    }),
  );
});

test("a busy key keeps its state while idle ones are replaced", () => {
  const keyed = new KeyedPace({ perSecond: 10, burst: 1, slots: 64 });
  let last = 0;
  for (let i = 0; i < 100; i++) last = keyed.reserve(7, 0);
  assert.ok(last > 9_000);
  for (let other = 1000; other < 1040; other++) keyed.reserve(other, 0);
  assert.ok(keyed.reserve(7, 0) > last);
});
