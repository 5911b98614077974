import assert from "node:assert/strict";
import { test } from "node:test";
import { checkContext } from "../../../test/check/check-context.ts";
import { freePort } from "../../../test/harness/free-port.ts";
import { builtInChecks } from "../check/registry.ts";
import { isUnreached } from "./is-unreached.ts";

test("a check of a closed port says nothing about the service, but that of the port", async () => {
  const port = await freePort();
  for (const name of ["exposure", "service", "cert", "port"] as const) {
    const check = builtInChecks[name].create(checkContext);
    const request = { host: "127.0.0.1", port, timeoutMs: 5000, options: {} };
    const result = await check.run(request, new AbortController().signal);
    assert.equal(result.passed, false);
    assert.equal(isUnreached(result), name !== "port", name);
  }
});

test("an answer says something, also one that proves nothing", () => {
  const answer = { check: "exposure", output: "", verdict: "inconclusive" } as const;
  assert.equal(isUnreached({ ...answer, passed: false, facts: { reason: "the service was not recognised" } }), false);
  assert.equal(isUnreached({ ...answer, passed: true, facts: { state: "closed" } }), false);
});
