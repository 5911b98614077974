import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { type ScanMoment, TimeLeft } from "./time-left.ts";

const recordingSchema = z.object({
  columns: z.array(z.string()),
  endMs: z.number(),
  moments: z.array(z.array(z.number())),
});

const noMoment: ScanMoment = {
  atMs: 0,
  launched: 0,
  firstProbes: 0,
  shortFirstProbes: 0,
  firstInFlight: 0,
  repeatsInFlight: 0,
  notStarted: 0,
  ready: 0,
  repeats: 0,
  skipped: 0,
  held: 0,
  hostsLeft: 0,
  hostsStarted: 0,
  hostsPending: 0,
  hostsUp: 0,
  lastLaunchMs: 0,
  lastResolutionMs: 0,
  resolutionTakesMs: 0,
  silenceTakesMs: 0,
};

/** The estimate at each moment of a recorded scan, and how long it really took from there. */
function replay(
  name: string,
): readonly { readonly share: number; readonly estimated: number | undefined; readonly real: number }[] {
  const file = path.join(import.meta.dirname, "fixtures", `${name}.json`);
  const { columns, endMs, moments } = recordingSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const timeLeft = new TimeLeft();
  const startMs = moments[0]?.[0] ?? 0;
  return moments.map((row) => {
    const moment = { ...noMoment, ...Object.fromEntries(columns.map((column, index) => [column, row[index] ?? 0])) };
    return {
      share: (moment.atMs - startMs) / (endMs - startMs),
      estimated: timeLeft.estimate(moment),
      real: endMs - moment.atMs,
    };
  });
}

for (const [name, what] of [
  ["on-link-24", "an own /24 with 16 hosts, 1,000 ports"],
  ["routed-18", "a routed /18, one port"],
  ["silent-host", "one silent host, 3,000 ports"],
] as const) {
  test(`after a third of the scan the time left is right within a factor of two: ${what}`, () => {
    const steps = replay(name).filter(({ share }) => share >= 1 / 3);
    assert.ok(steps.length > 5);
    for (const { share, estimated, real } of steps) {
      const place = `at ${Math.round(share * 100)} %: estimated ${estimated} ms, really ${real} ms`;
      assert.ok(estimated !== undefined, place);
      // Differences within the last second do not matter.
      assert.ok(estimated <= real * 2 + 1000 && estimated >= real / 2 - 1000, place);
    }
  });

  test(`there is no estimate in the first second: ${what}`, () => {
    const [first] = replay(name);
    assert.equal(first?.estimated, undefined);
  });

  test(`no estimate is far too long: ${what}`, () => {
    for (const { estimated, real } of replay(name))
      assert.ok(estimated === undefined || estimated < real * 4 + 2000, `${estimated} ${real}`);
  });
}

test("while there is no progress there is no estimate", () => {
  const timeLeft = new TimeLeft();
  const stuck = { ...noMoment, launched: 10, firstProbes: 10, notStarted: 1000 };
  for (let atMs = 0; atMs < 5000; atMs += 250) assert.equal(timeLeft.estimate({ ...stuck, atMs }), undefined);
});

test("hosts left on the own link take their time at the pace of the last seconds", () => {
  const timeLeft = new TimeLeft();
  let estimated: number | undefined;
  for (let step = 0; step <= 20; step++) {
    const hostsStarted = step * 50;
    const moment = {
      ...noMoment,
      atMs: step * 250,
      hostsStarted,
      hostsPending: 100,
      hostsLeft: 2000 - hostsStarted,
      resolutionTakesMs: 2300,
    };
    estimated = timeLeft.estimate({ ...moment, lastResolutionMs: moment.atMs });
  }
  // A thousand hosts at 200 a second, and the outcome of the last.
  assert.ok(estimated !== undefined && Math.abs(estimated - 7300) < 50, `${estimated}`);
});
