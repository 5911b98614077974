import assert from "node:assert/strict";
import { test } from "node:test";
import { zonedInstant } from "./zoned-instant.ts";

test("a time is read as the clock of its zone shows it, also where the clock changes", () => {
  const read = (local: string, zone: string) => {
    const at = zonedInstant(local, zone);
    return Number.isNaN(at) ? undefined : new Date(at).toISOString();
  };
  assert.equal(read("2026-01-31T08:00", "UTC"), "2026-01-31T08:00:00.000Z");
  assert.equal(read("2026-01-31T08:00", "Europe/Berlin"), "2026-01-31T07:00:00.000Z");
  assert.equal(read("2026-07-31T08:00:30", "Europe/Berlin"), "2026-07-31T06:00:30.000Z");
  assert.equal(read("2026-07-31T00:15", "Asia/Kathmandu"), "2026-07-30T18:30:00.000Z");
  assert.equal(read("2026-03-29T01:59", "Europe/Berlin"), "2026-03-29T00:59:00.000Z");
  assert.equal(read("2026-03-29T02:30", "Europe/Berlin"), "2026-03-29T01:30:00.000Z", "skipped: 03:30");
  assert.equal(read("2026-03-29T03:00", "Europe/Berlin"), "2026-03-29T01:00:00.000Z");
  assert.equal(read("2026-10-25T02:30", "Europe/Berlin"), "2026-10-25T00:30:00.000Z", "the first of two");
  assert.equal(read("2026-10-25T03:00", "Europe/Berlin"), "2026-10-25T02:00:00.000Z");
  assert.equal(read("2026-11-01T01:30", "America/New_York"), "2026-11-01T05:30:00.000Z", "the first of two");
  for (const text of ["", "soon", "2026-13-01T00:00"]) assert.equal(read(text, "UTC"), undefined);
});
