import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type FlapPolicy,
  formatHistory,
  type Observation,
  observe,
  type Presence,
  parsePresence,
  type Transition,
} from "./presence.ts";

const minute = 60_000;
const policy: FlapPolicy = { goneAfter: 2, flapLimit: 3, flapWindowMs: 10 * minute };
const calm = (state: Presence["state"], misses = 0): Presence => parsePresence(state, misses, null);

/** One observation per minute: `s` sighted, `m` missed, a number skips that many minutes. Returns the result of each. */
function follow(start: Presence, script: string, rules: FlapPolicy = policy): { outcomes: string; presence: Presence } {
  let presence = start;
  let at = 1_000_000_000;
  const outcomes: string[] = [];
  for (const part of script.split(" ")) {
    at += minute * (Number(part) || 1);
    if (part !== "s" && part !== "m") continue;
    const next: Transition = observe(presence, part === "s" ? "sighted" : "missed", at, rules);
    presence = next.presence;
    if (next.change !== undefined) outcomes.push(next.isQuiet ? `(${next.change})` : next.change);
  }
  return { outcomes: outcomes.join(" "), presence };
}

const table: readonly (readonly [
  name: string,
  start: Presence["state"],
  script: string,
  outcomes: string,
  end: string,
])[] = [
  ["an inherited service becomes present silently", "inherited", "s", "", "present"],
  ["misses do not make an inherited service gone", "inherited", "m m m m m", "", "inherited"],
  ["a present service stays while it is sighted", "present", "s s s", "", "present"],
  ["one miss does not make a service gone", "present", "m", "", "present"],
  ["enough misses in a row make a service gone", "present", "m m", "gone", "gone"],
  ["a sighting in between restarts the count", "present", "m s m", "", "present"],
  ["a gone service stays gone", "present", "m m m m m", "gone", "gone"],
  ["a gone service returns", "gone", "s", "returned", "present"],
  ["after a return the count restarts", "gone", "s m", "returned", "present"],
  [
    "the change that fills the window is reported as flapping",
    "present",
    "m m s m m",
    "gone returned flapping",
    "flapping",
  ],
  ["changes far apart are not flapping", "present", "m m s 12 m m 12 s", "gone returned gone returned", "present"],
  [
    "while flapping, changes are recorded and not reported",
    "present",
    "m m s m m s m m s",
    "gone returned flapping (returned) (gone) (returned)",
    "flapping",
  ],
  [
    "becoming stable in the opposite of the last reported state is reported once",
    "present",
    "m m s m m 12 m 12 m",
    "gone returned flapping gone",
    "gone",
  ],
  [
    "becoming stable in the last reported state is not reported",
    "present",
    "m m s m m s 12 s 12 s",
    "gone returned flapping (returned)",
    "present",
  ],
  ["time without an observation ends no flapping", "present", "m m s m m 60", "gone returned flapping", "flapping"],
];

for (const [name, start, script, outcomes, end] of table) {
  test(name, () => {
    const result = follow(calm(start), script);
    assert.equal(result.outcomes, outcomes);
    assert.equal(result.presence.state, end);
  });
}

test("with a limit of one each change is flapping at once", () => {
  const result = follow(calm("present"), "m m", { ...policy, flapLimit: 1 });
  assert.equal(result.outcomes, "flapping");
});

test("a history can be stored in the database and read back", () => {
  const { presence } = follow(calm("present"), "m m s m m");
  assert.deepEqual(parsePresence(presence.state, presence.misses, formatHistory(presence)), presence);
  assert.equal(formatHistory(calm("gone")), null);
});

test("a damaged history counts as a stable one", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.equal(parsePresence("present", 0, text).state, "present");
    }),
  );
  assert.deepEqual(parsePresence("gone", 1, "{}"), calm("gone", 1));
});

test("for any observations, announcements alternate, and memory is bounded", () => {
  const observation = fc.record({
    what: fc.constantFrom<Observation>("sighted", "missed"),
    after: fc.integer({ min: 1, max: 20 * minute }),
  });
  const rules = fc.record({
    goneAfter: fc.integer({ min: 1, max: 4 }),
    flapLimit: fc.integer({ min: 1, max: 5 }),
    flapWindowMs: fc.constant(10 * minute),
  });
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 100 }), rules, (observations, rules) => {
      let presence = calm("present");
      let at = 0;
      let lastWord = "returned";
      for (const { what, after } of observations) {
        at += after;
        const next = observe(presence, what, at, rules);
        presence = parsePresence(next.presence.state, next.presence.misses, formatHistory(next.presence));
        assert.deepEqual(presence, next.presence);
        assert.ok(presence.changes.length <= Math.max(rules.flapLimit, 1));
        assert.ok(presence.misses <= rules.goneAfter);
        if (next.change === "flapping") assert.equal(presence.state, "flapping");
        else if (next.change !== undefined && !next.isQuiet) {
          assert.notEqual(next.change, lastWord);
          lastWord = next.change;
        }
        if (what === "sighted") assert.ok(!presence.isDown);
      }
    }),
  );
});
