import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { deliverySettings, notifySchema } from "./schema.ts";

describe("the notify section", () => {
  test("has defaults that retry for days", () => {
    assert.deepEqual(deliverySettings(notifySchema.parse({})), {
      firstRetryMs: 30_000,
      maxRetryMs: 14_400_000,
      giveUpAfterMs: 432_000_000,
      attemptLimitMs: 900_000,
      parallel: 4,
    });
  });

  test("accepts durations with a unit, of at least a second", () => {
    assert.equal(notifySchema.safeParse({ give_up_after: "2d" }).success, true);
    for (const wrong of ["5", "10ms", "soon"])
      assert.equal(notifySchema.safeParse({ give_up_after: wrong }).success, false);
  });
});
