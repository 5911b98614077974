import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cutToBytes, cutToCharacters } from "./cut-text.ts";

test("short text is kept, and cut text ends with the number of missing characters", () => {
  assert.equal(cutToCharacters("abc", 3), "abc");
  assert.equal(cutToCharacters("a".repeat(100), 50), `${"a".repeat(24)}\n... [76 more characters]`);
  assert.equal(cutToBytes("ü".repeat(25), 50), "ü".repeat(25));
});

test("any text fits afterwards, and no character is cut in half", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 300 });
  fc.assert(
    fc.property(text, fc.integer({ min: 40, max: 400 }), (given, limit) => {
      const bytes = cutToBytes(given, limit);
      const characters = cutToCharacters(given, limit);
      assert.ok(Buffer.byteLength(bytes) <= limit && characters.length <= limit);
      for (const result of [bytes, characters]) {
        assert.ok(result.isWellFormed() || !given.isWellFormed());
        const [, kept, left] = /^(.*)\n\.\.\. \[(\d+) more characters\]$/s.exec(result) ?? [];
        if (result === given) continue;
        assert.ok(kept !== undefined && given.startsWith(kept));
        assert.equal(kept.length + Number(left), given.length);
      }
    }),
  );
});
