import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isTimeZone, timeZoneProblem, wallClock, withinCalendar } from "./wall-clock.ts";

test("an instant is read in the requested zone, with its offset", () => {
  const at = Date.parse("2026-01-31T07:05:09Z");
  assert.deepEqual(wallClock("Europe/Berlin")(at), {
    year: "2026",
    month: "01",
    day: "31",
    hour: "08",
    minute: "05",
    second: "09",
    offset: "+01:00",
  });
  assert.equal(wallClock("UTC")(at).offset, "+00:00");
  assert.equal(wallClock("Asia/Kathmandu")(at).offset, "+05:45");
});

test("any number is read, and midnight is hour 00", () => {
  const read = wallClock("UTC");
  fc.assert(
    fc.property(fc.double(), (at) => {
      assert.match(Object.values(read(at)).join(" "), /^\d{4} \d\d \d\d \d\d \d\d \d\d [+-]\d\d:\d\d/);
      assert.ok(Number.isFinite(withinCalendar(at)));
    }),
  );
  assert.equal(read(Date.parse("2026-01-01T00:00:00Z")).hour, "00");
});

test("time zones have names that the system knows", () => {
  assert.equal(isTimeZone("Europe/Berlin"), true);
  for (const name of ["", "Europe/Nowhere", "../etc"]) assert.equal(isTimeZone(name), false);
  assert.throws(() => wallClock("Europe/Nowhere"), RangeError);
});

test("an unknown time zone is reported with the nearest name", () => {
  assert.equal(timeZoneProblem("Europe/Berlin"), undefined);
  assert.equal(timeZoneProblem("Europ/Berln"), "unknown time zone; did you mean Europe/Berlin?");
  assert.match(timeZoneProblem("here") ?? "", /expected a name such as/);
});
