import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cronProblem } from "./cron-expression.ts";

test("five fields, six with seconds, and names are cron expressions", () => {
  for (const text of ["*/15 * * * *", "0 8 * * 1-5", "30 0 8 * * *", "@daily", " 0 8 * * * "]) {
    assert.equal(cronProblem(text), undefined, text);
  }
});

test("a wrong field is named", () => {
  assert.match(cronProblem("61 * * * *") ?? "", /minute: 61/);
});

test("anything else is rejected with an explanation of cron expressions", () => {
  for (const text of ["", "hourly", "* * * *", "15m", "2030-01-01T00:00:00"]) {
    assert.match(cronProblem(text) ?? "", /five fields/, text);
  }
  assert.ok(cronProblem("@sometimes") !== undefined);
});

test("a schedule without any time is rejected", () => {
  assert.equal(cronProblem("0 0 31 2 *"), "this schedule never runs");
});

test("any text is either accepted or rejected", () => {
  const fields = fc.array(fc.stringMatching(/^[0-9*,/L#-]{1,4}$/), { minLength: 5, maxLength: 6 });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fields.map((parts) => parts.join(" ")),
      ),
      (text) => {
        assert.ok(["string", "undefined"].includes(typeof cronProblem(text)));
      },
    ),
    { numRuns: 200 },
  );
});

test("an interval is rejected with the equivalent expression", () => {
  for (const [text, cron] of [
    ["30", "*/30 * * * *"],
    ["30m", "*/30 * * * *"],
    ["2h", "0 */2 * * *"],
    ["60", "0 * * * *"],
    ["1d", "0 3 * * *"],
  ] as const) {
    assert.ok(cronProblem(text)?.endsWith(`"${cron}"`), `${text}: ${cronProblem(text)}`);
    assert.equal(cronProblem(cron), undefined);
  }
  assert.match(cronProblem("7m") ?? "", /such as/);
});
