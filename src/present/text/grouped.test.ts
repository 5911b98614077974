import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { grouped } from "./grouped.ts";

test("a number is grouped as English groups it", () => {
  for (const value of [0, 7, 999, 1000, 65_535, 1_000_000, -1, -999, -1000, 1234.5, Number.MAX_SAFE_INTEGER])
    assert.equal(grouped(value), value.toLocaleString("en"));
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) =>
      assert.equal(grouped(Object.is(value, -0) ? 0 : value), value.toLocaleString("en")),
    ),
  );
});
