import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, parseAddress } from "./address.ts";
import { OwnPorts } from "./own-ports.ts";

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

const local = new Set(["127.0.0.1", "10.0.0.5", "::1", "fd00::5"]);

function ours(...bound: readonly string[]) {
  const endpoints = bound.map((text) => ({ address: address(text), port: 22 }));
  const own = new OwnPorts(endpoints, (asked) => local.has(asked));
  return ["127.0.0.1", "10.0.0.5", "10.0.0.6", "::1", "fd00::5", "fd00::6"].filter((text) =>
    own.has(address(text), 22),
  );
}

test("an address is an own one if it is bound", () => {
  assert.deepEqual(ours("10.0.0.5"), ["10.0.0.5"]);
  assert.deepEqual(ours(), []);
});

test("if all addresses are bound, every address of this machine is an own one, and no other machine's is", () => {
  assert.deepEqual(ours("0.0.0.0"), ["127.0.0.1", "10.0.0.5"]);
  assert.deepEqual(ours("::"), ["127.0.0.1", "10.0.0.5", "::1", "fd00::5"]);
});

test(":: beside an IPv4 address is IPv6 only", () => {
  assert.deepEqual(ours("::", "127.0.0.1"), ["127.0.0.1", "::1", "fd00::5"]);
  assert.deepEqual(ours("::", "0.0.0.0"), ["127.0.0.1", "10.0.0.5", "::1", "fd00::5"]);
});

test("other ports are not own ones", () => {
  const own = new OwnPorts([{ address: address("0.0.0.0"), port: 22 }], () => true);
  assert.ok(own.hasPort(22) && !own.hasPort(23));
  assert.equal(own.has(address("127.0.0.1"), 23), false);
});
