import assert from "node:assert/strict";
import { test } from "node:test";
import { parseInstant } from "./parse-instant.ts";

const now = Date.UTC(2026, 0, 31, 12);

test("a date means midnight, and a time without a zone is local", () => {
  assert.equal(parseInstant("2026-01-31"), new Date(2026, 0, 31).getTime());
  assert.equal(parseInstant("2026-07-01 08:30"), new Date(2026, 6, 1, 8, 30).getTime());
  assert.equal(parseInstant("2026-07-01T08:30:15"), new Date(2026, 6, 1, 8, 30, 15).getTime());
});

test("a time with a zone is read in that zone", () => {
  assert.equal(parseInstant("2026-01-31T08:00Z"), Date.UTC(2026, 0, 31, 8));
  assert.equal(parseInstant("2026-01-31T08:00:00.250+01:00"), Date.UTC(2026, 0, 31, 7, 0, 0, 250));
});

test("a duration means that long ago", () => {
  assert.equal(parseInstant("90m", now), now - 90 * 60_000);
  assert.equal(parseInstant("2d", now), now - 2 * 86_400_000);
});

test("today and yesterday mean their local midnight", () => {
  const local = new Date(2026, 2, 1, 0, 30).getTime();
  assert.equal(parseInstant("today", local), new Date(2026, 2, 1).getTime());
  assert.equal(parseInstant(" Yesterday ", local), new Date(2026, 1, 28).getTime());
});

test("anything else is rejected with a remedy", () => {
  for (const text of [
    "5",
    "tomorrow",
    "2026",
    "31.1.2026",
    "2026-13-01",
    "2026-02-30",
    "2026-04-31T08:00Z",
    "2026-01-31T25:00",
    "08:00",
    "",
  ]) {
    assert.throws(() => parseInstant(text), { message: `not a time: ${text}` }, text);
  }
});
