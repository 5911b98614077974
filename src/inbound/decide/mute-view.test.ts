import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddress } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import { silentLog } from "../../core/log.ts";
import { type Mute, muteEndDelayMs } from "../../core/mute.ts";
import { MuteView } from "./mute-view.ts";

const now = Date.UTC(2026, 0, 1);

function address(text: string) {
  const parsed = parseAddress(text);
  assert.ok(parsed !== undefined);
  return parsed;
}

function mute(first: string, last: string, more: Partial<Mute> = {}): Mute {
  const target = { kind: "source", first: address(first), last: address(last) } as const;
  return { id: 1, target, note: "", by: "", createdAt: now, until: now + 60_000, ...more };
}

function viewOf(mutes: readonly Mute[], read: () => void = () => {}) {
  const time = { monotonic: 0 };
  const clock: Clock = { now: () => now, monotonic: () => time.monotonic, sleep: () => Promise.resolve() };
  const active = () => {
    read();
    return Promise.resolve(mutes);
  };
  return { view: new MuteView({ mutes: { active }, clock, log: silentLog }), time };
}

test("an address is muted while a mute of its range is in force", async () => {
  const host = { target: { kind: "host", address: address("192.0.2.1") } } as const;
  const { view } = viewOf([
    mute("203.0.113.0", "203.0.113.255"),
    mute("2001:db8::", "2001:db8::ffff", { createdAt: now + 10 }),
    mute("192.0.2.1", "192.0.2.1", host),
  ]);
  assert.equal(view.covers(address("203.0.113.7"), now), false, "nothing was read yet");
  await view.read();
  assert.equal(view.covers(address("203.0.113.7"), now), true);
  assert.equal(view.covers(address("203.0.113.7"), now - 1), false);
  assert.equal(view.covers(address("203.0.113.7"), now + 59_999), true);
  assert.equal(view.covers(address("203.0.113.7"), now + 60_000), false);
  assert.equal(view.covers(address("203.0.114.7"), now), false);
  assert.equal(view.covers(address("2001:db8::7%eth0"), now + 10), true);
  assert.equal(view.covers(address("2001:db8::7"), now), false);
  assert.equal(view.covers(address("192.0.2.1"), now), false, "the mute of a host is about scans");
});

test("a view is not used when a mute may have been ended since it was read", async () => {
  let fails = false;
  const { view, time } = viewOf([mute("203.0.113.7", "203.0.113.7")], () => {
    if (fails) throw new Error("the database is away");
  });
  await view.read();
  fails = true;
  time.monotonic = muteEndDelayMs - 1000;
  await view.read();
  assert.equal(view.covers(address("203.0.113.7"), now), true, "a mute that ends now is in force for longer");
  time.monotonic += 1;
  assert.equal(view.covers(address("203.0.113.7"), now), false);
  fails = false;
  await view.read();
  assert.equal(view.covers(address("203.0.113.7"), now), true);
});
