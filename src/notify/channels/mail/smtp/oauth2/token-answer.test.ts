import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readTokenAnswer } from "./token-answer.ts";

test("a token has its lifetime and, if it was rotated, the new refresh token", () => {
  const text = '{"token_type":"Bearer","expires_in":3599,"access_token":"ey.J0","refresh_token":"0.AX"}';

  assert.deepEqual(readTokenAnswer(text), {
    kind: "token",
    accessToken: "ey.J0",
    lifetimeMs: 3_599_000,
    refreshToken: "0.AX",
  });
});

test("a lifetime may be text, or missing", () => {
  const lifetime = (part: string) => {
    const answer = readTokenAnswer(`{"access_token":"a"${part}}`);
    return answer.kind === "token" ? answer.lifetimeMs : assert.fail(answer.kind);
  };
  assert.equal(lifetime(',"expires_in":"60"'), 60_000);
  for (const part of ["", ',"expires_in":null', ',"expires_in":-1', ',"expires_in":"soon"']) {
    assert.equal(lifetime(part), undefined, part);
  }
  assert.equal(lifetime(',"expires_in":1e300'), 366 * 86_400_000);
});

test("a rejection has its error code and its description", () => {
  assert.deepEqual(readTokenAnswer('{"error":"invalid_grant","error_description":"expired"}'), {
    kind: "refused",
    error: "invalid_grant",
    description: "expired",
  });
});

test("anything that cannot be a token is rejected: it goes into an SMTP command", () => {
  for (const token of ["", "a b", "a\r\nQUIT", "\u0001auth=Bearer x", "é", 5, null, "x".repeat(20_000)]) {
    assert.equal(readTokenAnswer(JSON.stringify({ access_token: token })).kind, "unreadable", String(token));
  }
  assert.equal(readTokenAnswer('{"access_token":"a","token_type":"mac"}').kind, "unreadable");
});

test("any answer is read without an exception", () => {
  const anyBody = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record(
        {
          access_token: fc.anything(),
          expires_in: fc.anything(),
          error: fc.anything(),
          error_description: fc.anything(),
          refresh_token: fc.anything(),
          token_type: fc.anything(),
        },
        { requiredKeys: [] },
      )
      .map((body) => String(JSON.stringify(body, (_key, value) => (typeof value === "bigint" ? "1" : value)))),
  );
  fc.assert(
    fc.property(anyBody, (text) => {
      const answer = readTokenAnswer(text);
      if (answer.kind === "token") assert.match(answer.accessToken, /^[\x21-\x7e]+$/);
    }),
  );
});
