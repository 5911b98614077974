import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { evidenceBytes, evidenceText, safeData } from "./evidence.ts";

test("values of secrets are not evidence", () => {
  for (const secret of [
    '{"password":"hunter2"}',
    '{"db_password" : "hunter2", "x": 1}',
    "basic_auth: { password: hunter2 }",
    "url: https://admin:hunter2@db.example.org/",
    "Set-Cookie: sid=hunter2",
    "api_key=hunter2&x=1",
    "Authorization: Bearer hunter2hunter2",
    '{"token":"hunter2',
  ]) {
    assert.doesNotMatch(evidenceText(secret), /hunter2/, secret);
    assert.match(evidenceText(secret), /\*\*\*/, secret);
  }
  assert.equal(evidenceText("HTTP/1.1 200 OK"), "HTTP/1.1 200 OK");
});

test("a key that is cut off still hides its value", () => {
  assert.doesNotMatch(evidenceText(`${"x".repeat(280)}password=hunter2`), /hunter2/);
});

test("first bytes are shown as text or else as hexadecimal, both bounded and safe", () => {
  assert.equal(evidenceBytes(Buffer.from("+PONG")), "+PONG");
  assert.equal(evidenceBytes(Uint8Array.of(0x20, 0x02, 0x00, 0x05)), "20020005");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      const shown = evidenceBytes(bytes);
      assert.ok(shown.length <= 400);
      assert.match(shown, /^[^\p{Cc}]*$/u);
    }),
    { numRuns: 200 },
  );
});

test("nested data is made safe", () => {
  assert.deepEqual(safeData({ topics: ["a\x1b[0m", "b"], count: 2, inner: { text: "token=abc" } }), {
    topics: ["a.[0m", "b"],
    count: 2,
    inner: { text: "token=***" },
  });
});
