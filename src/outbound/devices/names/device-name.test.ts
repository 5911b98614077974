import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseAddress } from "../../../core/address.ts";
import { deviceNameOf } from "./device-name.ts";

const address = parseAddress("192.168.50.10") ?? assert.fail();

test("a name is kept as received, without the final dot and .local", () => {
  for (const [given, kept] of [
    ["nas.lan.", "nas.lan"],
    ["Annas-NAS.local", "Annas-NAS"],
    ["Annas-NAS.local.", "Annas-NAS"],
    ["Anna's phone", "Anna's phone"],
    ["4711", "4711"],
    ["192-168-50-20.lan", "192-168-50-20.lan"],
  ] as const)
    assert.equal(deviceNameOf(given, address), kept);
});

test("a text without information is not a name", () => {
  for (const given of [
    "",
    ".",
    "*",
    ".local",
    "localhost",
    "LOCALHOST.localdomain",
    "_gateway",
    "192.168.50.10",
    "fe80::1",
    "10.50.168.192.in-addr.arpa",
    "192-168-50-10.lan",
    "ip-192-168-50-10.example",
    "a..b",
    "a".repeat(64),
    `${"a".repeat(60)}.`.repeat(5),
  ])
    assert.equal(deviceNameOf(given, address), undefined, given);
});

test("a name does not read as the address and vendor of another device", () => {
  assert.equal(deviceNameOf("Anna's phone, 192.168.50.9 (Apple)"), "Anna's phone- 192.168.50.9 -Apple-");
});

test("any text becomes one line that is safe to show, or is not a name", () => {
  assert.equal(deviceNameOf("a\u001b[31mb\nc"), "a.-31mb c");
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (given) => {
      const name = deviceNameOf(given);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      assert.ok(name === undefined || (name.length <= 253 && !/[\u0000-\u001f\u007f-\u009f\u202e]/.test(name)));
    }),
  );
});
