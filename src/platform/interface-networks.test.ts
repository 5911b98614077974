import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, parseAddress } from "../core/address.ts";
import { type AddressRange, formatRange, parseRange } from "../core/network.ts";
import { interfaceExists, networksOf, withoutCarrier } from "./interface-networks.ts";

const address = (text: string): Address => parseAddress(text) ?? assert.fail(text);
const range = (text: string): AddressRange => parseRange(text) ?? assert.fail(text);
const route = (link: string, text: string) => ({ link, range: range(text), prefixLength: Number(text.split("/")[1]) });

const listed = networksOf({
  lo: [{ address: "127.0.0.1", cidr: "127.0.0.1/8", internal: true, family: "IPv4", netmask: "", mac: "" }],
  eth0: [
    { address: "10.0.0.5", cidr: "10.0.0.5/24", internal: false, family: "IPv4", netmask: "", mac: "" },
    { address: "fe80::5", cidr: "fe80::5/64", internal: false, family: "IPv6", netmask: "", mac: "", scopeid: 2 },
  ],
});

const words = (all: ReturnType<typeof withoutCarrier>) =>
  all.map((each) => `${each.link} ${each.address} ${formatRange(each.range)} ${each.prefixLength} ${each.isLoopback}`);

test("addresses without a carrier are networks too: the smallest that a route shows, or one of their own", () => {
  const local4 = {
    addresses: ["127.0.0.1", "127.0.0.53", "10.0.0.5", "192.168.77.10", "172.16.0.9"].map(address),
    networks: [range("127.0.0.0/8")],
  };
  const interfaces6 = [
    { link: "lo", address: address("::1"), prefixLength: 128 },
    { link: "eth0", address: address("fe80::5"), prefixLength: 64 },
    // Another interface with the same address.
    { link: "eth1", address: address("fe80::5"), prefixLength: 64 },
    { link: "eth1", address: address("fd77::10"), prefixLength: 64 },
  ];
  const routes = () => [
    route("eth2", "192.168.0.0/16"),
    route("eth1", "192.168.77.0/24"),
    route("eth1", "192.168.77.0/30"),
  ];
  assert.deepEqual(words(withoutCarrier(listed, { local4, interfaces6 }, routes)), [
    "eth1 192.168.77.10 192.168.77.0-192.168.77.255 24 false",
    "lo 172.16.0.9 172.16.0.9 32 true",
    "eth1 fe80::5 fe80::-fe80::ffff:ffff:ffff:ffff 64 false",
    "eth1 fd77::10 fd77::-fd77::ffff:ffff:ffff:ffff 64 false",
  ]);
});

test("routes are not read where every address is listed", () => {
  const local4 = { addresses: ["127.0.0.1", "10.0.0.5"].map(address), networks: [] };
  assert.deepEqual(
    withoutCarrier(listed, { local4, interfaces6: [] }, () => assert.fail("read")),
    [],
  );
});

test("thousands of own addresses and routes are matched quickly", () => {
  const dotted = (at: number) => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
  const addresses = Array.from({ length: 20_000 }, (_, at) => address(dotted(at)));
  const routes = Array.from({ length: 20_000 }, (_, at) => route("eth1", `${dotted(at * 256)}/24`));
  const found = withoutCarrier([], { local4: { addresses, networks: [] }, interfaces6: [] }, () => routes);
  assert.equal(found.length, addresses.length);
  assert.equal(words(found).at(-1), "eth1 10.0.78.31 10.0.78.0-10.0.78.255 24 false");
});

test("a name that is a path is not an interface", () => {
  for (const name of ["", ".", "..", "../net", "lo/.."]) assert.equal(interfaceExists(name), false);
  if (process.platform === "linux") assert.equal(interfaceExists("lo"), true);
});
