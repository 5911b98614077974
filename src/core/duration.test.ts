import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { formatDuration, parseDuration } from "./duration.ts";

test("durations are read as people write them", () => {
  assert.equal(parseDuration("500ms"), 500);
  assert.equal(parseDuration("30s"), 30_000);
  assert.equal(parseDuration("1h30m"), 5_400_000);
  assert.equal(parseDuration("1.5h"), 5_400_000);
  assert.equal(parseDuration("7d"), 604_800_000);
});

test("text without a unit or with another unit is not a duration", () => {
  for (const text of ["", "30", "30 s", "-1s", "1y", "s", "1h-3m", "1e3s"])
    assert.equal(parseDuration(text), undefined);
});

test("any text gives a duration or undefined, and never throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const ms = parseDuration(text);
      assert.ok(ms === undefined || (Number.isSafeInteger(ms) && ms >= 0));
    }),
  );
});

test("a formatted duration reads back", () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e11 }), (ms) => {
      assert.equal(parseDuration(formatDuration(ms)), ms);
    }),
  );
});
