import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { MessageChannel } from "node:worker_threads";
import { LoopTurns } from "./loop-turns.ts";

describe("tasks spread over turns of the event loop", () => {
  test("run in their order, and the next turn begins once those of one have taken 10 ms with what follows them", async () => {
    let now = 0;
    const turns = new LoopTurns(() => now);
    const done: string[] = [];
    // Of a task, and of what it wakes.
    const takes = [4, 5, 3, 1, 25, 2, 2];
    for (const [index, ms] of takes.entries()) {
      turns.run(() => {
        done.push(`task ${index}`);
        void Promise.resolve().then(() => {
          now += ms;
        });
      });
    }
    for (let turn = 0; done.filter((each) => each.startsWith("task")).length < takes.length; turn += 1) {
      await nextTurn();
      done.push(`turn ${turn}`);
      assert.ok(turn < 10, done.join(", "));
    }
    assert.deepEqual(
      done,
      ["task 0", "task 1", "task 2", "turn 0", "task 3", "task 4", "turn 1", "task 5", "task 6", "turn 2"],
      "a task runs where the ones before it took less than 10 ms, and those that are put off begin a turn with no time taken",
    );
  });

  test("do not hold back the others when messages keep coming", async () => {
    const { port1, port2 } = new MessageChannel();
    const turns = new LoopTurns();
    const all = 20;
    let received = 0;
    port1.on("message", () => {
      turns.run(() => {
        received += 1;
        // What follows an answer of a thread.
        const endAt = performance.now() + 20;
        while (performance.now() < endAt);
        if (received < all) port2.postMessage("next");
        else port1.close();
      });
    });
    const closed = once(port1, "close");
    port2.postMessage("first");
    await once(port1, "message");
    await nextTurn();
    assert.ok(received < all, "a message that is sent while one is handled comes in the same turn");
    await closed;
    assert.equal(received, all);
  });
});
