import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RequestQueue, type Turn } from "./request-queue.ts";

/** A queue with one place, which is taken, and a clock that the test sets. */
async function takenQueue(limits: { readonly maxWaiting?: number; readonly maxWaitingPerClient?: number } = {}) {
  const time = { now: 0 };
  const queue = new RequestQueue({
    clock: { monotonic: () => time.now },
    maxServed: 1,
    maxWaiting: 100,
    maxWaitingPerClient: 100,
    maxWaitMs: 1000,
    ...limits,
  });
  const first = await queue.turn({ client: "first", isGone: () => false });
  assert.ok(typeof first === "object");
  const log: string[] = [];
  const gone = new Set<string>();
  /** Is served at once when its turn comes, and notes its name. */
  const ask = async (client: string, name = client): Promise<Turn> => {
    const turn = await queue.turn({ client, isGone: () => gone.has(name) });
    log.push(typeof turn === "string" ? `${name} ${turn}` : name);
    if (typeof turn === "object") turn[Symbol.dispose]();
    return turn;
  };
  return { time, first, log, gone, ask };
}

describe("a queue of requests", () => {
  test("serves the clients in turn, whoever has many requests", async () => {
    const { first, log, ask } = await takenQueue();
    const all = [ask("a", "a1"), ask("a", "a2"), ask("a", "a3"), ask("b"), ask("c")];
    assert.deepEqual(log, []);
    first[Symbol.dispose]();
    await Promise.all(all);
    assert.deepEqual(log, ["a1", "b", "c", "a2", "a3"]);
  });

  test("serves no client that has left", async () => {
    const { first, log, gone, ask } = await takenQueue();
    const all = [ask("a", "a1"), ask("a", "a2"), ask("b")];
    gone.add("a1").add("b");
    first[Symbol.dispose]();
    await Promise.all(all);
    assert.deepEqual(log.toSorted(), ["a1 gone", "a2", "b gone"]);
  });

  test("refuses what is too much, of a client and of all; who has left does not count", async () => {
    const { first, gone, ask } = await takenQueue({ maxWaiting: 3, maxWaitingPerClient: 2 });
    const all = [ask("a", "a1"), ask("a", "a2")];
    assert.equal(await ask("a", "a3"), "busy");
    all.push(ask("b"));
    assert.equal(await ask("c"), "busy");
    gone.add("a1");
    all.push(ask("c"));
    assert.equal(await all[0], "gone");
    first[Symbol.dispose]();
    assert.deepEqual(
      (await Promise.all(all)).map((turn) => typeof turn),
      ["string", "object", "object", "object"],
    );
  });

  test("refuses who has waited too long, and counts a turn that is given back twice once", async () => {
    const { time, first, log, ask } = await takenQueue();
    const late = ask("a", "late");
    time.now = 600;
    const soon = ask("a", "soon");
    time.now = 1100;
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    await Promise.all([late, soon]);
    assert.deepEqual(log.toSorted(), ["late busy", "soon"]);
  });
});
