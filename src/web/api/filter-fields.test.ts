import assert from "node:assert/strict";
import { test } from "node:test";
import { instantOf } from "./filter-fields.ts";

const moment = { now: Date.UTC(2026, 0, 31, 12), timeZone: "America/New_York" };

test("dates, and times without a zone, are those of the configured zone", () => {
  assert.equal(instantOf("2026-01-31", moment), Date.UTC(2026, 0, 31, 5));
  assert.equal(instantOf("yesterday", moment), Date.UTC(2026, 0, 30, 5));
  assert.equal(instantOf("2026-01-31T08:00", moment), Date.UTC(2026, 0, 31, 13));
  assert.equal(instantOf("2026-07-01T08:00:30", moment), Date.UTC(2026, 6, 1, 12, 0, 30));
});

test("a time with a zone is in that zone, and a duration that long ago", () => {
  assert.equal(instantOf("2026-01-31T08:00:00Z", moment), Date.UTC(2026, 0, 31, 8));
  assert.equal(instantOf("2026-01-31T08:00:00+01:00", moment), Date.UTC(2026, 0, 31, 7));
  assert.equal(instantOf("90m", moment), moment.now - 90 * 60_000);
});

test("anything else is no time", () => {
  for (const text of ["", "soon", "8:00", "2026-02-30", "2026-02-30T08:00", "2026-01-31T24:30", "31.1.2026"])
    assert.equal(instantOf(text, moment), undefined, text);
});
