import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clock } from "../core/clock.ts";
import { type Log, silentLog } from "../core/log.ts";
import { runWatchdog, type StoreQuery } from "./watchdog.ts";

const minuteMs = 60_000;

/** Runs it for some rounds of a minute each. @returns for each round whether the manager got a notification */
async function rounds(count: number, ask: StoreQuery, log: Log = silentLog): Promise<boolean[]> {
  const end = new AbortController();
  const notified: boolean[] = [];
  let now = 0;
  let isWell = false;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(ms) {
      notified.push(isWell);
      isWell = false;
      now += ms;
      // An answer in between counts in the next round.
      await new Promise((resolve) => setImmediate(resolve));
      if (notified.length === count) end.abort();
    },
  };
  const notify = () => {
    isWell = true;
  };
  await runWatchdog({ everyMs: minuteMs, ask, clock, log, notify }, end.signal);
  return notified;
}

describe("the watchdog", () => {
  test("reports in each round while the store answers", async () => {
    assert.deepEqual(await rounds(4, async () => "answers"), [true, true, true, true]);
  });

  test("continues for five minutes without an answer, and then stops until one arrives", async () => {
    const answer = Promise.withResolvers<"answers">();
    const errors: string[] = [];
    let asked = 0;
    const ask = () => {
      asked += 1;
      return answer.promise;
    };
    const silent = await rounds(9, ask, { ...silentLog, error: (text) => void errors.push(text) });
    assert.deepEqual(silent, [true, true, true, true, true, true, false, false, false]);
    assert.equal(asked, 1, "a store that hangs is not queried again");
    assert.equal(errors.length, 1);
  });

  test("stops if the store is lost", async () => {
    assert.deepEqual(await rounds(3, async () => "lost"), [true, false, false]);
  });
});
