import assert from "node:assert/strict";
import { endianness } from "node:os";
import { test } from "node:test";
import fc from "fast-check";
import { formatRange } from "../core/network.ts";
import { kernelAddresses, parseFibTrie, parseIfInet6, parseOnLinkRoutes4 } from "./kernel-addresses.ts";

const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 192.168.77.0/24 2 0 2
        +-- 192.168.77.0/28 2 0 2
           |-- 192.168.77.0
              /24 link UNICAST
           |-- 192.168.77.10
              /32 host LOCAL
        |-- 192.168.77.255
           /32 link BROADCAST
Id 100:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 host LOCAL
     |-- 192.168.99.1
        /32 host LOCAL
Local:
  +-- 0.0.0.0/0 3 0 5
     +-- 10.30.0.0/22 2 0 2
        |-- 10.30.0.0
           /22 host LOCAL tos=4
           /32 link BROADCAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.0
           /8 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
     |-- 192.168.77.10
        /32 host LOCAL
`;

test("the trie's own addresses are each listed once, and tables that only rules use are left out", () => {
  const { addresses, networks } = parseFibTrie(trie);
  assert.deepEqual(addresses, ["192.168.77.10", "127.0.0.1"]);
  assert.deepEqual(networks.map(formatRange), ["10.30.0.0-10.30.3.255", "127.0.0.0-127.255.255.255"]);
});

test("a line that is cut off is not read", () => {
  const cut = trie.indexOf("              /32 host LOCAL") + "              /32 host LOCAL".length;
  assert.deepEqual(parseFibTrie(trie.slice(0, cut)).addresses, []);
  assert.deepEqual(parseFibTrie(trie.slice(0, cut + 1)).addresses, ["192.168.77.10"]);
});

test("IPv6 addresses have their interface and prefix length", () => {
  const text = [
    "fe800000000000009475befffefb0e8c 02 40 20 80       v0",
    "fd770000000000000000000000000010 02 80 00 80  br-lan",
    "00000000000000000000000000000001 01 80 10 80       lo",
    "fd770000000000000000000000000011 02 81 00 80       v0",
    "",
  ].join("\n");
  assert.deepEqual(parseIfInet6(text), [
    { link: "v0", address: "fe80::9475:beff:fefb:e8c", prefixLength: 64 },
    { link: "br-lan", address: "fd77::10", prefixLength: 128 },
    { link: "lo", address: "::1", prefixLength: 128 },
  ]);
});

test("routes without a router are networks of their interface; default, rejecting and other routes are not", {
  skip: endianness() === "BE",
}, () => {
  const text = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "v0\t004DA8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0   ",
    "v0\t0200050A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0   ",
    "v0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0   ",
    "v0\t0000000A\t014DA8C0\t0003\t0\t0\t0\t000000FF\t0\t0\t0   ",
    "*\t0000010A\t00000000\t0200\t0\t0\t0\t0000FFFF\t0\t0\t0   ",
    "v0\t0000020A\t00000000\t0001\t0\t0\t0\tFF00FFFF\t0\t0\t0   ",
    "",
  ].join("\n");
  const found = parseOnLinkRoutes4(text).map(({ link, range, prefixLength }) => [
    link,
    formatRange(range),
    prefixLength,
  ]);
  assert.deepEqual(found, [
    ["v0", "192.168.77.0-192.168.77.255", 24],
    ["v0", "10.5.0.2", 32],
  ]);
});

test("any text is read without an exception, and only whole addresses come of it", () => {
  const pieces = [
    "Main:\n",
    "Local:\n",
    "Id 7:\n",
    "  |-- ",
    "  /",
    "32",
    "host LOCAL",
    "\n",
    " ",
    "\t",
    "10.0.0.1",
    "fe80::1",
    "FFFFFFFF",
  ];
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 60 })
      .map((all) => all.join("")),
  );
  fc.assert(
    fc.property(text, (generated) => {
      for (const address of parseFibTrie(generated).addresses) assert.match(address, /^\d+\.\d+\.\d+\.\d+$/);
      for (const { prefixLength } of parseIfInet6(generated)) assert.ok(prefixLength <= 128);
      for (const { prefixLength } of parseOnLinkRoutes4(generated)) assert.ok(prefixLength >= 1 && prefixLength <= 32);
    }),
  );
});

test("on Linux the kernel's list has loopback", { skip: process.platform !== "linux" }, () => {
  const { local4 } = kernelAddresses();
  assert.ok(local4.addresses.length === 0 || local4.addresses.some((address) => address === "127.0.0.1"));
});
