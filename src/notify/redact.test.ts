import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Redactor } from "./redact.ts";

test("a password is removed in plain text, in base64, in a PLAIN token and in a URL", () => {
  const password = "p&ss wörd";
  const redactor = new Redactor({ passwords: [password], user: "me" });
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  for (const form of [password, base64(password), base64(`\0me\0${password}`), encodeURIComponent(password)]) {
    assert.equal(redactor.redact(`a ${form} b`), "a [secret] b");
  }
});

test("no text keeps a password, in any position and at any length", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 8, maxLength: 30 }),
      fc.string({ maxLength: 300 }),
      fc.string({ maxLength: 300 }),
      (password, before, after) => {
        const shown = new Redactor({ passwords: [password] }).redact(`${before}${password}${after}`, 200);
        assert.ok(!shown.includes(password));
        assert.ok(shown.length < 260);
      },
    ),
  );
});

test("a long secret that is repeated leaves no part of itself where the text is cut", () => {
  const token = Array.from({ length: 1500 }, (_, index) => index.toString(36))
    .join("")
    .slice(0, 3000);

  const shown = new Redactor({ passwords: [token] }).redact(`no: ${token} ${token}`, 600);

  assert.equal(shown, "no: [secret] ");
});

test("without secrets only unsafe characters change", () => {
  assert.equal(new Redactor({ passwords: [""] }).redact("550 no\u001b[31m"), "550 no.[31m");
});

test("a password with half of a surrogate pair is redacted like any other", () => {
  assert.equal(new Redactor({ passwords: ["a\ud800b"] }).redact("no: a\ud800b"), "no: [secret]");
});
