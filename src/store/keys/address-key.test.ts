import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Address, compareAddresses, parseAddress } from "../../core/address.ts";
import { addressFromKey, addressKey, addressKeyLength, lastAddressKey, writeAddressKey } from "./address-key.ts";

function parsed(text: string): Address {
  const address = parseAddress(text);
  assert.ok(address !== undefined, text);
  return address;
}

const anyAddress = fc
  .oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV6().map((text) => `${text}%eth0.7`),
    // Long runs of zeros, at either end and in the middle.
    fc
      .array(fc.constantFrom("0", "0", "0", "1", "ab", "ffff"), { minLength: 8, maxLength: 8 })
      .map((groups) => groups.join(":")),
  )
  .map((text) => parseAddress(text))
  .filter((address) => address !== undefined);

test("an address can be read back from its key", () => {
  fc.assert(fc.property(anyAddress, (address) => assert.equal(addressFromKey(addressKey(address)), address)));
  for (const text of [
    "::",
    "::1",
    "1::",
    "fe80::1%br-lan",
    "1:2:3:4:5:6:7:8",
    "0.0.0.0",
    "255.255.255.255",
    "2001:db8::",
  ])
    assert.equal(addressFromKey(addressKey(parsed(text))), text);
});

test("keys order addresses by value", () => {
  fc.assert(
    fc.property(anyAddress, anyAddress, (a, b) => {
      const byValue = Math.sign(compareAddresses(a, b));
      if (byValue !== 0) assert.equal(Buffer.compare(addressKey(a), addressKey(b)), byValue);
    }),
  );
});

test("a key is written at its position, with the declared length", () => {
  fc.assert(
    fc.property(anyAddress, fc.nat(20), (address, position) => {
      const target = new Uint8Array(120);
      const end = writeAddressKey(address, target, position);
      assert.equal(end - position, addressKeyLength(address));
      assert.deepEqual(target.slice(position, end), addressKey(address));
      assert.ok(target.subarray(end).every((byte) => byte === 0));
    }),
  );
});

test("a range without zones includes its last address in any zone", () => {
  const last = lastAddressKey(parsed("fe80::5"));
  assert.ok(Buffer.compare(addressKey(parsed("fe80::5%eth0")), last) < 0);
  assert.ok(Buffer.compare(addressKey(parsed("fe80::6")), last) > 0);
  assert.deepEqual(lastAddressKey(parsed("10.0.0.1")), addressKey(parsed("10.0.0.1")));
  const zoned = parsed("fe80::5%eth0");
  assert.deepEqual(lastAddressKey(zoned), addressKey(zoned));
});
