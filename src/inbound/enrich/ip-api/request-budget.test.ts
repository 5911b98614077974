import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { systemClock } from "../../../platform/system-clock.ts";
import { RequestBudget } from "./request-budget.ts";

test("no 60 seconds have more requests than the budget, at any times", () => {
  fc.assert(
    fc.property(fc.nat(10), fc.array(fc.nat(20_000), { maxLength: 200 }), (perMinute, pauses) => {
      let now = 0;
      const budget = new RequestBudget(perMinute, { ...systemClock, monotonic: () => now });
      const sent: number[] = [];
      for (const pause of pauses) {
        now += pause;
        if (budget.take()) sent.push(now);
        assert.ok(sent.filter((at) => now - at < 60_000).length <= perMinute);
      }
    }),
  );
});

test("a budget of zero allows nothing", () => {
  assert.equal(new RequestBudget(0, systemClock).take(), false);
});

test("a pause that the service requests is limited to an hour", () => {
  let now = 0;
  const budget = new RequestBudget(5, { ...systemClock, monotonic: () => now });
  budget.allow(0, Number.MAX_SAFE_INTEGER);
  now = 60 * 60_000 - 1;
  assert.equal(budget.take(), false);
  now += 1;
  assert.equal(budget.take(), true);
});
