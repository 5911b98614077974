import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { escapeHtml, safeText } from "./safe-text.ts";

test("characters that move the cursor, break a line or reorder text become a dot", () => {
  assert.equal(safeText("a\u001b[31mb\u0007c\r\nd"), "a.[31mb.c d");
  assert.equal(safeText("x\u202eevil\u2066y\u200bz\ufeff"), "x.evil.y.z.");
  assert.equal(safeText("\u0085\u009b\u2028\u2029"), "....");
  assert.equal(safeText("lone \ud800 surrogate"), "lone . surrogate");
});

test("ordinary text of any language is not changed", () => {
  for (const text of ["Linköping", "日本語", "emoji 🎉", "Ω ≈ 3"]) assert.equal(safeText(text), text);
});

test("line feeds and tabs are kept if several lines are allowed", () => {
  assert.equal(safeText("a\r\n\tb\rc", { multiline: true }), "a\n\tb.c");
});

test("cut characters are counted, and none is cut in half", () => {
  assert.equal(safeText("abcdef", { limit: 4 }), "abcd... [2 more]");
  assert.equal(safeText("ab🎉cd", { limit: 3 }), "ab... [3 more]");
});

test("no text keeps a control character, and the work is bounded", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.boolean(), (text, multiline) => {
      const safe = safeText(text, { multiline, limit: 100 });
      assert.doesNotMatch(safe, multiline ? /(?![\n\t])\p{Cc}/u : /\p{Cc}/u);
      assert.ok(safe.length <= 100 + 30);
      assert.ok(safe.isWellFormed());
    }),
  );
});

test("text in HTML ends no element and no attribute", () => {
  assert.equal(escapeHtml(`<b a="1" b='2'>&`), "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;");
});

test("emoji keep their components, and nothing else is hidden in them", () => {
  for (const text of [
    "\u{1f5a5}\ufe0f",
    "\u2764\ufe0f",
    "\u{1f469}\u200d\u{1f4bb}",
    "\u2764\ufe0f\u200d\u{1f525}",
    "1\ufe0f\u20e3",
    "\u{1f469}\u{1f3fd}\u200d\u{1f680}",
  ]) {
    assert.equal(safeText(text), text);
  }
  assert.equal(safeText("a\ufe0f\u{1f5a5}\ufe0f\ufe0f"), "a.\u{1f5a5}\ufe0f.");
  assert.equal(safeText("\u{1f469}\u200dx\u200d\u{1f4bb}"), "\u{1f469}.x.\u{1f4bb}");
});

test("no invisible Unicode character is kept", () => {
  const left: string[] = [];
  for (let code = 0x80; code < 0x110000; code++) {
    const character = String.fromCodePoint(code);
    if (!/\p{Default_Ignorable_Code_Point}|\p{Zl}|\p{Zp}|\p{Bidi_Control}/u.test(character)) continue;
    if (safeText(`a${character}b`) !== "a.b" && safeText(`a${character}b`) !== "a..b") left.push(code.toString(16));
  }
  assert.deepEqual(left, []);
});
