import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../core/clock.ts";
import { HarbingerError } from "../core/errors.ts";
import { type Log, silentLog } from "../core/log.ts";
import { openDecoys } from "./open-decoys.ts";

const taken = new HarbingerError("address-in-use", "port 22 is taken");

function clockThatNotes(waits: number[]): Clock {
  return {
    now: () => 0,
    monotonic: () => 0,
    async sleep(ms) {
      waits.push(ms);
    },
  };
}

/** A flow whose port is in use for the first attempts. */
function flowThatFails(times: number) {
  const attempt = async () => (times-- > 0 ? [taken] : []);
  return {
    start: () => Promise.reject(taken),
    startAvailable: attempt,
    openMore: attempt,
    endpoints: [],
  };
}

test("a port that cannot be opened is reported once and retried, at growing intervals up to an hour", async () => {
  const waits: number[] = [];
  const errors: string[] = [];
  const log: Log = { ...silentLog, error: (message) => errors.push(message) };
  const signal = new AbortController().signal;
  const decoys = await openDecoys(
    { inbound: flowThatFails(9), clock: clockThatNotes(waits), log, isAlone: false },
    signal,
  );

  assert.equal(decoys.isIncomplete(), true);
  await decoys.retrying();
  assert.equal(decoys.isIncomplete(), false);
  assert.deepEqual(
    waits.map((ms) => ms / 60_000),
    [1, 2, 4, 8, 16, 32, 60, 60, 60],
  );
  assert.deepEqual(errors.length, 1);
  assert.match(errors[0] ?? "", /port 22 is taken/);
});

test("without watches, a decoy that cannot be opened stops the program", async () => {
  const parts = { inbound: flowThatFails(9), clock: clockThatNotes([]), log: silentLog, isAlone: true };
  await assert.rejects(openDecoys(parts, new AbortController().signal), taken);
});

test("shutdown ends the retries", async () => {
  const stop = new AbortController();
  const clock: Clock = { ...clockThatNotes([]), sleep: async () => stop.abort() };
  const decoys = await openDecoys({ inbound: flowThatFails(9), clock, log: silentLog, isAlone: false }, stop.signal);
  await decoys.retrying();
  assert.equal(decoys.isIncomplete(), true);
});
