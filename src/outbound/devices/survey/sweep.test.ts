import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clock } from "../../../core/clock.ts";
import type { SendOutcome } from "../../../platform/native-socket.ts";
import { sweep } from "./sweep.ts";

/** Time passes only by sleeping. */
class SleepingClock implements Clock {
  #now = 0;
  now(): number {
    return this.#now;
  }
  monotonic(): number {
    return this.#now;
  }
  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}

const sentOutcome: SendOutcome = { kind: "sent" };

function run(send: (target: number, clock: Clock) => SendOutcome, answers: (target: number) => boolean = () => false) {
  const clock = new SleepingClock();
  const abort = new AbortController();
  const targets = Array.from({ length: 100 }, (_, at) => at);
  const probed = sweep({
    targets,
    send: (target) => send(target, clock),
    hasAnswered: answers,
    perSecond: 1000,
    rounds: 2,
    waitMs: 500,
    clock,
    signal: abort.signal,
  });
  return { probed, abort, clock };
}

describe("a sweep", () => {
  test("probes all targets, and the silent ones again", async () => {
    const sent: number[] = [];
    const { probed } = run(
      (target) => {
        sent.push(target);
        return sentOutcome;
      },
      (target) => target < 90,
    );
    assert.equal((await probed).length, 100);
    assert.deepEqual(sent.slice(100), [90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  });

  test("keeps to its rate", async () => {
    const times: number[] = [];
    const { probed } = run(
      (_, clock) => {
        times.push(clock.monotonic());
        return sentOutcome;
      },
      () => true,
    );
    await probed;
    for (const [at, time] of times.entries()) assert.ok(at + 1 <= ((time + 10) / 1000) * 1000, `${at} at ${time} ms`);
  });

  test("waits for a full queue, and skips what cannot be probed", async () => {
    let refusals = 3;
    const { probed } = run((target) => {
      if (target === 7) return { kind: "failed", code: "EPERM" };
      if (target === 50 && refusals-- > 0) return { kind: "full" };
      return sentOutcome;
    });
    const got = await probed;
    assert.equal(got.length, 99);
    assert.ok(!got.includes(7) && got.includes(50));
  });

  test("stops where nothing can be sent", async () => {
    let tries = 0;
    const { probed } = run(() => {
      tries += 1;
      return { kind: "failed", code: "ENETDOWN" };
    });
    assert.deepEqual(await probed, []);
    assert.ok(tries <= 160, `${tries}`);
  });

  test("that is aborted returns only the targets that answered", async () => {
    const { probed, abort } = run(
      (target) => {
        if (target === 60) abort.abort();
        return sentOutcome;
      },
      (target) => target === 3,
    );
    assert.deepEqual(await probed, [3]);
  });
});
