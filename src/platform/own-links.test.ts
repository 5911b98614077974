import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseAddress } from "../core/address.ts";
import { formatRange, rangeSize } from "../core/network.ts";
import { gateways4, gateways6, onLinkRoutes6, ownAddresses, ownIpv6Links, ownLinks } from "./own-links.ts";

test("own networks contain the own address, more than that, and no loopback", () => {
  for (const { range, address, mac } of ownLinks()) {
    assert.equal(range.family, 4);
    assert.ok(rangeSize(range) > 1n);
    assert.ok(!address.startsWith("127."));
    assert.notEqual(mac, "00:00:00:00:00:00");
  }
});

const routes4 = [
  "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
  "eth0\t00000000\t0132A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
  "eth0\t0032A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
].join("\n");

const hop = "fe80000000000000ba27ebfffe000001";
const nothing = "0".repeat(32);
const routes6 = [
  `fd000000000000000000000000000000 40 ${nothing} 00 ${nothing} 00000100 00000001 00000000 00000001     eth0`,
  `fd000000000000000000000000000010 80 ${nothing} 00 ${nothing} 00000100 00000001 00000000 00000001     eth0`,
  `${nothing} 00 ${nothing} 00 ${hop} 00000400 00000001 00000000 00000003     eth0`,
].join("\n");

test("the gateway is that of the default route", () => {
  assert.deepEqual(gateways4(routes4), ["192.168.50.1"]);
  assert.deepEqual(gateways6(routes6), ["fe80::ba27:ebff:fe00:1%eth0"]);
});

test("IPv6 networks without a gateway are on the link", () => {
  const found = onLinkRoutes6(routes6).map(({ link, range }) => `${link} ${formatRange(range)}`);
  assert.deepEqual(found, ["eth0 fd00::-fd00::ffff:ffff:ffff:ffff"]);
});

test("any text is read without an exception", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      gateways4(text);
      gateways6(text);
      onLinkRoutes6(text);
    }),
  );
});

test("the own addresses contain loopback and those of own networks, each once and in the form of all addresses", () => {
  const own = ownAddresses();
  assert.equal(new Set(own).size, own.length);
  for (const { address } of [...ownLinks(), ...ownIpv6Links()]) assert.ok(own.includes(address), address);
  for (const address of own) assert.equal(parseAddress(address), address);
});
