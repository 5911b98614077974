import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../core/clock.ts";
import { silentLog } from "../../core/log.ts";
import { dailyAt, type Job, nextDue } from "./job.ts";
import { Scheduler } from "./scheduler.ts";

const berlin = "Europe/Berlin";
const instant = (text: string) => Date.parse(text);

/** A clock that jumps to the end of every sleep, and stops the run at `until`. */
function jumpingClock(start: number, until: number, stop: AbortController): Clock {
  let now = start;
  return {
    now: () => now,
    monotonic: () => now,
    async sleep(ms) {
      now += ms;
      if (now >= until) stop.abort();
    },
  };
}

async function startsBetween(
  start: string,
  until: string,
  jobs: { job: Job; lastStart: number }[],
  busyMs = 0,
  failing: (now: number) => ReadonlySet<string> = () => new Set(),
) {
  const stop = new AbortController();
  const clock = jumpingClock(instant(start), instant(until), stop);
  const starts: string[] = [];
  const scheduler = new Scheduler(
    {
      clock,
      log: silentLog,
      run: async (due) => {
        for (const job of due) starts.push(`${new Date(clock.now()).toISOString()} ${job.name}`);
        if (busyMs > 0) await clock.sleep(busyMs);
        return failing(clock.now());
      },
    },
    jobs,
  );
  await scheduler.runUntil(stop.signal);
  return starts;
}

test("a daily time in the hour that daylight saving skips runs when the clock jumps", () => {
  const due = nextDue({ name: "daily", expression: "30 2 * * *", timeZone: berlin }, instant("2026-03-28T12:00:00Z"));
  assert.equal(new Date(due ?? 0).toISOString(), "2026-03-29T01:00:00.000Z");
});

test("a daily time in the hour that daylight saving repeats runs once", async () => {
  const job = { name: "daily", expression: "30 2 * * *", timeZone: berlin };
  const lastStart = instant("2026-10-24T00:30:00Z");
  const starts = await startsBetween("2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z", [{ job, lastStart }]);
  assert.deepEqual(starts, ["2026-10-25T00:30:00.000Z daily", "2026-10-26T01:30:00.000Z daily"]);
});

test("the report time stays the same local time in summer and in winter", async () => {
  const job = { name: "daily", expression: dailyAt({ hour: 8, minute: 0 }), timeZone: berlin };
  const lastStart = instant("2026-10-23T06:00:00Z");
  const starts = await startsBetween("2026-10-23T12:00:00Z", "2026-10-26T12:00:00Z", [{ job, lastStart }]);
  assert.deepEqual(starts, [
    "2026-10-24T06:00:00.000Z daily",
    "2026-10-25T07:00:00.000Z daily",
    "2026-10-26T07:00:00.000Z daily",
  ]);
});

test("runs that were missed while the machine was off are made up once, at start", async () => {
  const job = { name: "daily", expression: "0 8 * * *", timeZone: "UTC" };
  const lastStart = instant("2026-05-01T08:00:00Z");
  const starts = await startsBetween("2026-05-04T09:00:00Z", "2026-05-05T12:00:00Z", [{ job, lastStart }]);
  assert.deepEqual(starts, ["2026-05-04T09:00:00.000Z daily", "2026-05-05T08:00:00.000Z daily"]);
});

test("a job that takes longer than its interval runs again immediately, not once for each missed time", async () => {
  const job = { name: "often", expression: "*/15 * * * *", timeZone: "UTC" };
  const starts = await startsBetween(
    "2026-05-01T10:01:00Z",
    "2026-05-01T12:00:00Z",
    [{ job, lastStart: instant("2026-05-01T10:01:00Z") }],
    40 * 60_000,
  );
  assert.deepEqual(starts, [
    "2026-05-01T10:15:00.000Z often",
    "2026-05-01T10:55:00.000Z often",
    "2026-05-01T11:35:00.000Z often",
  ]);
});

test("a job that never started is due immediately if requested, and jobs that are due together run together", async () => {
  const daily = { name: "daily", expression: "0 8 * * *", timeZone: "UTC" };
  const often = { name: "often", expression: "0 * * * *", timeZone: "UTC" };
  const starts = await startsBetween("2026-05-01T07:30:00Z", "2026-05-01T08:30:00Z", [
    { job: daily, lastStart: Number.NEGATIVE_INFINITY },
    { job: often, lastStart: instant("2026-05-01T07:10:00Z") },
  ]);
  assert.deepEqual(starts, [
    "2026-05-01T07:30:00.000Z daily",
    "2026-05-01T08:00:00.000Z daily",
    "2026-05-01T08:00:00.000Z often",
  ]);
});

test("a schedule without any future time ends the scheduler", async () => {
  const job = { name: "never", expression: "0 0 30 2 *", timeZone: "UTC" };
  const starts = await startsBetween("2026-05-01T07:30:00Z", "2030-05-01T08:30:00Z", [
    { job, lastStart: instant("2026-05-01T07:10:00Z") },
  ]);
  assert.deepEqual(starts, []);
});

test("a last start in the future, as a wrong clock leaves it, counts as one now", async () => {
  const job = { name: "often", expression: "*/15 * * * *", timeZone: "UTC" };
  const lastStart = instant("2036-11-25T00:00:00Z");
  const starts = await startsBetween("2026-05-01T10:01:00Z", "2026-05-01T10:31:00Z", [{ job, lastStart }]);
  assert.deepEqual(starts, ["2026-05-01T10:15:00.000Z often", "2026-05-01T10:30:00.000Z often"]);
});

test("a clock that is set back two hours does not delay a waiting job by two hours", async () => {
  const job = { name: "often", expression: "*/15 * * * *", timeZone: "UTC" };
  const stop = new AbortController();
  let now = instant("2026-05-01T12:00:00Z");
  let isSetBack = false;
  const starts: string[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(ms) {
      now += ms;
      if (isSetBack || starts.length === 0) return;
      isSetBack = true;
      now -= 2 * 3_600_000;
    },
  };
  const run = async () => {
    starts.push(new Date(now).toISOString());
    if (starts.length === 3) stop.abort();
    return new Set<string>();
  };
  await new Scheduler({ clock, log: silentLog, run }, [{ job, lastStart: now }]).runUntil(stop.signal);
  assert.deepEqual(starts, ["2026-05-01T12:15:00.000Z", "2026-05-01T10:30:00.000Z", "2026-05-01T10:45:00.000Z"]);
});

test("a small correction of the clock does not run a job twice", async () => {
  const job = { name: "often", expression: "*/15 * * * *", timeZone: "UTC" };
  const stop = new AbortController();
  let now = instant("2026-05-01T12:00:00Z");
  const starts: string[] = [];
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    async sleep(ms) {
      now += ms;
    },
  };
  const run = async () => {
    starts.push(new Date(now).toISOString());
    now -= 10_000;
    if (starts.length === 2) stop.abort();
    return new Set<string>();
  };
  await new Scheduler({ clock, log: silentLog, run }, [{ job, lastStart: now }]).runUntil(stop.signal);
  assert.deepEqual(starts, ["2026-05-01T12:15:00.000Z", "2026-05-01T12:30:00.000Z"]);
});

test("a failed run is repeated after a minute, then two, four ..., and at its next time when it succeeded", async () => {
  const job = { name: "daily", expression: "0 8 * * *", timeZone: "UTC" };
  const repaired = instant("2026-05-01T08:10:00Z");
  const starts = await startsBetween(
    "2026-05-01T07:00:00Z",
    "2026-05-02T12:00:00Z",
    [{ job, lastStart: instant("2026-04-30T08:00:00Z") }],
    0,
    (now) => new Set(now < repaired ? ["daily"] : []),
  );
  assert.deepEqual(starts, [
    "2026-05-01T08:00:00.000Z daily",
    "2026-05-01T08:01:00.000Z daily",
    "2026-05-01T08:03:00.000Z daily",
    "2026-05-01T08:07:00.000Z daily",
    "2026-05-01T08:15:00.000Z daily",
    "2026-05-02T08:00:00.000Z daily",
  ]);
});

test("when jobs are replaced, one that stays keeps its next time, and a new one is due at its own", async () => {
  const stop = new AbortController();
  const clock = jumpingClock(instant("2026-01-31T10:20:00Z"), instant("2026-01-31T13:30:00Z"), stop);
  const starts: string[] = [];
  const hourly: Job = { name: "hourly", expression: "0 * * * *", timeZone: "UTC" };
  const gone: Job = { name: "gone", expression: "30 * * * *", timeZone: "UTC" };
  const fresh: Job = { name: "fresh", expression: "15 12 * * *", timeZone: "UTC" };
  const scheduler = new Scheduler(
    {
      clock,
      log: silentLog,
      run: async (due) => {
        for (const { name } of due) starts.push(`${new Date(clock.now()).toISOString().slice(11, 16)} ${name}`);
        // During a run.
        if (starts.length === 1) {
          scheduler.replace([
            { job: hourly, lastStart: clock.now() + 999_999_999, keeps: true },
            { job: fresh, lastStart: clock.now(), keeps: false },
          ]);
        }
        return new Set();
      },
    },
    [hourly, gone].map((job) => ({ job, lastStart: clock.now() })),
  );
  await scheduler.runUntil(stop.signal);
  assert.deepEqual(starts, ["10:30 gone", "11:00 hourly", "12:00 hourly", "12:15 fresh", "13:00 hourly"]);
});

test("a job that was requested runs at once, and again at its time", async () => {
  const stop = new AbortController();
  const clock = jumpingClock(instant("2026-01-01T00:00:00Z"), instant("2026-01-02T12:00:00Z"), stop);
  const starts: string[] = [];
  const job: Job = { name: "one", expression: "0 6 * * *", timeZone: "UTC" };
  const scheduler: Scheduler = new Scheduler(
    {
      clock,
      log: silentLog,
      run: async () => {
        starts.push(new Date(clock.now()).toISOString().slice(5, 16));
        return new Set();
      },
    },
    [{ job, lastStart: clock.now() }],
  );
  assert.equal(scheduler.makeDue("two"), false);
  assert.equal(scheduler.cancelDue("one"), false);
  assert.equal(scheduler.makeDue("one"), true);
  assert.equal(scheduler.cancelDue("one"), true);
  assert.equal(scheduler.makeDue("one"), true);
  await scheduler.runUntil(stop.signal);
  assert.deepEqual(starts, ["01-01T00:00", "01-01T06:00", "01-02T06:00"]);
});
