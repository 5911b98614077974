import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "./system-clock.ts";

test("a wait that is over already, or too long for a timer, causes no warning of the system", async () => {
  const warnings: string[] = [];
  const note = ({ name }: Error) => warnings.push(name);
  process.on("warning", note);
  await systemClock.sleep(-0.005);
  await systemClock.sleep(Number.NaN);
  const stop = new AbortController();
  const long = systemClock.sleep(Number.POSITIVE_INFINITY, stop.signal);
  await systemClock.sleep(1);
  stop.abort();
  await long;
  process.off("warning", note);
  assert.deepEqual(warnings, []);
});
