import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseMailbox, parseRecipient, recipientProblem, splitList } from "./recipients.ts";

test("a mail address is alone, after a name, or a local user", () => {
  assert.equal(parseRecipient("ann@example.org"), "ann@example.org");
  assert.equal(parseRecipient("Ann B. <ann@example.org>"), "ann@example.org");
  assert.equal(parseRecipient("<ann@example.org>"), "ann@example.org");
  assert.equal(parseRecipient("root"), "root");
});

test("text that could become two addresses or another header is not a mail address", () => {
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

test("for any text, an accepted address has no space, comma or control character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.match(parseRecipient(text) ?? "a@b", /^[^\s\p{Cc},<>]{1,254}$/u);
    }),
  );
});

test("a rejected mail address is explained, with the remedy", () => {
  for (const [text, problem] of [
    ["mailto:ann@example.org", /without "mailto:"/],
    ["ann@exa\u200bmple.org", /not seen \(U\+200B\)/],
    ["ann\u00a0@example.org", /not seen \(U\+00A0\)/],
    ["ann @example.org", /a space in it/],
    ["ann@example.org bob@example.org", /comma between two addresses/],
    ["ann@example.org; bob@example.org", /not a semicolon/],
    ["ann@", /after the @ is missing/],
    ["@example.org", /before the @ is missing/],
    ["ann@@example.org", /more than one @/],
    ["ann@example..org", /is not a domain/],
    ["ann@example.org.", /without the dot at the end/],
    ["ann@example.org:25", /without the port/],
    ["a\ufe0fnn@example.org", /not seen \(U\+FE0F\)/],
    ["ann@exa\u00admple.org", /not seen \(U\+00AD\)/],
    ["ann@[::1", /is not a domain/],
    [`ann@${"a".repeat(64)}.org`, /is not a domain/],
    [`ann@${"\u00fc".repeat(63)}.org`, /is not a domain/],
    ["ann(home)@example.org", /write it as/],
    ["a".repeat(300), /too long/],
  ] as const) {
    assert.equal(parseRecipient(text), undefined, text);
    assert.match(recipientProblem(text) ?? "", problem, text);
  }
  for (const text of ["root", "ann@localhost", "ann@[192.0.2.1]", "ann@b\u00fccher.example", "Ann <ann@example.org>"]) {
    assert.equal(recipientProblem(text), undefined, text);
  }
});

test("for any text, there is either an address or a reason", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(parseRecipient(text) === undefined, recipientProblem(text) !== undefined);
    }),
  );
});

test("a display name precedes the address, with commas in quotes", () => {
  assert.deepEqual(parseMailbox("Ann Doe <ann@example.org>"), { name: "Ann Doe", address: "ann@example.org" });
  assert.deepEqual(parseMailbox('"Doe, Ann" <ann@example.org>'), { name: "Doe, Ann", address: "ann@example.org" });
  assert.deepEqual(parseMailbox("<root>"), { name: "", address: "root" });
  for (const text of ["Ann", "Ann Doe <>", "Ann <a@b> <c@d>", "a@b, c@d", 'Ann "X" <a@b>', "Ann <ann@b\r\nBcc: c@d>"]) {
    const mailbox = parseMailbox(text);
    assert.ok(mailbox === undefined || text === "Ann", text);
  }
});
