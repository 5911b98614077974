import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Redactor } from "./redact.ts";

test("a secret that is repeated in base64 or base64url, alone or inside a longer text, is not shown", () => {
  const secret = "1//0gRefresh?Token>~ÿÿ-that-is-long";
  const redactor = new Redactor({ passwords: [secret] });
  const core = Buffer.from(secret).toString("base64url").slice(4, -4);
  fc.assert(
    fc.property(fc.string({ maxLength: 7 }), fc.string({ maxLength: 7 }), (before, after) => {
      const bytes = Buffer.from(`${before}${secret}${after}`);
      for (const encoding of ["base64", "base64url"] as const) {
        const shown = redactor.redact(`no: ${bytes.toString(encoding)}`, 1000);
        assert.match(shown, /\[secret\]/);
        assert.ok(!shown.replaceAll("+", "-").replaceAll("/", "_").includes(core), shown);
      }
      assert.match(redactor.redact(bytes.toString("hex"), 1000), /\[secret\]/);
    }),
  );
});

test("a short secret does not remove other text", () => {
  assert.equal(new Redactor({ passwords: ["abc"] }).redact("YWJ is fine"), "YWJ is fine");
});
