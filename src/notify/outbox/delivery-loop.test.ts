import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ManualClock } from "../../../test/notify/manual-clock.ts";
import { MemoryOutbox } from "../../../test/notify/memory-outbox.ts";
import type { Channel, Message, SendOutcome } from "../../core/delivery.ts";
import { HarbingerError } from "../../core/errors.ts";
import { silentLog } from "../../core/log.ts";
import { DeliveryLoop, type DeliveryLoopOptions } from "./delivery-loop.ts";

const message: Message = { messageId: "<1@test>", date: 0, subject: "s", text: "t\n" };
const delivered: SendOutcome = { kind: "delivered" };
const failed: SendOutcome = { kind: "retry", reason: "no" };

/** Answers as configured, and can be paused. */
class ToldChannel implements Channel {
  readonly sent: { readonly recipient: string; readonly message: Message }[] = [];
  readonly #held: (() => void)[] = [];
  readonly #waiting = new Set<() => void>();
  /** Used from the front; when it is empty everything is delivered. */
  readonly outcomes: SendOutcome[] = [];
  isHolding = false;
  atOnce = 0;
  maxAtOnce = 0;

  async send(sent: Message, recipient: string, signal: AbortSignal): Promise<SendOutcome> {
    this.sent.push({ recipient, message: sent });
    this.atOnce += 1;
    this.maxAtOnce = Math.max(this.maxAtOnce, this.atOnce);
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
    if (this.isHolding) {
      await new Promise<void>((resolve) => {
        this.#held.push(resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    this.atOnce -= 1;
    if (signal.aborted) return { kind: "retry", reason: "aborted", uncertain: true };
    return this.outcomes.shift() ?? delivered;
  }

  /** Resolves once `count` attempts are running. */
  async busyWith(count: number): Promise<void> {
    while (this.atOnce < count) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Lets the oldest paused attempt continue. */
  letGo(): void {
    this.#held.shift()?.();
  }
}

function setUp(options: Partial<DeliveryLoopOptions> = {}) {
  const clock = new ManualClock();
  const outbox = new MemoryOutbox();
  const mail = new ToldChannel();
  const loop = new DeliveryLoop({
    outbox,
    channels: { mail },
    clock,
    random: { next: () => 0.5 },
    log: silentLog,
    ...options,
  });
  const add = (recipient = "a@example.org") => outbox.add({ message, recipient, createdAt: clock.now() });
  return { clock, outbox, mail, loop, add };
}

test("due deliveries are sent, each once", async () => {
  const { outbox, mail, loop, add } = setUp();
  for (let count = 0; count < 100; count += 1) add(`user${count % 7}@example.org`);

  loop.start();
  await outbox.until(() => outbox.count("delivered") === 100);
  await loop.stop();

  assert.equal(mail.sent.length, 100);
  assert.ok(mail.maxAtOnce <= 4);
  assert.equal(loop.counts.delivered, 100);
});

test("messages to one recipient are sent one after the other, in order; others do not wait for them", async () => {
  const { outbox, mail, loop, add } = setUp();
  mail.isHolding = true;
  const first = add("a@example.org");
  const second = add("a@example.org");
  const other = add("b@example.org");

  loop.start();
  await mail.busyWith(2);
  assert.equal(outbox.count("sending"), 2);
  mail.isHolding = false;
  mail.letGo();
  mail.letGo();
  await outbox.until(() => outbox.count("delivered") === 3);
  await loop.stop();

  assert.deepEqual(
    mail.sent.map(({ recipient }) => recipient),
    ["a@example.org", "b@example.org", "a@example.org"],
  );
  const recorded = outbox.calls.filter((call) => call.startsWith("recordOutcome"));
  assert.deepEqual(
    recorded,
    [first, other, second].map((id) => `recordOutcome ${id} delivered`),
  );
});

test("a message that is composed while the loop sleeps is delivered when the loop is woken", async () => {
  const { outbox, loop, add } = setUp();
  loop.start();
  await outbox.until(() => outbox.calls.includes("nextDueAt"));

  add();
  loop.wake();

  await outbox.until(() => outbox.count("delivered") === 1);
  await loop.stop();
});

test("a failed attempt is repeated when it is due, until it succeeds", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.outcomes.push(failed, failed, failed);
  const id = add();
  const begin = clock.now();

  loop.start();
  await outbox.passTime(clock, () => outbox.count("delivered") === 1);
  await loop.stop();

  assert.equal(outbox.get(id).attempts, 4);
  // 30 s, 1 min, 2 min.
  const took = clock.now() - begin;
  assert.ok(took >= 210_000 && took < 215_000, `${took}`);
  assert.deepEqual(loop.counts, { delivered: 1, retried: 3, dead: 0, released: 0 });
});

const away: SendOutcome = { kind: "retry", reason: "nobody answers", closed: true };

test("while a server is down, one message tests it; when it is up again, all are sent in order", async () => {
  const { clock, outbox, mail, loop } = setUp();
  mail.outcomes.push(...Array.from({ length: 30 }, () => away));
  const add = (number: number) =>
    outbox.add({
      message: { ...message, messageId: `<${number}@test>` },
      recipient: "a@example.org",
      createdAt: clock.now(),
    });
  const ids = Array.from({ length: 20 }, (_, number) => add(number));

  loop.start();
  await outbox.passTime(clock, () => mail.sent.length === 15);
  // New messages are queued behind them.
  ids.push(add(20));
  loop.wake();
  await outbox.passTime(clock, () => outbox.count("delivered") === ids.length);
  await loop.stop();

  const order = mail.sent.map(({ message: { messageId } }) => messageId);
  assert.deepEqual(new Set(order.slice(0, 31)), new Set(["<0@test>"]));
  assert.deepEqual(
    order.slice(30),
    ids.map((_, number) => `<${number}@test>`),
  );
  assert.deepEqual(
    ids.map((id) => outbox.get(id).attempts),
    [31, ...Array.from({ length: 20 }, () => 1)],
  );
});

test("a pause that a server requests applies to every message to it, and to no other", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.outcomes.push({ ...away, retryAfterMs: 600_000 });
  const first = add("a@example.org");
  add("a@example.org");
  add("b@example.org");
  const begin = clock.now();

  loop.start();
  await outbox.until(() => outbox.count("delivered") === 1);
  assert.deepEqual(
    mail.sent.map(({ recipient }) => recipient),
    ["a@example.org", "b@example.org"],
  );
  await outbox.passTime(clock, () => outbox.count("delivered") === 3);
  await loop.stop();

  assert.equal(mail.sent.length, 4);
  assert.equal(outbox.get(first).attempts, 2);
  assert.ok(clock.now() - begin >= 600_000);
});

test("a message that fails by itself delays no other", async () => {
  const { outbox, mail, loop, add } = setUp();
  mail.outcomes.push(failed);
  add();
  add();

  loop.start();
  await outbox.until(() => outbox.count("delivered") === 1);
  await loop.stop();

  assert.equal(outbox.count("queued"), 1);
});

test("if the testing message is withdrawn, the next one tests soon", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.outcomes.push({ ...away, retryAfterMs: 600_000 });
  const first = add();
  add();

  loop.start();
  await outbox.until(() => outbox.get(first).attempts === 1 && outbox.sending === 0);
  outbox.remove(first);
  await outbox.passTime(clock, () => outbox.count("delivered") === 1);
  await loop.stop();

  assert.equal(mail.sent.length, 2);
});

test("retrying the testing message by command tests the lane at once", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.outcomes.push({ ...away, retryAfterMs: 3_600_000 });
  const first = add();
  add();

  loop.start();
  await outbox.until(() => outbox.get(first).attempts === 1 && outbox.sending === 0);
  outbox.makeDue(first, clock.now());
  loop.wake();
  await outbox.until(() => outbox.count("delivered") === 2);
  await loop.stop();
});

test("a clock that goes back opens the lane for messages that have not failed", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.outcomes.push({ ...away, retryAfterMs: 600_000 });
  const first = add();

  loop.start();
  await outbox.until(() => outbox.get(first).attempts === 1 && outbox.sending === 0);
  clock.advance(-3_600_000);
  add();
  loop.wake();
  await outbox.until(() => outbox.count("delivered") === 1);
  await loop.stop();
});

test("a message that waited for days behind others is given up as soon as they are", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.outcomes.push(...Array.from({ length: 5000 }, () => away));
  add();
  add();

  loop.start();
  await outbox.passTime(clock, () => outbox.count("dead") === 2, 60_000);
  await loop.stop();

  assert.ok(clock.now() - Date.UTC(2026, 0, 5, 8) < 6 * 24 * 3_600_000);
});

test("a permanent rejection ends its delivery, and no other", async () => {
  const { outbox, mail, loop, add } = setUp();
  mail.outcomes.push({ kind: "rejected", reason: "user unknown" });
  const refused = add("a@example.org");
  add("b@example.org");

  loop.start();
  await outbox.until(() => outbox.count("delivered") === 1 && outbox.count("dead") === 1);
  await loop.stop();

  assert.equal(outbox.get(refused).lastError, "user unknown");
});

test("after five days of failures a delivery is dead and listed", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.outcomes.push(...Array.from({ length: 200 }, () => failed));
  const id = add();

  loop.start();
  await outbox.passTime(clock, () => outbox.count("dead") === 1, 600_000);
  await loop.stop();

  assert.equal(outbox.get(id).lastError, "no");
  assert.equal(loop.counts.dead, 1);
});

test("a channel that is not configured is checked again later", async () => {
  const { clock, outbox, loop } = setUp({ channels: {} });
  const id = outbox.add({ message, recipient: "a@example.org", createdAt: clock.now() });

  loop.start();
  await outbox.until(() => outbox.get(id).attempts === 1);
  await loop.stop();

  const { lastError, nextAttemptAt = 0 } = outbox.get(id);
  assert.equal(lastError, "the configuration has no section email");
  assert.ok(nextAttemptAt - clock.now() >= 3_600_000);
});

test("a channel that throws loses nothing", async () => {
  let calls = 0;
  const broken: Channel = {
    async send() {
      calls += 1;
      if (calls === 1) throw new Error("bug\u001b[31m");
      return delivered;
    },
  };
  const { clock, outbox, loop, add } = setUp({ channels: { mail: broken } });
  const id = add();

  loop.start();
  await outbox.until(() => outbox.get(id).attempts === 1);
  assert.equal(outbox.get(id).lastError, "internal error: bug.[31m");
  await outbox.passTime(clock, () => outbox.count("delivered") === 1);
  await loop.stop();
});

test("an attempt that takes too long is aborted and repeated", async () => {
  const { clock, outbox, mail, loop, add } = setUp({ attemptLimitMs: 60_000 });
  mail.isHolding = true;
  const id = add();

  loop.start();
  await mail.busyWith(1);
  clock.advance(60_000);
  await outbox.until(() => outbox.get(id).attempts === 1);
  mail.isHolding = false;
  await outbox.passTime(clock, () => outbox.count("delivered") === 1);
  await loop.stop();

  assert.equal(mail.sent.length, 2);
  assert.equal(outbox.get(id).uncertain, true);
});

test("a store that cannot be read is tried again", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  outbox.failing.set("claim", new HarbingerError("store-busy", "locked"));
  add();

  loop.start();
  await outbox.passTime(clock, () => outbox.calls.filter((call) => call === "claim").length === 5);
  assert.equal(mail.sent.length, 0);
  outbox.failing.clear();
  await outbox.passTime(clock, () => outbox.count("delivered") === 1);
  await loop.stop();
});

test("deliveries that were claimed with a lost reply are released and sent, once", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  outbox.losingAnswers.add("claim");
  const id = add();

  loop.start();
  for (let turn = 0; turn < 100 && outbox.count("delivered") === 0; turn++) {
    await nextTurn();
    clock.advance(1000);
  }
  await loop.stop();
  assert.equal(mail.sent.length, 1);
  assert.equal(outbox.get(id).uncertain, false);
  assert.equal(outbox.get(id).attempts, 1);
});

test("a store that cannot be read for long is logged once, and once when it can be read again", async () => {
  const logged: string[] = [];
  const note = (text: string) => void logged.push(text);
  const { clock, outbox, loop, add } = setUp({ log: { debug() {}, info() {}, warn: note, error: note } });
  outbox.failing.set("nextDueAt", new HarbingerError("store", "gone"));
  add();

  loop.start();
  await outbox.passTime(clock, () => outbox.calls.filter((call) => call === "nextDueAt").length === 20);
  outbox.failing.clear();
  await outbox.passTime(clock, () => outbox.count("delivered") === 1);
  await loop.stop();
  assert.deepEqual(logged, ["cannot read the outbox; retrying", "the outbox can be read again"]);
});

test("an accepted message is recorded, however long the store fails, and never sent again", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  outbox.failing.set("recordOutcome", new HarbingerError("store-full", "disk full"));
  const id = add();
  const recordings = () => outbox.calls.filter((call) => call === `recordOutcome ${id} delivered`).length;

  loop.start();
  await outbox.until(() => recordings() === 1);
  while (recordings() < 20) {
    clock.advance(1000);
    await new Promise(setImmediate);
  }
  // It is even made due meanwhile.
  await outbox.recover(clock.now());
  loop.wake();
  while (recordings() < 30) {
    clock.advance(1000);
    await new Promise(setImmediate);
  }
  outbox.failing.clear();
  clock.advance(60_000);
  await outbox.until(() => outbox.count("delivered") === 1);
  // The next one to the same recipient is not overtaken by a repetition.
  add();
  loop.wake();
  await outbox.until(() => outbox.count("delivered") === 2);
  await loop.stop();

  assert.equal(mail.sent.length, 2);
});

test("a loop that was stopped before it could record does not send again after a restart", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  outbox.failing.set("recordOutcome", new HarbingerError("store-full", "disk full"));
  const id = add();
  loop.start();
  await outbox.until(() => outbox.calls.includes(`recordOutcome ${id} delivered`));
  let isStopped = false;
  const stopped = loop.stop().then(() => {
    isStopped = true;
  });
  while (!isStopped) {
    clock.advance(1000);
    await new Promise(setImmediate);
  }
  await stopped;

  outbox.failing.clear();
  loop.start();
  await outbox.until(() => outbox.count("delivered") === 1);
  await loop.stop();

  assert.equal(mail.sent.length, 1);
});

test("a delivery that a crash cut off is repeated and marked as uncertain", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  const id = add();
  await outbox.claim({ at: clock.now(), limit: 1 });

  loop.start();
  await outbox.until(() => outbox.count("delivered") === 1);
  await loop.stop();

  assert.equal(outbox.get(id).uncertain, true);
  assert.equal(mail.sent[0]?.message.messageId, message.messageId);
});

test("stopping claims nothing more and waits for running attempts", async () => {
  const { clock, outbox, mail, loop, add } = setUp({ parallel: 1 });
  mail.isHolding = true;
  add("a@example.org");
  add("b@example.org");
  add("c@example.org");
  loop.start();
  await mail.busyWith(1);
  assert.equal(outbox.count("sending"), 1);

  const stopped = loop.stop();
  mail.letGo();
  await stopped;

  assert.equal(outbox.count("delivered"), 1);
  assert.equal(mail.sent.length, 1);
  assert.equal(outbox.count("queued"), 2);
  assert.equal(clock.sleepers, 0);
});

test("an attempt that exceeds the grace period is aborted, and due immediately at the next start", async () => {
  const { clock, outbox, mail, loop, add } = setUp({ graceMs: 5000 });
  mail.isHolding = true;
  const id = add();
  loop.start();
  await mail.busyWith(1);

  const stopped = loop.stop();
  clock.advance(0);
  await new Promise(setImmediate);
  clock.advance(5000);
  await stopped;

  assert.equal(outbox.get(id).state, "queued");
  assert.equal(outbox.get(id).nextAttemptAt, clock.now());
});

test("stopping also ends if a channel does not react", async () => {
  const deaf: Channel = { send: () => new Promise(() => {}) };
  const { clock, outbox, loop, add } = setUp({ channels: { mail: deaf } });
  add();
  loop.start();
  // The second query, after the attempt has begun.
  await outbox.until(() => outbox.calls.filter((call) => call === "nextDueAt").length === 2);

  let isStopped = false;
  const stopped = loop.stop().then(() => {
    isStopped = true;
  });
  for (let seconds = 0; !isStopped && seconds < 60; seconds += 1) {
    clock.advance(1000);
    await new Promise(setImmediate);
  }
  await stopped;

  // Still `sending`: the next start finds it, and repeats it as uncertain.
  assert.equal(outbox.count("sending"), 1);
});

test("draining delivers everything that is due, then ends", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.outcomes.push(failed);
  for (let count = 0; count < 50; count += 1) add(`user${count}@example.org`);

  const counts = await loop.drain({ deadline: clock.now() + 60_000 });

  assert.deepEqual(counts, { delivered: 49, retried: 1, dead: 0, released: 0 });
  assert.equal(outbox.count("queued"), 1);
  assert.equal(clock.sleepers, 0);
});

test("draining continues with messages that waited behind an attempt that ended during the query", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.isHolding = true;
  add("a@example.org");
  add("a@example.org");
  const asked = outbox.nextDueAt.bind(outbox);
  outbox.nextDueAt = async (options) => {
    const dueAt = await asked(options);
    if (mail.atOnce > 0) {
      // The answer is pending while the attempt ends and is recorded.
      const before = outbox.count("delivered");
      mail.letGo();
      await outbox.until(() => outbox.count("delivered") > before);
      for (let turn = 0; turn < 10; turn++) await nextTurn();
    }
    return dueAt;
  };

  const counts = await loop.drain({ deadline: clock.now() + 60_000 });
  assert.equal(counts.delivered, 2);
  assert.equal(outbox.count("queued"), 0);
});

test("draining ends at its deadline: nothing more is claimed, and running attempts may end", async () => {
  const { clock, outbox, mail, loop, add } = setUp({ parallel: 2 });
  mail.isHolding = true;
  for (let count = 0; count < 5; count += 1) add(`user${count}@example.org`);

  const draining = loop.drain({ deadline: clock.now() + 60_000 });
  await mail.busyWith(2);
  assert.equal(outbox.count("sending"), 2);
  clock.advance(60_000);
  mail.letGo();
  mail.letGo();

  assert.deepEqual(await draining, { delivered: 2, retried: 0, dead: 0, released: 0 });
  assert.equal(outbox.count("queued"), 3);
});

test("a long backlog for one recipient delays no other", async () => {
  const { outbox, mail, loop, add } = setUp();
  mail.isHolding = true;
  for (let count = 0; count < 100; count += 1) add("slow@example.org");
  const others = [add("a@example.org"), add("b@example.org")];

  loop.start();
  await mail.busyWith(3);
  assert.deepEqual(
    others.map((id) => outbox.get(id).state),
    ["sending", "sending"],
  );
  assert.equal(outbox.count("sending"), 3);
  for (let count = 0; count < 3; count += 1) mail.letGo();
  await loop.stop();
});

test("deliveries of a dead process that had the lock are sent after a minute", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.isHolding = true;
  const own = add("own@example.org");
  loop.start();
  await mail.busyWith(1);
  // Claimed by another process.
  const other = add("other@example.org");
  await outbox.claim({ at: clock.now(), limit: 1 });

  for (let turn = 0; turn < 1000 && mail.atOnce < 2; turn += 1) {
    clock.advance(1000);
    await nextTurn();
  }
  assert.equal(outbox.get(other).uncertain, true);
  assert.equal(outbox.get(own).uncertain, false);
  mail.letGo();
  mail.letGo();
  await outbox.until(() => outbox.count("delivered") === 2);
  await loop.stop();
  assert.equal(mail.sent.length, 2);
});

test("draining that waits for retries delivers at the second attempt", async () => {
  const { clock, outbox, mail, loop, add } = setUp();
  mail.outcomes.push(failed);
  add();

  const draining = loop.drain({ deadline: clock.now() + 60_000, waitForRetries: true });
  await outbox.passTime(clock, () => outbox.count("delivered") === 1);

  assert.deepEqual(await draining, { delivered: 1, retried: 1, dead: 0, released: 0 });
});

test("draining a store that cannot be read ends at the deadline", async () => {
  const { clock, outbox, loop, add } = setUp();
  outbox.failing.set("recover", new HarbingerError("store-busy", "locked"));
  add();
  let isDrained = false;

  const draining = loop.drain({ deadline: clock.now() + 60_000 }).then(() => {
    isDrained = true;
  });
  for (let seconds = 0; !isDrained && seconds < 120; seconds += 1) {
    clock.advance(1000);
    await new Promise(setImmediate);
  }
  await draining;

  assert.equal(outbox.count("queued"), 1);
});

test("a loop runs once at a time", async () => {
  const { loop } = setUp();
  loop.start();
  assert.throws(() => loop.start());
  await loop.stop();
  await loop.stop();
  loop.start();
  await loop.stop();
});

test("a clock that is set back two hours does not delay waiting deliveries by two hours", async () => {
  let calls = 0;
  const { clock, outbox, mail, loop, add } = setUp({
    clockSetBack: async () => {
      calls += 1;
      if (calls === 1) throw new HarbingerError("store", "not now");
      outbox.makeDue(id, clock.now());
    },
  });
  mail.outcomes.push({ kind: "retry", reason: "no", closed: true });
  const id = add();
  loop.start();
  await outbox.until(() => outbox.count("queued") === 1 && mail.sent.length === 1);
  clock.advance(-2 * 3_600_000);
  await outbox.passTime(clock, () => outbox.count("delivered") === 1);
  await loop.stop();
  assert.equal(calls, 2, "the first call failed");
  assert.equal(mail.sent.length, 2);
});

test("a small correction of the clock changes nothing", async () => {
  let calls = 0;
  const { clock, outbox, loop, add } = setUp({
    clockSetBack: async () => {
      calls += 1;
    },
  });
  loop.start();
  clock.advance(-1000);
  add();
  loop.wake();
  await outbox.until(() => outbox.count("delivered") === 1);
  await loop.stop();
  assert.equal(calls, 0);
});
