import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRetryAfter, retryAfterOfBody } from "./retry-after.ts";

const now = Date.UTC(1994, 10, 6, 8, 49, 0);

test("seconds and dates in all three HTTP formats are accepted", () => {
  assert.equal(parseRetryAfter("120", now), 120_000);
  assert.equal(parseRetryAfter(" 0 ", now), 0);
  assert.equal(parseRetryAfter("Sun, 06 Nov 1994 08:49:37 GMT", now), 37_000);
  assert.equal(parseRetryAfter("Sunday, 06-Nov-94 08:49:37 GMT", now), 37_000);
  assert.equal(parseRetryAfter("Sun Nov  6 08:49:37 1994", now), 37_000);
  assert.equal(parseRetryAfter("Sun, 06 Nov 1994 08:48:00 GMT", now), 0);
});

test("anything else is undefined", () => {
  for (const text of ["", "soon", "-1", "1e9", "1994", "1994-11-06", "Sun, 99 Foo 1994 08:49:37 GMT", "9".repeat(50)]) {
    const read = parseRetryAfter(text, now);
    assert.equal(read, text === "1994" ? 1_994_000 : undefined, text);
  }
});

test("a wait may be in the body: Discord's and Telegram's", () => {
  assert.equal(retryAfterOfBody('{"retry_after":0.5}'), 500);
  assert.equal(retryAfterOfBody('{"parameters":{"retry_after":3}}'), 3000);
  for (const text of ["", "[]", "null", "{", '{"retry_after":"3"}', '{"retry_after":-3}', '{"parameters":3}']) {
    assert.equal(retryAfterOfBody(text), undefined, text);
  }
});

test("any text gives a number of 0 or more, or undefined", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      for (const read of [parseRetryAfter(text, now), retryAfterOfBody(text)]) {
        assert.ok(read === undefined || (Number.isFinite(read) && read >= 0));
      }
    }),
  );
});
