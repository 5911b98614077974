import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { shortWords } from "./short-text.ts";

describe("a text that is cut between words", () => {
  test("does not end in the beginning of an address", () => {
    const text = "certificate changed on 192.168.77.10:443, 3 ports gone";
    assert.equal(shortWords(text, 35), "certificate changed on…");
    assert.equal(shortWords(text, 40), "certificate changed on…");
    // The last place where the whole address and the ellipsis fit.
    assert.equal(shortWords(text, 41), "certificate changed on…");
    assert.equal(shortWords(text, 42), "certificate changed on 192.168.77.10:443…");
    assert.equal(shortWords(text, text.length), text);
    assert.equal(shortWords("as it was…", 10), "as it was…");
  });

  test("keeps whole words of it, unless one has no end", () => {
    assert.equal(shortWords(`to ${"a".repeat(200)}`, 100), `to ${"a".repeat(96)}…`);
    const word = fc.string({ unit: fc.constantFrom(..."abc1."), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 20, max: 80 }), (words, limit) => {
        const short = shortWords(words.join(" "), limit);
        assert.ok(short.length <= limit);
        const kept = short.replace(/…$/, "").split(" ");
        assert.deepEqual(kept, words.slice(0, kept.length));
      }),
    );
  });
});
