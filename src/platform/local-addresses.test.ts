import assert from "node:assert/strict";
import os from "node:os";
import { test } from "node:test";
import { type Address, parseAddress } from "../core/address.ts";
import { AddressSet, parseRange } from "../core/network.ts";
import { localAddressTest } from "./local-addresses.ts";
import { systemClock } from "./system-clock.ts";

const address = (text: string): Address => parseAddress(text) ?? assert.fail(text);
const networks = (...texts: readonly string[]) => new AddressSet(texts.flatMap((text) => parseRange(text) ?? []));

function watched(readMs = 0) {
  const state = { now: 0, reads: 0, addresses: new Set<string>(), networks: networks() };
  const isLocal = localAddressTest({ monotonic: () => state.now }, () => {
    state.reads += 1;
    state.now += readMs;
    return { addresses: new Set(state.addresses), networks: state.networks };
  });
  return { state, asked: (...texts: readonly string[]) => texts.map((text) => isLocal(address(text))) };
}

test("an address that was this machine's stays so when it is removed, and one that is added is known after a second", () => {
  const { state, asked } = watched();
  state.now = 1000;
  state.addresses = new Set(["10.0.0.5"]);
  state.networks = networks("10.30.0.0/22");
  assert.deepEqual(asked("10.0.0.5", "10.30.1.1", "10.0.0.6", "fe80::5%eth0"), [true, true, false, false]);
  state.addresses = new Set(["10.0.0.6", "fe80::5"]);
  state.now = 1999;
  assert.deepEqual(asked("10.0.0.5", "10.0.0.6"), [true, false]);
  state.now = 2000;
  assert.deepEqual(asked("10.0.0.6", "10.0.0.5", "fe80::5%eth0", "10.0.0.7"), [true, true, true, false]);
  assert.equal(state.reads, 3);
});

test("where reading takes long, it is repeated rarely", () => {
  const { state, asked } = watched(200);
  for (; state.now < 100_000; state.now += 500) asked("10.0.0.6");
  assert.ok(state.reads > 2 && state.reads < 8, String(state.reads));
});

test("loopback and the addresses of the interfaces are this machine's, others are not", () => {
  const isLocal = localAddressTest(systemClock);
  const listed = Object.values(os.networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address));
  for (const own of ["127.9.9.9", "::1", ...listed]) assert.ok(isLocal(address(own)), own);
  assert.equal(isLocal(address("192.0.2.77")), false);
});
