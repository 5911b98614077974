import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../core/address.ts";
import { networksOf } from "./interface-networks.ts";
import { onLinkTest } from "./on-link.ts";

function network(address: string, cidr: string, internal = false) {
  return { address, cidr, internal, family: "IPv6" as const, netmask: "", mac: "", scopeid: 0 };
}

test("addresses in networks of interfaces are on link, those of loopback are not; a new network is known after a minute", () => {
  let now = 0;
  let interfaces = {
    eth0: [network("2001:db8:7::1", "2001:db8:7::1/64")],
    lo: [network("2001:db8:9::1", "2001:db8::/32", true)],
  };
  const clock = { now: () => now, monotonic: () => now, sleep: async () => {} };
  const isOnLink = onLinkTest(clock, () => networksOf(interfaces));
  const asked = (...texts: readonly string[]) => texts.map((text) => isOnLink(parseAddress(text) ?? assert.fail(text)));
  assert.deepEqual(asked("2001:db8:7::5", "2001:db8:8::5", "192.0.2.1"), [true, false, false]);
  interfaces = { ...interfaces, eth0: [network("2001:db8:8::1", "2001:db8:8::1/64")] };
  now = 59_999;
  assert.deepEqual(asked("2001:db8:7::5", "2001:db8:8::5"), [true, false]);
  now = 60_000;
  assert.deepEqual(asked("2001:db8:7::5", "2001:db8:8::5"), [false, true]);
});
