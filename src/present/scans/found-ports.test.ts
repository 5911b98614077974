import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ipv4FromNumber } from "../../core/address.ts";
import { FoundPorts } from "./found-ports.ts";

const host = (number: number) => ipv4FromNumber(0x0a000000 + number);

function lines(found: FoundPorts): string[] {
  return found.lines().map(({ address, port }) => `${address} ${port}`);
}

test("open ports are in order of address and port, with the name", () => {
  const found = new FoundPorts({ portsTried: 3, limit: 100 });
  found.add([
    { address: host(2), port: 80 },
    { address: host(1), port: 443, hostname: "one.lan" },
    { address: host(1), port: 22, hostname: "one.lan" },
  ]);
  assert.deepEqual(found.lines(), [
    { address: "10.0.0.1", port: 22, hostname: "one.lan" },
    { address: "10.0.0.1", port: 443, hostname: "one.lan" },
    { address: "10.0.0.2", port: 80, hostname: undefined },
  ]);
});

test("a host is one line if every port of many answers, and a line for each port if few were tried", () => {
  for (const [portsTried, expected] of [
    [15, 15],
    [16, 1],
  ] as const) {
    const found = new FoundPorts({ portsTried, limit: 100 });
    for (let port = 1; port <= portsTried; port++) found.add([{ address: host(1), port }]);
    assert.equal(found.lines().length, expected);
  }
});

test("in any order, every open port is on a line or counted, within the limit", () => {
  const endpoint = fc.record({ number: fc.integer({ min: 0, max: 3 }), port: fc.integer({ min: 1, max: 16 }) });
  const endpoints = fc.uniqueArray(endpoint, { selector: ({ number, port }) => number * 100 + port, maxLength: 64 });
  fc.assert(
    fc.property(endpoints, fc.integer({ min: 1, max: 70 }), (named, limit) => {
      const found = new FoundPorts({ portsTried: 16, limit });
      for (const { number, port } of named) found.add([{ address: host(number), port }]);
      const shown = found.lines();
      const full = shown.filter(({ port }) => port === 0).length;
      assert.equal(shown.length - full + full * 16 + found.leftOut, named.length);
      assert.ok(shown.length <= Math.max(limit, full) + limit);
    }),
  );
});

test("hosts that answer on every port do not crowd out the others", () => {
  const found = new FoundPorts({ portsTried: 1000, limit: 1500 });
  for (let port = 1; port <= 1000; port++) {
    for (const number of [1, 2, 3]) found.add([{ address: host(number), port }]);
  }
  found.add([{ address: host(4), port: 22 }]);
  assert.deepEqual(lines(found), ["10.0.0.1 0", "10.0.0.2 0", "10.0.0.3 0", "10.0.0.4 22"]);
  assert.equal(found.leftOut, 0);
});
