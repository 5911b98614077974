import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isMailAddress } from "./recipients.ts";

test("addresses of people, lists, other scripts, address literals and local users are accepted", () => {
  for (const address of [
    "security@example.org",
    "o'brien+net@example.org",
    "jörg@bücher.example",
    "root",
    "ops@[192.0.2.1]",
    "ops@[IPv6:2001:db8::1]",
  ]) {
    assert.ok(isMailAddress(address), address);
  }
});

test("lists, display names, quoted parts, blanks and controls are not", () => {
  for (const text of [
    "",
    "a@b,c@d",
    "Name <a@b>",
    "a b@c",
    '"a b"@c',
    "a@b\r\nRCPT TO:<c@d>",
    "a@b\0",
    "@",
    "a@",
    "a@b@c",
    "a".repeat(321),
  ]) {
    assert.ok(!isMailAddress(text), text);
  }
});

test("no accepted address can end an envelope command or a header", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      if (isMailAddress(text)) assert.match(text, /^[^\s<>,;\p{Cc}]+$/u);
    }),
  );
});
