import assert from "node:assert/strict";
import type { NetworkInterfaceInfo } from "node:os";
import { test } from "node:test";
import { ownAddresses } from "./own-addresses.ts";

function entry(address: string): NetworkInterfaceInfo {
  const shared = { address, netmask: "", mac: "00:00:00:00:00:00", internal: false, cidr: null };
  return address.includes(":") ? { ...shared, family: "IPv6", scopeid: 0 } : { ...shared, family: "IPv4" };
}

test("the watch of this machine includes its private addresses, each once, and leaves public ones out", () => {
  const { scanned, leftOut } = ownAddresses({
    lo: [entry("127.0.0.1"), entry("::1")],
    eth0: [entry("192.168.1.5"), entry("fe80::1"), entry("fd00::5"), entry("203.0.113.9")],
    eth1: [entry("192.168.1.5"), entry("169.254.7.7")],
  });
  assert.deepEqual(scanned, ["127.0.0.1", "::1", "192.168.1.5", "fd00::5", "169.254.7.7"]);
  assert.deepEqual(leftOut, ["203.0.113.9"]);
});

test("on a machine with very many addresses it includes a bounded number of them, loopback among them", () => {
  const docker0 = Array.from({ length: 300 }, (_, index) => entry(`10.0.${index >> 8}.${index & 255}`));
  const { scanned } = ownAddresses({ docker0 });
  assert.equal(scanned.length, 16);
  assert.deepEqual(scanned.slice(0, 2), ["127.0.0.1", "::1"]);
});
