import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  addressFromBigInt,
  addressToBigInt,
  compareAddresses,
  familyOf,
  ipv4FromNumber,
  ipv4ToNumber,
  parseAddress,
} from "./address.ts";
import { hostLiteral } from "./host-literal.ts";

test("equal addresses are equal strings, however they were written", () => {
  assert.equal(parseAddress("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  assert.equal(parseAddress("::ffff:10.0.0.1"), "10.0.0.1");
  assert.equal(parseAddress("::FFFF:0a00:0001"), "10.0.0.1");
  // RFC 4291 section 2.5.5.1: the compatible form is not an IPv4 address.
  assert.equal(parseAddress("::10.0.0.1"), "::a00:1");
  assert.equal(parseAddress("64:ff9b::10.0.0.1"), "64:ff9b::a00:1");
  assert.equal(parseAddress("FE80::1%eth0"), "fe80::1%eth0");
  assert.equal(parseAddress("fe80::1%br-lan"), "fe80::1%br-lan");
});

test("anything else is not an address: octal, short, out of range, with a port or a mask", () => {
  for (const text of [
    "010.0.0.1",
    "10.1",
    "256.1.1.1",
    "1.2.3.4.5",
    "10.0.0.1:80",
    "10.0.0.0/8",
    "",
    " 10.0.0.1",
    "0x7f.0.0.1",
    "::g",
    ":",
    "1::2::3",
    "fe80::1%",
    "fe80::1%a b",
    "fe80::1%$(id)",
  ]) {
    assert.equal(parseAddress(text), undefined, text);
  }
});

test("any text is either rejected or canonical", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.ipV4Extended()), (text) => {
      const address = parseAddress(text);
      if (address !== undefined) assert.equal(parseAddress(address), address);
    }),
  );
});

test("an address and its number convert into each other", () => {
  fc.assert(
    fc.property(fc.ipV4(), (text) => {
      const address = parseAddress(text);
      assert.ok(address !== undefined);
      assert.equal(ipv4FromNumber(ipv4ToNumber(address)), address);
      assert.equal(addressFromBigInt(addressToBigInt(address), 4), address);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (value) => {
      const address = addressFromBigInt(value, 6);
      assert.equal(addressToBigInt(address), value);
      assert.equal(familyOf(address), 6);
    }),
  );
});

test("addresses are ordered as a person lists them", () => {
  const sorted = ["10.0.0.9", "10.0.0.10", "192.168.0.1", "::1", "2001:db8::1"].flatMap(
    (text) => parseAddress(text) ?? [],
  );
  assert.deepEqual([...sorted].reverse().sort(compareAddresses), sorted);
});

test("an IPv6 address is in brackets before a port", () => {
  const address = parseAddress("::1");
  assert.ok(address !== undefined);
  assert.equal(`${hostLiteral(address)}:80`, "[::1]:80");
});
