import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseRecipient, splitList } from "./recipients.ts";

test("a mail address stands alone, after a name, or is a local user", () => {
  assert.equal(parseRecipient("ann@example.org"), "ann@example.org");
  assert.equal(parseRecipient("Ann B. <ann@example.org>"), "ann@example.org");
  assert.equal(parseRecipient("<ann@example.org>"), "ann@example.org");
  assert.equal(parseRecipient("root"), "root");
});

test("what could become two addresses or another header is no mail address", () => {
  for (const text of [
    "",
    "a b@c",
    "a@b@c",
    "a@b, c@d",
    "a@b\nBcc: c@d",
    "<a@b",
    "a@b>",
    "A <a b>",
    `${"a".repeat(255)}`,
  ]) {
    assert.equal(parseRecipient(text), undefined, JSON.stringify(text));
  }
});

test("a list is a list, or text with commas; empty parts do not count", () => {
  assert.deepEqual(splitList("a, b,,c "), ["a", "b", "c"]);
  assert.deepEqual(splitList(["a ", "b"]), ["a", "b"]);
  assert.deepEqual(splitList(""), []);
  assert.deepEqual(splitList(undefined), []);
});

test("whatever the text, an accepted address has no space, comma or control character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.match(parseRecipient(text) ?? "a@b", /^[^\s\p{Cc},<>]{1,254}$/u);
    }),
  );
});
