import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareAddresses, parseAddress } from "../../core/address.ts";
import { addressOf, firstIpv6Endpoint, ipv4Endpoint, ipv6Endpoint, ipv6SortKey, portOf } from "./endpoint.ts";

const port = fc.integer({ min: 1, max: 65535 });

test("an IPv4 endpoint is one number and can be read back", () => {
  fc.assert(
    fc.property(fc.ipV4(), port, (text, port) => {
      const address = parseAddress(text);
      assert.ok(address !== undefined);
      const endpoint = ipv4Endpoint(address, port);
      assert.ok(Number.isSafeInteger(endpoint) && endpoint < firstIpv6Endpoint);
      assert.equal(addressOf(endpoint, null), address);
      assert.equal(portOf(endpoint), port);
    }),
  );
});

test("an IPv6 endpoint is exact for more addresses than any table can have", () => {
  const endpoint = ipv6Endpoint(2 ** 36, 65535);
  assert.ok(Number.isSafeInteger(endpoint));
  assert.equal(portOf(endpoint), 65535);
  assert.ok(endpoint > ipv4Endpoint(parseAddress("255.255.255.255") ?? addressOf(0, null), 65535));
});

test("sort keys order IPv6 addresses by value", () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV6(), (first, second) => {
      const a = parseAddress(first);
      const b = parseAddress(second);
      if (a === undefined || b === undefined || !a.includes(":") || !b.includes(":")) return;
      const keys = ipv6SortKey(a) < ipv6SortKey(b) ? -1 : ipv6SortKey(a) > ipv6SortKey(b) ? 1 : 0;
      assert.equal(keys, Math.sign(compareAddresses(a, b)));
    }),
  );
});
