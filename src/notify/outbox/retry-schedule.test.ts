import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { defaultRetrySchedule, doublingSchedule, nextAttemptAt } from "./retry-schedule.ts";

const at = Date.UTC(2026, 0, 5, 8);
const middle = { next: () => 0.5 };
const hour = 3_600_000;
const day = 24 * hour;

function delayAfter(attempts: number): number | undefined {
  const next = nextAttemptAt(defaultRetrySchedule, { attempts, createdAt: at, at }, middle);
  return next === undefined ? undefined : next - at;
}

test("the waits grow from half a minute to four hours, and stay there", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 50].map(delayAfter), [
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    1_800_000,
    hour,
    2 * hour,
    4 * hour,
    4 * hour,
    4 * hour,
  ]);
});

test("a delivery is given up when it is 5 days old and was tried 10 times, not before", () => {
  const tried = (attempts: number, ageMs: number) =>
    nextAttemptAt(defaultRetrySchedule, { attempts, createdAt: at - ageMs, at }, middle);

  assert.equal(tried(10, 5 * day), undefined);
  assert.notEqual(tried(10, 5 * day - 1), undefined);
  assert.notEqual(tried(9, 30 * day), undefined);
});

test("retrying from the first failure on continues for 5 days", () => {
  let now = at;
  let attempts = 1;
  for (let next: number | undefined = now; next !== undefined; attempts += 1) {
    now = next;
    next = nextAttemptAt(defaultRetrySchedule, { attempts, createdAt: at, at: now }, middle);
  }
  assert.ok(now - at >= 5 * day && now - at < 5 * day + 5 * hour);
  assert.ok(attempts < 60);
});

test("a closed lane is tested at least every five minutes", () => {
  const asked = (attempts: number, retryAfterMs?: number) => {
    const failed = {
      attempts,
      createdAt: at,
      at,
      closed: true,
      retryAfterMs,
    };
    return (nextAttemptAt(defaultRetrySchedule, failed, { next: () => 0.5 }) ?? 0) - at;
  };
  assert.deepEqual(
    [1, 2, 3, 4, 5, 50].map((attempts) => asked(attempts)),
    [30_000, 60_000, 120_000, 300_000, 300_000, 300_000],
  );
  assert.ok(asked(50, hour) >= hour, "unless the other side asked for a longer pause");
});

test("a requested pause is observed, from a minute to a day", () => {
  const asked = (retryAfterMs: number, attempts = 9) =>
    (nextAttemptAt(defaultRetrySchedule, { attempts, createdAt: at, at, retryAfterMs }, { next: () => 0 }) ?? 0) - at;

  assert.equal(asked(10 * 60_000), 10 * 60_000);
  assert.equal(asked(0), 60_000);
  assert.equal(asked(-5), 60_000);
  assert.equal(asked(1, 1), 30_000);
  assert.equal(asked(30 * day), day);
  assert.equal(asked(Number.POSITIVE_INFINITY), 4 * hour * 0.8);
});

test("doubling waits begin and end as configured", () => {
  const { delaysMs, giveUpAfterMs } = doublingSchedule({ firstMs: 60_000, maxMs: hour, giveUpAfterMs: 7 * day });

  assert.deepEqual(delaysMs, [60_000, 120_000, 240_000, 480_000, 960_000, 1_920_000, hour]);
  assert.equal(giveUpAfterMs, 7 * day);
  assert.deepEqual(doublingSchedule({ firstMs: hour, maxMs: hour, giveUpAfterMs: day }).delaysMs, [hour]);
  assert.deepEqual(doublingSchedule({ firstMs: 2 * hour, maxMs: hour, giveUpAfterMs: day }).delaysMs, [hour]);
});

test("the next attempt is always in the future, within a day and a tenth", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1, max: 1_000_000 }),
      fc.integer({ min: 0, max: 100 * day }),
      fc.option(fc.double(), { nil: undefined }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempts, ageMs, retryAfterMs, chance) => {
        const failed = { attempts, createdAt: at - ageMs, at, retryAfterMs };
        const next = nextAttemptAt(defaultRetrySchedule, failed, { next: () => chance });
        if (next !== undefined)
          assert.ok(next > at && next <= at + 1.1 * day && Number.isInteger(next), `${next - at}`);
      },
    ),
  );
});
