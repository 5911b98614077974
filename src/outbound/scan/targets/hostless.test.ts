import assert from "node:assert/strict";
import type os from "node:os";
import { test } from "node:test";
import { formatRange, hostlessRanges, parseRange, subtractRanges } from "../../../core/network.ts";
import { networksOf } from "../../../platform/interface-networks.ts";
import { describeLeftOut, hostlessAddresses, nameRanges, splitHostless } from "./hostless.ts";

type Interfaces = ReturnType<typeof os.networkInterfaces>;

function interfacesWith(...cidrs: readonly string[]): Interfaces {
  return Object.fromEntries(
    cidrs.map((cidr, index) => {
      const address = cidr.split("/")[0] ?? "";
      const common = { address, netmask: "", mac: "00:00:00:00:00:00", internal: address.startsWith("127."), cidr };
      return [
        `eth${index}`,
        [address.includes(":") ? { ...common, family: "IPv6", scopeid: 0 } : { ...common, family: "IPv4" }],
      ];
    }),
  );
}

/** The addresses that an interface adds to those that are never hosts. */
function edges(...cidrs: readonly string[]): readonly string[] {
  return subtractRanges(hostlessAddresses(networksOf(interfacesWith(...cidrs))), hostlessRanges).map(formatRange);
}

test("an IPv4 network has a network and a broadcast address, by its own prefix length", () => {
  assert.deepEqual(edges("192.168.1.7/24"), ["192.168.1.0", "192.168.1.255"]);
  assert.deepEqual(edges("10.1.2.3/8"), ["10.0.0.0", "10.255.255.255"]);
  assert.deepEqual(edges("10.0.0.6/30"), ["10.0.0.4", "10.0.0.7"]);
});

test("both addresses of a /31 are hosts (RFC 3021), and so is a /32", () => {
  assert.deepEqual(edges("10.0.0.0/31"), []);
  assert.deepEqual(edges("10.0.0.255/32"), []);
});

test("two interfaces with different prefix lengths each have their own", () => {
  assert.deepEqual(edges("10.0.0.9/24", "10.0.1.9/16"), ["10.0.0.0", "10.0.0.255", "10.0.255.255"]);
});

test("an address of this machine is a host, even if it is the last one of another of its networks", () => {
  assert.deepEqual(edges("10.0.0.9/24", "10.0.0.255/16"), ["10.0.0.0", "10.0.255.255"]);
});

test("the Subnet-Router anycast address of an IPv6 network is not a host, except in a /127", () => {
  assert.deepEqual(edges("fd00::5/64"), ["fd00::"]);
  assert.deepEqual(edges("fd00::/127", "fd00::9/128"), []);
});

test("multicast, reserved and unspecified addresses are never hosts", () => {
  const never = hostlessAddresses([]);
  for (const text of [
    "0.0.0.0",
    "0.1.2.3",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "ff02::1",
  ]) {
    const range = parseRange(text);
    assert.ok(range !== undefined);
    assert.deepEqual(splitHostless([range], never).hosts, [], text);
  }
  const host = parseRange("223.255.255.255");
  assert.ok(host !== undefined);
  assert.deepEqual(splitHostless([host], never), { hosts: [host], leftOut: [] });
});

test("the note names a few, however many there are", () => {
  const ranges = ["10.0.0.0", "10.0.0.255", "10.0.1.0", "10.0.1.255", "224.0.0.0/4"].flatMap(
    (text) => parseRange(text) ?? [],
  );
  assert.equal(nameRanges(ranges.slice(0, 2)), "10.0.0.0 and 10.0.0.255");
  assert.equal(nameRanges(ranges.slice(0, 2), { areAll: false }), "10.0.0.0, 10.0.0.255 and others");
  assert.match(nameRanges(ranges, { areAll: false }), /10\.0\.1\.255 and others$/);
  assert.match(describeLeftOut(ranges) ?? "", /10\.0\.0\.0, .*10\.0\.1\.255 and 1 more$/);
  assert.equal(describeLeftOut([]), undefined);
});
