import assert from "node:assert/strict";
import { test } from "node:test";
import { checkNames } from "../../core/check.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { readCheckArguments } from "./check-arguments.ts";
import { builtInChecks, createChecks } from "./registry.ts";

const checks = createChecks({ directory: "/nowhere", clock: systemClock });

test("the checks that a configuration may name are the checks in the registry", () => {
  assert.deepEqual(checks.map(({ name }) => name).sort(), [...checkNames].sort());
  for (const [name, check] of Object.entries(builtInChecks)) assert.equal(check.name, name);
});

test("every check and every option is described, and the sample of each check is a valid call", () => {
  for (const check of checks) {
    assert.notEqual(check.description, "", check.name);
    for (const option of check.options) assert.notEqual(option.description, "", `${check.name} --${option.name}`);
    const sample = Object.values(builtInChecks).find(({ name }) => name === check.name)?.sample;
    assert.ok(sample !== undefined && sample.output !== "", check.name);
    const read = readCheckArguments(check, sample.words.split(" "));
    assert.equal(read.kind, "request", `${check.name} ${sample.words}`);
  }
});

test("an invalid option value gives a result that names the option", async () => {
  const tls = checks.find(({ name }) => name === "tls");
  const request = { host: "127.0.0.1", port: 1, timeoutMs: 1000, options: { starttls: "gopher" } };
  const result = await tls?.run(request, new AbortController().signal);
  assert.equal(result?.passed, false);
  assert.match(result.output, /^--starttls takes one of smtp, imap/);
});
