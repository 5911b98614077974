import assert from "node:assert/strict";
import { test } from "node:test";
import { formatSeconds, progressText } from "./progress-bar.ts";

test("the time left is shown as the engine reports it, and not at all if it is unknown", () => {
  const step = { done: 2000, total: 50_000, found: 3 };
  assert.equal(
    progressText({ ...step, leftMs: 61_000 }, 10),
    "2,000 of 50,000 probed, 3 open ports, 200/s, about 61 s left",
  );
  assert.equal(progressText(step, 10), "2,000 of 50,000 probed, 3 open ports, 200/s");
  assert.equal(progressText({ ...step, total: undefined }, 10), "2,000 probed, 3 open ports, 200/s");
});

test("durations have at most two units", () => {
  assert.deepEqual([0.2, 89, 600, 11_100, 187_200].map(formatSeconds), [
    "1 s",
    "89 s",
    "10 min",
    "3 h 5 min",
    "2 d 4 h",
  ]);
});
