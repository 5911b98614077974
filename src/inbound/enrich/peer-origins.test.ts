import assert from "node:assert/strict";
import { test } from "node:test";
import { type Address, parseAddress } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Origin } from "../../core/connection.ts";
import { PeerOrigins } from "./peer-origins.ts";

const minuteMs = 60_000;

function address(text: string): Address {
  return parseAddress(text) ?? assert.fail(text);
}

/** `places` is the database; `fails` is what the store rejects with. */
function lab(places: Record<string, Origin>) {
  const time = { now: 1000 };
  const clock: Clock = { now: () => time.now, monotonic: () => time.now, sleep: async () => {} };
  const asked: string[] = [];
  const kept: string[] = [];
  const state: { fails?: Error | undefined } = {};
  const origins = new PeerOrigins({
    clock,
    find: async (peer) => {
      asked.push(peer);
      return places[peer] ?? {};
    },
    keep: async (found) => {
      if (state.fails !== undefined) throw state.fails;
      kept.push(...found.map(({ address: peer, origin, isPartial }) => `${peer} ${origin.country} ${isPartial}`));
    },
  });
  return { time, asked, kept, state, origins };
}

test("the place of each peer is stored once an hour, and what is unknown is looked up again after ten minutes", async () => {
  const { time, asked, kept, origins } = lab({ "203.0.113.1": { country: "Germany" } });
  const see = async () => {
    for (const peer of ["203.0.113.1", "203.0.113.1", "203.0.113.2"]) origins.see(address(peer));
    await origins.store();
  };
  await see();
  await see();
  assert.deepEqual(asked, ["203.0.113.1", "203.0.113.2"]);
  assert.deepEqual(kept, ["203.0.113.1 Germany true"]);
  time.now += 11 * minuteMs;
  await see();
  assert.deepEqual(asked.slice(2), ["203.0.113.2"]);
  time.now += 50 * minuteMs;
  await see();
  assert.equal(kept.length, 2);
});

test("what could not be stored is stored with the next call", async () => {
  const { kept, state, origins } = lab({ "203.0.113.1": { country: "Germany" } });
  origins.see(address("203.0.113.1"));
  state.fails = new Error("busy");
  await assert.rejects(origins.store(), /busy/);
  state.fails = undefined;
  await origins.store();
  await origins.store();
  assert.deepEqual(kept, ["203.0.113.1 Germany true"]);
});

test("a flood of peers takes a bounded part of them", async () => {
  const { asked, origins } = lab({});
  for (let number = 0; number < 10_000; number += 1)
    origins.see(address(`198.18.${Math.floor(number / 256)}.${number % 256}`));
  await origins.store();
  assert.equal(asked.length, 4096);
});
