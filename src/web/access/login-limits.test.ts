import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseAddress } from "../../core/address.ts";
import { LoginLimits } from "./login-limits.ts";

const minute = 60_000;

function limited() {
  const clock = { ms: 5 * minute };
  const limits = new LoginLimits({ monotonic: () => clock.ms });
  const attempt = async (from: string, isCorrect = false) => {
    const address = parseAddress(from);
    assert.ok(address !== undefined);
    const outcome = await limits.attempt(address, async () => isCorrect);
    return outcome.kind === "limited" ? outcome.seconds : outcome.isCorrect;
  };
  return { clock, attempt };
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
});
