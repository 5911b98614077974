import assert from "node:assert/strict";
import { test } from "node:test";
import { type TrustedTime, trustTime } from "./trusted-time.ts";

const hour = 3_600_000;
const day = 24 * hour;
const start = Date.UTC(2026, 0, 1);
const years = Date.UTC(2036, 0, 1);

test("a running clock is trusted", () => {
  let trusted: TrustedTime | undefined;
  for (let now = start; now < start + 3 * day; now += hour) {
    trusted = trustTime(trusted, now);
    assert.equal(trusted.trustedAt, now);
  }
});

test("a clock that is ten years ahead is followed by a day per hour, however often it is read, and trusted again when it is right", () => {
  let trusted = trustTime(undefined, start);
  for (let minute = 0; minute < 600; minute += 5) trusted = trustTime(trusted, years + minute * 60_000);
  assert.ok(trusted.trustedAt <= start + 14 * day, new Date(trusted.trustedAt).toISOString());
  assert.equal(trustTime(trusted, start + 10 * hour).trustedAt, start + 10 * hour);
});

test("after a month of downtime, old records may be pruned within two days", () => {
  let trusted = trustTime(undefined, start);
  let hours = 0;
  for (; trusted.trustedAt < start + 30 * day; hours++) trusted = trustTime(trusted, start + 30 * day + hours * hour);
  assert.ok(hours < 48, String(hours));
});
