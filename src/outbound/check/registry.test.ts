import assert from "node:assert/strict";
import { test } from "node:test";
import { checkNames } from "../../core/check.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { createChecks } from "./registry.ts";

test("the checks that a configuration may name are those that there are", () => {
  const names = createChecks({ directory: "/nowhere", clock: systemClock }).map((check) => check.name);
  assert.deepEqual([...names].sort(), [...checkNames].sort());
});
