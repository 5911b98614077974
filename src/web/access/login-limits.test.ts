import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parseAddress } from "../../core/address.ts";
import { LoginLimits } from "./login-limits.ts";

const minute = 60_000;

function limited() {
  const clock = { ms: 5 * minute };
  const limits = new LoginLimits({ monotonic: () => clock.ms });
  const begin = async (from: string, verify: () => Promise<boolean>, user?: string) => {
    const address = parseAddress(from);
    assert.ok(address !== undefined);
    const outcome = await limits.attempt({ address, user, verify });
    return outcome.kind === "limited" ? outcome.seconds : outcome.isCorrect;
  };
  const attempt = (from: string, isCorrect = false, user?: string) => begin(from, async () => isCorrect, user);
  return { clock, attempt, begin };
}

describe("failed logins", () => {
  test("of an address are five, and one more for each minute, whatever the wall clock says", async () => {
    const { clock, attempt } = limited();
    for (let failures = 0; failures < 5; failures += 1) assert.equal(await attempt("192.0.2.1"), false);
    assert.equal(await attempt("192.0.2.1", true), 60, "the right password as well");
    clock.ms += minute / 2;
    assert.equal(await attempt("192.0.2.1", true), 30);
    clock.ms += minute / 2;
    assert.equal(await attempt("192.0.2.1"), false);
    assert.equal(await attempt("192.0.2.1"), 60);
    clock.ms += 10 * minute;
    assert.equal(await attempt("192.0.2.1", true), true);
  });

  test("of a network that one client has count together, and of no other", async () => {
    const { attempt } = limited();
    for (let host = 1; host <= 5; host += 1) assert.equal(await attempt(`2001:db8::${host}`), false);
    assert.equal(await attempt("2001:db8::ffff:6"), 60);
    assert.equal(await attempt("2001:db8:0:1::1"), false);
  });

  test("are not forgiven for the right password of somebody else", async () => {
    const { attempt } = limited();
    let tried = 0;
    for (let round = 0; round < 10; round += 1) {
      for (let guess = 0; guess < 4; guess += 1) if ((await attempt("192.0.2.1", false, "ann")) === false) tried += 1;
      await attempt("192.0.2.1", true, "bob");
    }
    assert.equal(tried, 5);
  });
});

describe("logins", () => {
  test("of one user are twenty at first, and one more every three seconds, from wherever", async () => {
    const { clock, attempt } = limited();
    for (let login = 1; login <= 20; login += 1) assert.equal(await attempt(`192.0.2.${login}`, true, "bob"), true);
    assert.equal(await attempt("192.0.2.99", true, "bob"), 3);
    assert.equal(await attempt("192.0.2.1", true, "ann"), true, "another user from the same address");
    clock.ms += 3000;
    assert.equal(await attempt("192.0.2.99", true, "bob"), true);
    assert.equal(await attempt("192.0.2.99", true, "bob"), 3);
  });

  test("that fail do not count for the user whose name was typed", async () => {
    const { attempt } = limited();
    for (let host = 1; host <= 30; host += 1) await attempt(`192.0.2.${host}`, false, "ann");
    assert.equal(await attempt("192.0.2.99", true, "ann"), true);
  });

  test("that come from one address in numbers let others take their turn, two at a time", async () => {
    const { begin } = limited();
    const order: string[] = [];
    const running: (() => void)[] = [];
    const verify = (name: string) => async () => {
      order.push(name);
      const { promise, resolve } = Promise.withResolvers<void>();
      running.push(resolve);
      await promise;
      return true;
    };
    const greedy = Array.from({ length: 50 }, () => begin("192.0.2.1", verify("greedy"), "bob"));
    const other = begin("192.0.2.2", verify("other"), "ann");
    await nextTurn();
    assert.deepEqual(order, ["greedy", "greedy"]);
    let hasEnded = false;
    const all = Promise.all([...greedy, other]).then((outcomes) => {
      hasEnded = true;
      return outcomes;
    });
    while (!hasEnded) {
      running.shift()?.();
      await nextTurn();
    }
    assert.ok(order.indexOf("other") <= 4, order.join());
    const outcomes = await all;
    assert.equal(outcomes.at(-1), true);
    assert.equal(outcomes.filter((outcome) => outcome === 5).length, 40, "too many wait");
    assert.equal(order.length, 11);
  });
});
