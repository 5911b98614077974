import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../../core/address.ts";
import { isPublicAddress } from "./public-address.ts";

function isPublic(text: string): boolean {
  const address = parseAddress(text);
  assert.ok(address !== undefined, text);
  return isPublicAddress(address);
}

test("addresses of hosts in private networks are not public", () => {
  const internal = [
    "0.0.0.0",
    "10.255.255.255",
    "100.127.255.255",
    "127.9.9.9",
    "169.254.0.1",
    "172.31.0.1",
    "192.168.9.9",
  ];
  const internal6 = ["::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fd00::1", "fc00::", "::ffff:192.168.0.1"];
  for (const address of [...internal, ...internal6]) assert.equal(isPublic(address), false, address);
});

test("addresses next to those ranges are public", () => {
  for (const address of [
    "1.0.0.0",
    "9.255.255.255",
    "11.0.0.0",
    "100.128.0.0",
    "172.32.0.0",
    "2001:4860::1",
    "::ffff:8.8.8.8",
  ]) {
    assert.equal(isPublic(address), true, address);
  }
});
