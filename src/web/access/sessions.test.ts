import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ManualClock } from "../../../test/notify/manual-clock.ts";
import { hashPassword } from "./password-hash.ts";
import { Sessions } from "./sessions.ts";

async function pass(clock: ManualClock, ms: number): Promise<void> {
  clock.advance(ms);
  await nextTurn();
}

const idleMs = 60_000;
const user = { name: "ann", role: "read", password: await hashPassword("secret") } as const;

function started() {
  const clock = new ManualClock();
  const sessions = new Sessions(clock);
  const id = sessions.start(user);
  let hasEnded = false;
  const control = new AbortController();
  const waiting = sessions.whenEnded(id, idleMs, control.signal).then(() => (hasEnded = true));
  return { clock, sessions, id, control, waiting, hasEnded: () => hasEnded };
}

describe("who waits for the end of a session", () => {
  test("learns of a logout at once", async () => {
    const { sessions, id, waiting } = started();
    sessions.end(id);
    await waiting;
    assert.equal(sessions.userOf(id, idleMs), undefined);
  });

  test("learns of its expiry within seconds, and does not keep it alive by waiting", async () => {
    const { clock, sessions, id, waiting, hasEnded } = started();
    for (let passed = 0; passed < idleMs; passed += 10_000) await pass(clock, 10_000);
    assert.equal(hasEnded(), false, "not before its time");
    assert.equal(sessions.userOf(id, idleMs)?.name, "ann");
    for (let passed = 0; passed <= idleMs; passed += 10_000) await pass(clock, 10_000);
    await waiting;
    assert.equal(sessions.userOf(id, idleMs), undefined);
  });

  test("learns of its end by age, however often it is used", async () => {
    const clock = new ManualClock();
    const sessions = new Sessions(clock);
    const id = sessions.start(user);
    const dayMs = 86_400_000;
    const waiting = sessions.whenEnded(id, 2 * dayMs, new AbortController().signal);
    for (let days = 0; days < 30; days += 1) {
      await pass(clock, dayMs);
      assert.equal(sessions.userOf(id, 2 * dayMs)?.name, "ann", `after ${days + 1} days`);
    }
    await pass(clock, dayMs);
    await waiting;
    assert.equal(sessions.userOf(id, 2 * dayMs), undefined);
  });

  test("learns that another login of the same user took its place, past fifty", async () => {
    const { sessions, id, waiting } = started();
    const others = Array.from({ length: 50 }, () => sessions.start(user));
    await waiting;
    assert.equal(sessions.userOf(id, idleMs), undefined);
    assert.ok(others.every((other) => sessions.userOf(other, idleMs) !== undefined));
  });

  test("is not ended by another user who logs in again and again", async () => {
    const { sessions, id, control, hasEnded } = started();
    for (let login = 0; login < 5000; login += 1) sessions.start({ ...user, name: "bob" });
    await nextTurn();
    assert.equal(hasEnded(), false);
    assert.equal(sessions.userOf(id, idleMs)?.name, "ann");
    control.abort();
  });

  test("is not ended past a thousand of all, while others have more", async () => {
    const { sessions, id, control } = started();
    const others = Array.from({ length: 30 }, (_, number) =>
      Array.from({ length: 40 }, () => sessions.start({ ...user, name: `user ${number}` })),
    );
    assert.equal(sessions.userOf(id, idleMs)?.name, "ann");
    const left = others.map((of) => of.filter((other) => sessions.userOf(other, idleMs) !== undefined).length);
    assert.equal(
      left.reduce((sum, count) => sum + count, 0),
      999,
    );
    assert.ok(Math.min(...left) >= 33, left.join());
    control.abort();
  });

  test("is told at once of a session that is unknown, and of nothing once it does not wait any more", async () => {
    const { sessions, id, control, waiting } = started();
    await sessions.whenEnded("unknown", idleMs, new AbortController().signal);
    control.abort();
    await waiting;
    assert.equal(sessions.userOf(id, idleMs)?.name, "ann");
  });
});

describe("a session, where the clock is set", () => {
  /** The wall clock of a test, which it can set. */
  const settable = () => {
    const clock = new ManualClock();
    const wall = { aheadMs: 0 };
    const sessions = new Sessions({
      now: () => clock.now() + wall.aheadMs,
      monotonic: () => clock.monotonic(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    });
    return { clock, wall, sessions, id: sessions.start(user) };
  };

  test("back, neither ends nor lasts longer", async () => {
    const { clock, wall, sessions, id } = settable();
    wall.aheadMs = -86_400_000;
    assert.equal(sessions.userOf(id, idleMs)?.name, "ann");
    const waiting = sessions.whenEnded(id, idleMs, new AbortController().signal);
    for (let passed = 0; passed <= idleMs; passed += 10_000) await pass(clock, 10_000);
    await waiting;
    assert.equal(sessions.userOf(id, idleMs), undefined);
  });

  test("forward, ends, and another login lasts as long as ever", async () => {
    const { clock, wall, sessions, id } = settable();
    wall.aheadMs = 365 * 86_400_000;
    assert.equal(sessions.userOf(id, idleMs), undefined);
    const other = sessions.start(user);
    await pass(clock, idleMs);
    assert.equal(sessions.userOf(other, idleMs)?.name, "ann");
    wall.aheadMs = 0;
    assert.equal(sessions.userOf(other, idleMs)?.name, "ann");
  });

  test("past the idle time while the machine slept, ends", async () => {
    const { wall, sessions, id } = settable();
    wall.aheadMs = idleMs + 1;
    assert.equal(sessions.userOf(id, idleMs), undefined);
  });
});
