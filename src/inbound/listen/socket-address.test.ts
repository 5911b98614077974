import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Address, parseAddress } from "../../core/address.ts";
import { countedKeyOf, reportedNetworkOf, socketAddress } from "./socket-address.ts";

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

describe("addresses of sockets", () => {
  test("of an IPv4 client on an IPv6 socket are IPv4", () => {
    assert.equal(socketAddress("::ffff:10.1.2.3"), "10.1.2.3");
    assert.equal(socketAddress("10.1.2.3"), "10.1.2.3");
    assert.equal(socketAddress("fe80::1%eth0"), "fe80::1%eth0");
  });

  test("are parsed the same by the short way for IPv4 and by the long way", () => {
    const octet = fc.oneof(fc.integer({ min: 0, max: 300 }).map(String), fc.constantFrom("", "00", "01", "x", "-1"));
    const dotted = fc.array(octet, { minLength: 3, maxLength: 5 }).map((octets) => octets.join("."));
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), dotted, fc.ipV6(), fc.string()), (text) => {
        assert.equal(socketAddress(text), parseAddress(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe("the limit that a connection counts against", () => {
  test("is that of an IPv4 address itself, and of the /64 of an IPv6 address", () => {
    assert.equal(countedKeyOf(address("192.0.2.1")), "192.0.2.1");
    assert.equal(countedKeyOf(address("2001:db8:1:2:3:4:5:6")), "2001:db8:1:2::/64");
    assert.equal(countedKeyOf(address("2001:db8::1")), "2001:db8:0:0::/64");
    assert.equal(countedKeyOf(address("::1")), "0:0:0:0::/64");
    assert.equal(countedKeyOf(address("fe80::1%eth0")), "fe80:0:0:0::/64");
  });

  test("is shared by two IPv6 addresses if and only if their first 64 bits are equal", () => {
    const groups = fc.array(fc.constantFrom(0, 0, 1, 0xffff), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, groups, (left, right) => {
        const text = (parts: number[]) => address(parts.map((part) => part.toString(16)).join(":"));
        if ([left, right].some((parts) => parts.slice(0, 5).every((part) => part === 0))) return;
        const same = left.slice(0, 4).join() === right.slice(0, 4).join();
        assert.equal(countedKeyOf(text(left)) === countedKeyOf(text(right)), same);
      }),
    );
  });

  test("joins many addresses by /24 and /64", () => {
    assert.equal(reportedNetworkOf(address("192.0.2.77")), "192.0.2.0/24");
    assert.equal(reportedNetworkOf(address("2001:db8:1:2::77")), "2001:db8:1:2::/64");
  });
});
