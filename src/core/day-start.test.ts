import assert from "node:assert/strict";
import { test } from "node:test";
import { dayBefore, dayOf, dayStart } from "./day-start.ts";

const start = (day: string, zone: string) => new Date(dayStart(day, zone)).toISOString();

test("a day begins at midnight of its zone, in summer and winter, east and west", () => {
  assert.equal(start("2026-11-01", "UTC"), "2026-11-01T00:00:00.000Z");
  assert.equal(start("2026-11-01", "Europe/Berlin"), "2026-10-31T23:00:00.000Z");
  assert.equal(start("2026-07-01", "Europe/Berlin"), "2026-06-30T22:00:00.000Z");
  assert.equal(start("2026-11-01", "Asia/Tokyo"), "2026-10-31T15:00:00.000Z");
  assert.equal(start("2026-01-31", "America/New_York"), "2026-01-31T05:00:00.000Z");
});

test("on the day of a change of the clock it begins with the first moment of the day", () => {
  assert.equal(start("2026-03-29", "Europe/Berlin"), "2026-03-28T23:00:00.000Z");
  assert.equal(start("2026-10-25", "Europe/Berlin"), "2026-10-24T22:00:00.000Z");
  // Chile skips midnight in September: the day begins at one o'clock.
  assert.equal(start("2026-09-06", "America/Santiago"), "2026-09-06T04:00:00.000Z");
  // In Jordan the clock went back from one o'clock to midnight: the day had two midnights, and began with the first.
  assert.equal(start("2021-10-29", "Asia/Amman"), "2021-10-28T21:00:00.000Z");
});

test("each hour is on the day whose start came before it", () => {
  for (const zone of ["Europe/Berlin", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu"]) {
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 9 * 3_600_000) {
      const day = dayOf(at, zone);
      const begin = dayStart(day, zone);
      assert.ok(begin <= at && at - begin < 25 * 3_600_000, `${zone} ${new Date(at).toISOString()}`);
      assert.equal(dayOf(begin, zone), day);
      assert.equal(dayOf(begin - 1, zone), dayBefore(day));
    }
  }
});
