import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../test/notify/manual-clock.ts";
import { ArrivalNumbers } from "./arrival-numbers.ts";

test("numbers of arrivals sort as text, each with seven digits in base 36 after the prefix of its listener", () => {
  const numbers = new ArrivalNumbers(new ManualClock(), { next: () => 0.5 });
  const all = Array.from({ length: 36 ** 3 + 2 }, () => numbers.next());
  assert.deepEqual(all, all.toSorted());
  const prefix = all[0]?.slice(0, -7) ?? "";
  const expected = all.map((_, index) => prefix + (index + 1).toString(36).padStart(7, "0"));
  assert.deepEqual(all, expected);
});
