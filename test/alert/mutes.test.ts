import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { muteEndDelayMs } from "../../src/core/mute.ts";
import type { Store } from "../../src/core/store.ts";
import { ManualClock } from "../notify/manual-clock.ts";
import { TemporaryDatabase } from "../notify/temporary-store.ts";
import { connection } from "../store/inbound-sample.ts";
import { address } from "../store/sample.ts";
import { InboundLab } from "./inbound-lab.ts";

const minute = 60_000;
const routes = [{ channel: "ntfy", recipients: ["knocks"] }] as const;
const alerts = { budget: { at_once: 2, then_every: "1h", digest: "5m" } };

function knock(id: string, peer: string, at: number) {
  return connection(id, { at, durationMs: 0, peer: { address: address(peer), port: 40_000 } });
}

async function stored(store: Store, clock: ManualClock, count: number): Promise<void> {
  while ((await store.connections.count()) < count) {
    clock.advance(50);
    await nextTurn();
  }
}

async function subjects(store: Store): Promise<readonly string[]> {
  const { rows } = await store.deliveries.list({ limit: 99, order: "ascending" });
  return rows.map(({ message }) => message?.subject ?? "");
}

async function mute(store: Store, text: string, { at, until }: { readonly at: number; readonly until: number }) {
  const target = { kind: "source", first: address(text), last: address(text) } as const;
  const outcome = await store.mutes.add({ target, note: "", by: "", at, until });
  assert.ok(outcome.kind === "muted");
  return outcome.mute;
}

describe("connections of a muted source", () => {
  test("send no alert, use up no budget, and start no cooldown", async () => {
    using database = new TemporaryDatabase();
    await using store = await database.open();
    const clock = new ManualClock();
    const start = clock.now();
    await mute(store, "203.0.113.7", { at: start, until: start + minute });
    await using lab = await InboundLab.start({ store, clock, routes, alerts });
    for (let i = 0; i < 20; i++) lab.hear(knock(`muted-${i}`, "203.0.113.7", clock.now()));
    lab.hear(knock("one", "203.0.113.8", clock.now()));
    await stored(store, clock, 21);
    while (clock.now() < start + minute) {
      clock.advance(1000);
      await nextTurn();
    }
    lab.hear(knock("after", "203.0.113.7", clock.now()));
    await lab.composed(2, () => clock.advance(50));
    const told = await subjects(store);
    assert.deepEqual(
      told.map((subject) => subject.split(" ")[0]),
      ["203.0.113.8", "203.0.113.7"],
      "the mute ended by the clock, and neither the cooldown nor the budget was touched",
    );
    const muted = (await store.connections.list({ limit: 99, muted: true })).rows;
    assert.equal(muted.length, 20);
  });

  test("send no alert at once when they are muted, and alerts again soon after the mute was ended", async () => {
    using database = new TemporaryDatabase();
    await using store = await database.open();
    const clock = new ManualClock();
    await using lab = await InboundLab.start({ store, clock, routes, alerts });
    const start = clock.now();
    // The flow has read the mutes before this one: the store keeps the alert back.
    const { id } = await mute(store, "203.0.113.7", { at: start, until: start + 60 * minute });
    lab.hear(knock("first", "203.0.113.7", start));
    await stored(store, clock, 1);
    assert.deepEqual(await store.alerts.recent({ since: 0, limit: 9 }), []);
    const endedAt = clock.now();
    await store.mutes.end(id, { by: "ada", at: endedAt });
    while (clock.now() < endedAt + muteEndDelayMs) {
      clock.advance(500);
      await nextTurn();
    }
    lab.hear(knock("other", "203.0.113.9", clock.now()));
    await lab.composed(1, () => clock.advance(50));
    lab.hear(knock("second", "203.0.113.7", clock.now() + 31 * minute));
    clock.advance(31 * minute);
    await stored(store, clock, 3);
    const [, second] = (await store.connections.list({ limit: 9, order: "ascending" })).rows;
    assert.equal(second?.mutedUntil, undefined);
  });

  test("are not reported after a restart, as suppressed or in a digest", async () => {
    using database = new TemporaryDatabase();
    await using store = await database.open();
    const clock = new ManualClock();
    const start = clock.now();
    const before = await InboundLab.start({ store, clock, routes, alerts });
    before.hear(knock("told", "203.0.113.7", start));
    await before.composed(1, () => clock.advance(50));
    await before.stop();
    const now = clock.now();
    await mute(store, "203.0.113.7", { at: now, until: now + minute });
    const meanwhile = await InboundLab.start({ store, clock, routes, alerts });
    for (let i = 0; i < 5; i++) meanwhile.hear(knock(`muted-${i}`, "203.0.113.7", clock.now()));
    await stored(store, clock, 6);
    await meanwhile.stop();
    await using after = await InboundLab.start({ store, clock, routes, alerts });
    for (let passed = 0; passed < 60; passed++) {
      clock.advance(minute);
      await nextTurn();
    }
    after.hear(knock("last", "203.0.113.7", clock.now()));
    await after.composed(2, () => clock.advance(50));
    const told = await subjects(store);
    assert.equal(told.length, 2);
    assert.ok(
      told.every((subject) => subject.startsWith("203.0.113.7 knocked on port 8080")),
      JSON.stringify(told),
    );
    const [, latest] = (await store.deliveries.list({ limit: 9, order: "ascending" })).rows;
    const whole = await store.deliveries.get(latest?.id ?? 0);
    assert.match(whole?.message?.text ?? "", /203\.0\.113\.7/);
    assert.doesNotMatch(whole?.message?.text ?? "", /suppressed|more connections/i);
  });
});
