import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultScanLimits } from "../schema.ts";
import { LossEstimator } from "./loss-estimator.ts";
import { ProbeTimeouts } from "./probe-timeouts.ts";
import { RoundTrip } from "./round-trip.ts";
import { Window } from "./window.ts";

test("before the first answer the time-out is the longest", () => {
  assert.equal(new RoundTrip({ floorMs: 50, ceilingMs: 1000 }).timeoutMs, 1000);
});

test("fast answers lower the time-out to the minimum, a slow host raises it again", () => {
  const roundTrip = new RoundTrip({ floorMs: 50, ceilingMs: 1000 });
  for (let i = 0; i < 20; i++) roundTrip.add(1);
  assert.equal(roundTrip.timeoutMs, 50);
  roundTrip.add(120);
  assert.ok(roundTrip.timeoutMs >= 240, `${roundTrip.timeoutMs}`);
  roundTrip.add(5000);
  assert.equal(roundTrip.timeoutMs, 1000);
});

test("the effect of a slow answer fades", () => {
  const roundTrip = new RoundTrip({ floorMs: 50, ceilingMs: 1000 });
  roundTrip.add(300);
  for (let i = 0; i < 5000; i++) roundTrip.add(1);
  assert.equal(roundTrip.timeoutMs, 50);
});

test("a first probe that delays no other waits longer than the system's repetition of the SYN", () => {
  const timeouts = new ProbeTimeouts(defaultScanLimits);
  for (let i = 0; i < 20; i++) timeouts.roundTrip.add(1);
  assert.equal(timeouts.firstMs(), 50);
  assert.ok(timeouts.firstLongMs() >= 1100);
});

test("the fewer repeated probes there are, the longer they wait", () => {
  const timeouts = new ProbeTimeouts(defaultScanLimits);
  for (let i = 0; i < 20; i++) timeouts.roundTrip.add(1);
  assert.equal(timeouts.repeatedMs(1000), defaultScanLimits.minRetryTimeoutMs);
  assert.ok(timeouts.repeatedMs(4) > 500);
  assert.equal(timeouts.repeatedMs(0.1), 1000);
});

test("a MAC address gets more time than the third request needs, and more where answers are slow", () => {
  const timeouts = new ProbeTimeouts(defaultScanLimits);
  assert.equal(timeouts.unresolvedMs(), 3200);
  for (let i = 0; i < 20; i++) timeouts.roundTrip.add(1);
  assert.equal(timeouts.unresolvedMs(), 2130);
  timeouts.roundTrip.add(200);
  assert.ok(timeouts.unresolvedMs() >= 2800);
});

test("a shorter configured time-out limits every attempt", () => {
  const timeouts = new ProbeTimeouts({ ...defaultScanLimits, connectTimeoutMs: 300 });
  assert.equal(timeouts.firstMs(), 300);
  assert.equal(timeouts.firstLongMs(), 300);
  assert.equal(timeouts.repeatedMs(1), 300);
});

test("without late answers two attempts are enough, even after few answers", () => {
  for (const answers of [0, 1, 2, 5, 50, 5000]) {
    const loss = new LossEstimator();
    for (let i = 0; i < answers; i++) loss.answered(1);
    assert.equal(loss.isRetryWorthwhile(2), false, `${answers}`);
  }
});

test("late answers lead to further attempts until almost no host can be missing", () => {
  const loss = new LossEstimator();
  for (let i = 0; i < 486; i++) loss.answered(1);
  for (let i = 0; i < 26; i++) loss.answered(2);
  assert.equal(loss.isRetryWorthwhile(2), true);
  assert.equal(loss.isRetryWorthwhile(3), true);
  assert.equal(loss.isRetryWorthwhile(4), false);
});

test("a window doubles until it is overloaded, then grows by one per round", () => {
  const window = new Window({ initial: 100, min: 4, max: 1000 });
  for (let i = 0; i < 100; i++) window.grow();
  assert.equal(window.size, 200);
  window.shrink(200, 0.7);
  assert.equal(window.size, 140);
  for (let i = 0; i < 140; i++) window.grow();
  assert.ok(window.size === 140 || window.size === 141, `${window.size}`);
});

test("a window stays between its limits", () => {
  const window = new Window({ initial: 100, min: 4, max: 120 });
  for (let i = 0; i < 1000; i++) window.grow();
  assert.equal(window.size, 120);
  for (let i = 0; i < 1000; i++) window.shrink(window.size, 0.5);
  assert.equal(window.size, 4);
  window.limit(2);
  assert.equal(window.size, 2);
});
