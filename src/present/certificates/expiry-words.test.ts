import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dateOf, daysUntil, endsSentence, whenItEnds } from "./expiry-words.ts";

const now = Date.UTC(2026, 10, 25, 12);
const hour = 3_600_000;
const day = 24 * hour;

describe("the end of a certificate", () => {
  test("is shown in whole days", () => {
    assert.equal(whenItEnds(now + 12.9 * day, now), "in 12 days");
    assert.equal(whenItEnds(now + day, now), "in 1 day");
    assert.equal(whenItEnds(now + day - 1, now), "within a day");
    assert.equal(whenItEnds(now - hour, now), "less than a day ago");
    assert.equal(whenItEnds(now - 3.5 * day, now), "3 days ago");
  });

  test("has its date", () => {
    assert.equal(endsSentence(now + 12 * day, now), "ends in 12 days (2026-12-07 UTC)");
    assert.equal(endsSentence(now, now), "ended less than a day ago (2026-11-25 UTC)");
  });

  test("may be later than the last date of the calendar", () => {
    assert.equal(dateOf(8.64e18).slice(0, 4), "9999");
    assert.equal(daysUntil(now - hour, now), -1);
  });

  test("may be unreadable", () => {
    assert.equal(whenItEnds(Number.NaN, now), "unknown");
    assert.equal(endsSentence(Number.NaN, now), "its end cannot be read");
    assert.equal(daysUntil(Number.NaN, now), undefined);
  });
});
