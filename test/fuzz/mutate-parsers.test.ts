import assert from "node:assert/strict";
import { test } from "node:test";
import { mutateParsers } from "./mutate-parsers.ts";

test("mutated messages of real clients make no parser throw or run for long", () => {
  const { exceptions, slow } = mutateParsers(2000, 1);
  assert.deepEqual({ exceptions, slow }, { exceptions: [], slow: [] });
});
