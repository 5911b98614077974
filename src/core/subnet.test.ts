import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Address, addressToBigInt, parseAddress } from "./address.ts";
import { parseRange } from "./network.ts";
import { subnetOf } from "./subnet.ts";

function parsed(text: string): Address {
  const address = parseAddress(text);
  assert.ok(address !== undefined, text);
  return address;
}

test("an address belongs to its /24 or its /64", () => {
  for (const [text, subnet] of [
    ["192.168.1.77", "192.168.1.0/24"],
    ["2001:db8:0:7:1:2:3:4", "2001:db8:0:7::/64"],
    ["2001:db8::1", "2001:db8::/64"],
    ["::1", "::/64"],
    ["1::", "1::/64"],
    ["fe80::1%eth0", "fe80::%eth0/64"],
  ] as const)
    assert.equal(subnetOf(parsed(text)), subnet);
});

test("every subnet contains its address, and has the size of its kind", () => {
  const any = fc.oneof(fc.ipV4(), fc.ipV6()).map((text) => parseAddress(text));
  fc.assert(
    fc.property(any, (address) => {
      if (address === undefined) return;
      const range = parseRange(subnetOf(address));
      assert.ok(range !== undefined, subnetOf(address));
      const value = addressToBigInt(address);
      assert.ok(range.first <= value && value <= range.last);
      assert.equal(range.last - range.first + 1n, range.family === 4 ? 256n : 2n ** 64n);
    }),
  );
});
