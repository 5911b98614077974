import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import type { Clock } from "../../core/clock.ts";
import { Deadlines, type Timed } from "./deadlines.ts";

class StillClock implements Clock {
  time = 0;
  #sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.time;
  }

  monotonic(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers.push({ until: this.time + ms, wake: resolve });
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  async advance(ms: number): Promise<void> {
    this.time += ms;
    const due = this.#sleepers.filter((sleeper) => sleeper.until <= this.time);
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.until > this.time);
    for (const sleeper of due) sleeper.wake();
    await nextTurn();
  }
}

class Item implements Timed<Item> {
  dueAt = 0;
  earlier: Item | undefined = undefined;
  later: Item | undefined = undefined;
  waitsIn: Deadlines<Item> | undefined = undefined;
  readonly events: string[] = [];

  onDue(): void {
    this.events.push("due");
  }

  onClose(): void {
    this.events.push("closed");
  }
}

describe("deadlines", () => {
  test("each deadline expires once, at its time", async () => {
    const clock = new StillClock();
    const deadlines = new Deadlines<Item>(100, clock);
    const [early, late] = [new Item(), new Item()];
    deadlines.set(early, clock.time);
    await clock.advance(40);
    deadlines.set(late, clock.time);
    await clock.advance(60);
    assert.deepEqual([early.events, late.events], [["due"], []]);
    await clock.advance(39);
    assert.deepEqual(late.events, []);
    await clock.advance(1);
    await clock.advance(100);
    assert.deepEqual([early.events, late.events], [["due"], ["due"]]);
  });

  test("closing ends every item immediately", () => {
    const deadlines = new Deadlines<Item>(100, new StillClock());
    const items = [new Item(), new Item()];
    for (const item of items) deadlines.set(item, 0);
    deadlines.close();
    assert.deepEqual(
      items.map((item) => item.events),
      [["closed"], ["closed"]],
    );
  });

  test("items of another list are not changed", () => {
    const clock = new StillClock();
    const [mine, other] = [new Deadlines<Item>(100, clock), new Deadlines<Item>(200, clock)];
    const item = new Item();
    other.set(item, 0);
    mine.remove(item);
    assert.equal(item.waitsIn, other);
  });

  test("setting and removing in any order loses no deadline and fires none twice", async () => {
    const steps = fc.array(fc.tuple(fc.nat(30), fc.constantFrom("set", "remove", "wait")), { maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(steps, async (commands) => {
        const clock = new StillClock();
        const deadlines = new Deadlines<Item>(50, clock);
        const items = Array.from({ length: 31 }, () => new Item());
        const dueAt = new Map<Item, number>();
        for (const [number, command] of commands) {
          const item = items[number];
          if (item === undefined) continue;
          if (command === "wait") {
            await clock.advance(number);
            for (const [waiting, at] of dueAt) if (at <= clock.time) dueAt.delete(waiting);
          } else if (command === "remove") {
            deadlines.remove(item);
            dueAt.delete(item);
          } else if (!dueAt.has(item)) {
            item.events.length = 0;
            deadlines.set(item, clock.time);
            dueAt.set(item, clock.time + 50);
          }
          for (const one of items) assert.equal(one.waitsIn !== undefined, dueAt.has(one));
        }
        await clock.advance(50);
        for (const one of items) assert.ok(one.waitsIn === undefined && one.events.length <= 1);
      }),
      { numRuns: 60 },
    );
  });
});
