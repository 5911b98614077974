import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { address, at, connectionFrom, hour, minute, second } from "../../../test/alert/samples.ts";
import { AlertGate, type AlertGateOptions, newBucket, type PastDecision, type TimedAlert } from "./alert-gate.ts";
import type { CooldownSettings } from "./cooldown-table.ts";
import { IgnoreRules, ignoreNothing } from "./ignore-rules.ts";

const classic: CooldownSettings = {
  cooldownMs: 30 * minute,
  forgetMs: 24 * hour,
  limit: 20_000,
  ipv6ByNetwork: false,
  summaries: false,
};
const ours: CooldownSettings = { ...classic, summaries: true };
const budget = { atOnce: 10, refillMs: minute, digestMs: minute, maxDigestMs: 15 * minute };

function gate(options: Partial<AlertGateOptions> = {}): AlertGate {
  return new AlertGate({ cooldown: classic, ...options });
}

function alert(suppressedBefore: number) {
  return { kind: "alert", suppressedBefore, suppressedNetwork: undefined };
}

describe("the cooldown of an address", () => {
  test("the first connection alerts, further ones are counted, and the next alert contains their number", () => {
    const one = gate();
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at), alert(0));
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + second), { kind: "suppressed" });
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1", 80), at + 30 * minute - 1), { kind: "suppressed" });
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + 30 * minute), alert(2));
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + 60 * minute), alert(0));
  });

  test("addresses do not affect each other; an IPv4 address written as IPv6 is the same one", () => {
    const one = gate();
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at), alert(0));
    assert.deepEqual(one.decide(connectionFrom("203.0.113.2"), at), alert(0));
    assert.deepEqual(one.decide(connectionFrom("::ffff:203.0.113.1"), at), { kind: "suppressed" });
  });

  test("without a cooldown every connection alerts", () => {
    const one = gate({ cooldown: { ...classic, cooldownMs: 0 } });
    for (let i = 0; i < 5; i++) assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + i), alert(0));
    assert.equal(one.remembered, 0);
    assert.equal(one.nextDueAt(at), undefined);
  });

  test("IPv6 addresses count separately, or by /64 if configured", () => {
    const each = gate();
    const byNetwork = gate({ cooldown: { ...classic, ipv6ByNetwork: true } });
    const peers = ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"];
    assert.deepEqual(
      peers.map((peer) => each.decide(connectionFrom(peer), at).kind),
      ["alert", "alert", "alert"],
    );
    assert.deepEqual(
      peers.map((peer) => byNetwork.decide(connectionFrom(peer), at).kind),
      ["alert", "suppressed", "alert"],
    );
  });

  test("without summaries the count is kept until the address is removed", () => {
    const returning = gate();
    const late = gate();
    for (const one of [returning, late]) {
      one.decide(connectionFrom("203.0.113.1"), at);
      one.decide(connectionFrom("203.0.113.1"), at + second);
    }
    assert.deepEqual(returning.due(at + 24 * hour), []);
    assert.deepEqual(returning.decide(connectionFrom("203.0.113.1"), at + 24 * hour), alert(1));
    assert.deepEqual(late.due(at + second + 24 * hour), []);
    assert.deepEqual(late.decide(connectionFrom("203.0.113.1"), at + second + 24 * hour), alert(0));
  });

  test("no more addresses are kept than allowed; the least recent is removed first", () => {
    const one = gate({ cooldown: { ...classic, limit: 3 } });
    for (const last of [1, 2, 3]) one.decide(connectionFrom(`203.0.113.${last}`), at);
    one.decide(connectionFrom("203.0.113.1"), at + 1);
    assert.deepEqual(one.decide(connectionFrom("203.0.113.4"), at + 2), alert(0));
    assert.equal(one.remembered, 3);
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + 3), { kind: "suppressed" });
    assert.deepEqual(one.decide(connectionFrom("203.0.113.2"), at + 3), alert(0));
  });

  test("addresses that are no longer needed are removed by themselves", () => {
    const one = gate({ cooldown: ours });
    for (let last = 1; last <= 200; last++) one.decide(connectionFrom(`203.0.113.${last}`), at);
    assert.equal(one.remembered, 200);
    assert.equal(one.nextDueAt(at), at + 30 * minute);
    assert.deepEqual(one.due(at + 30 * minute), []);
    assert.equal(one.remembered, 0);
    assert.equal(one.nextDueAt(at), undefined);
  });

  test("a clock that goes back does not suppress an address for as long as the jump was", () => {
    const one = gate({ cooldown: ours });
    one.decide(connectionFrom("203.0.113.1"), at);
    one.decide(connectionFrom("203.0.113.1"), at + second);
    one.due(at + second);
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at - 48 * hour), { kind: "suppressed" });
    one.due(at - 48 * hour);
    const due = one.due(at - 47 * hour);
    assert.deepEqual(
      due.map(({ kind }) => kind),
      ["summary"],
    );
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at - 47 * hour), alert(0));
  });
});

describe("an ignored connection", () => {
  test("sends no alert, starts no cooldown, and may be recorded", () => {
    const recorded = gate({ ignore: new IgnoreRules({ ...ignoreNothing, loopback: true }) });
    const dropped = gate({ ignore: new IgnoreRules({ ...ignoreNothing, loopback: true, alsoUnrecorded: true }) });
    assert.deepEqual(recorded.decide(connectionFrom("127.0.0.1"), at), { kind: "ignored", record: true });
    assert.deepEqual(dropped.decide(connectionFrom("::1"), at), { kind: "ignored", record: false });
    assert.equal(recorded.remembered, 0);
  });
});

describe("the summary of a burst", () => {
  test("is sent when the cooldown is over and the address has been silent, and contains all of it", () => {
    const one = gate({ cooldown: ours });
    one.decide(connectionFrom("203.0.113.1", 22), at);
    one.decide(connectionFrom("203.0.113.1", 80, at + second, "http"), at + second);
    one.decide(connectionFrom("203.0.113.1", 23, at + 2 * second, "ssh"), at + 2 * second);
    one.decide(connectionFrom("203.0.113.1", 80, at + 9 * second, "ssh"), at + 9 * second);
    assert.deepEqual(one.due(at + 30 * minute - 1), []);
    assert.deepEqual(one.due(at + 30 * minute), [
      {
        kind: "summary",
        burst: {
          address: "203.0.113.1",
          connections: 3,
          firstAt: at + second,
          lastAt: at + 9 * second,
          ports: [23, 80],
          morePorts: false,
          protocols: [
            { protocol: "ssh", connections: 2 },
            { protocol: "http", connections: 1 },
          ],
        },
      },
    ]);
    assert.deepEqual(one.due(at + 60 * minute), []);
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + 60 * minute), alert(0));
  });

  test("waits while the address may connect again soon", () => {
    const one = gate({ cooldown: ours });
    one.decide(connectionFrom("203.0.113.1"), at);
    one.decide(connectionFrom("203.0.113.1"), at + 29 * minute);
    assert.deepEqual(one.due(at + 30 * minute), []);
    assert.equal(one.nextDueAt(at + 30 * minute), at + 34 * minute);
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + 31 * minute), alert(1));
    assert.deepEqual(one.due(at + 34 * minute), []);
  });

  test("of a scan of every port names the first ports and that there were more", () => {
    const one = gate({ cooldown: ours });
    for (let port = 1; port <= 65_535; port++) one.decide(connectionFrom("203.0.113.1", port), at);
    const [due] = one.due(at + 30 * minute);
    assert.ok(due?.kind === "summary");
    assert.equal(due.burst.connections, 65_534);
    assert.equal(due.burst.ports.length, 32);
    assert.equal(due.burst.morePorts, true);
  });
});

describe("the budget of a channel", () => {
  test("is shared by all listeners", () => {
    const bucket = newBucket(budget);
    const gates = [gate({ budget, bucket }), gate({ budget, bucket })];
    let alerts = 0;
    for (let i = 0; i < 20; i++) {
      for (const one of gates) if (one.decide(connectionFrom(`203.0.113.${i}`), at).kind === "alert") alerts += 1;
    }
    assert.equal(alerts, budget.atOnce);
    const digests = gates.flatMap((one) => one.due(at + minute));
    assert.equal(digests.length, 1, "what one gate is given the other one waits for");
  });

  test("is not exceeded by a scan of all ports from ten thousand addresses, whose few messages count everything", () => {
    const one = gate({ cooldown: ours, budget, countryOf: () => "SE" });
    let connections = 0;
    let alerts = 0;
    let reported = 0;
    const due: TimedAlert[] = [];
    // One hour, 100 connections per second. After the cooldown of the first ten, ten more are reported.
    for (let now = at; now < at + hour; now += 10 * second) {
      for (let i = 0; i < 1000; i++) {
        const peer = (connections * 7919) % 10_000;
        const port = 1 + (connections % 65_535);
        const decision = one.decide(connectionFrom(`10.1.${peer >> 8}.${peer & 255}`, port, now), now);
        connections += 1;
        if (decision.kind !== "alert") continue;
        alerts += 1;
        reported += 1 + decision.suppressedBefore;
      }
      due.push(...one.due(now));
    }
    for (let now = at + hour; one.nextDueAt(now) !== undefined; ) {
      now = one.nextDueAt(now) ?? now;
      due.push(...one.due(now));
    }
    for (const item of due) reported += item.kind === "digest" ? item.digest.connections : item.burst.connections;
    assert.equal(connections, 360_000);
    assert.equal(reported, connections);
    assert.equal(alerts, 20);
    const kinds = due.map(({ kind }) => kind);
    assert.ok(kinds.filter((kind) => kind === "digest").length <= 6, kinds.join());
    assert.ok(kinds.filter((kind) => kind === "summary").length <= 10, kinds.join());
    const [first] = due;
    assert.ok(first?.kind === "digest");
    assert.equal(first.digest.addresses, 6990);
    assert.deepEqual(first.digest.topCountries, [{ countryCode: "SE", connections: first.digest.connections }]);
  });

  test("is free again after a quiet time: the next address gets its own alert", () => {
    const one = gate({ cooldown: ours, budget });
    for (let last = 1; last <= 20; last++) one.decide(connectionFrom(`203.0.113.${last}`), at);
    assert.equal(one.nextDueAt(at), at + minute);
    assert.deepEqual(
      one.due(at + minute).map(({ kind }) => kind),
      ["digest"],
    );
    assert.deepEqual(one.decide(connectionFrom("198.51.100.1"), at + 2 * minute), { kind: "digested" });
    assert.deepEqual(
      one.due(at + 3 * minute).map(({ kind }) => kind),
      ["digest"],
    );
    assert.deepEqual(one.decide(connectionFrom("198.51.100.2"), at + 8 * minute), alert(0));
  });

  test("is enough for a steady trickle below it, each with its own alert", () => {
    const one = gate({ cooldown: ours, budget });
    for (let i = 0; i < 200; i++) {
      assert.deepEqual(one.decide(connectionFrom(`203.0.${i}.1`), at + i * minute), alert(0));
    }
  });

  test("counts connections of an address in the digest that names it, then in its summary", () => {
    const one = gate({ cooldown: ours, budget: { ...budget, atOnce: 1 } });
    one.decide(connectionFrom("203.0.113.1"), at);
    assert.deepEqual(one.decide(connectionFrom("203.0.113.2"), at), { kind: "digested" });
    assert.deepEqual(one.decide(connectionFrom("203.0.113.2"), at + second), { kind: "digested" });
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + second), { kind: "suppressed" });
    const [digest] = one.due(at + minute);
    assert.ok(digest?.kind === "digest");
    assert.equal(digest.digest.connections, 2);
    assert.deepEqual(one.decide(connectionFrom("203.0.113.2"), at + 2 * minute), { kind: "suppressed" });
  });

  test("each connection is reported exactly once, in any sequence", () => {
    const step = fc.record({
      peer: fc.nat(40),
      port: fc.integer({ min: 1, max: 65_535 }),
      wait: fc.oneof(fc.constant(0), fc.nat(2 * minute), fc.nat(40 * minute)),
      ask: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 300 }),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (steps, limit, budgeted) => {
          const one = gate({ cooldown: { ...ours, limit }, ...(budgeted ? { budget: { ...budget, atOnce: 3 } } : {}) });
          let reported = 0;
          let now = at;
          const hear = () => {
            for (const item of one.due(now))
              reported += item.kind === "digest" ? item.digest.connections : item.burst.connections;
          };
          for (const { peer, port, wait, ask } of steps) {
            now += wait;
            if (ask) hear();
            const decision = one.decide(connectionFrom(`203.0.113.${peer}`, port, now), now);
            if (decision.kind === "alert") reported += 1 + decision.suppressedBefore;
            assert.ok(one.remembered <= limit);
          }
          for (let next = one.nextDueAt(now); next !== undefined; next = one.nextDueAt(now)) {
            now = Math.max(now, next);
            hear();
          }
          assert.equal(reported, steps.length);
          assert.equal(one.remembered, 0);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("is never exceeded, in any sequence", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2000), fc.nat(20 * second)), { maxLength: 400 }), (steps) => {
        const one = gate({ cooldown: { ...ours, cooldownMs: minute }, budget: { ...budget, atOnce: 3 } });
        const sent: number[] = [];
        let now = at;
        for (const [peer, wait] of steps) {
          now += wait;
          if (one.decide(connectionFrom(`10.0.${peer >> 8}.${peer & 255}`, 22, now), now).kind === "alert")
            sent.push(now);
          for (const _ of one.due(now)) sent.push(now);
        }
        for (const [index, from] of sent.entries()) {
          const within = sent.slice(index).filter((time) => time < from + 10 * minute).length;
          assert.ok(within <= 3 + 10, `${within} in ten minutes`);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("a restart", () => {
  test("keeps cooldowns, counts and the open digest", () => {
    const before = gate({ cooldown: ours, budget: { ...budget, atOnce: 2 } });
    const after = gate({ cooldown: ours, budget: { ...budget, atOnce: 2 } });
    const past = ["203.0.113.1", "203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.3"].map((peer, index) => {
      const now = at + index * second;
      const { kind } = before.decide(connectionFrom(peer, 22, now), now);
      assert.ok(kind !== "ignored");
      return { kind, address: address(peer), port: 22, protocol: "ssh", at: now } as const;
    });
    after.restore(past);

    for (const now of [at + 2 * minute, at + 40 * minute, at + 50 * minute]) {
      assert.deepEqual(after.due(now), before.due(now));
      assert.equal(after.nextDueAt(now), before.nextDueAt(now));
    }
    assert.equal(after.remembered, before.remembered);
  });

  test("keeps the cooldown with recent alerts alone", () => {
    const one = gate({ cooldown: ours });
    one.restore([{ kind: "alert", address: address("203.0.113.1"), port: 22, protocol: "ssh", at }]);
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + minute), { kind: "suppressed" });
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + 30 * minute), alert(1));
  });

  test("repeats nothing that a summary contained, and keeps what was only counted", () => {
    const one = gate({ cooldown: ours });
    const peer = address("203.0.113.1");
    one.restore([
      { kind: "suppressed", address: address("203.0.113.9"), port: 22, protocol: "ssh", at: at - minute },
      { kind: "alert", address: peer, port: 22, protocol: "ssh", at },
      { kind: "suppressed", address: peer, port: 22, protocol: "ssh", at: at + second },
      { kind: "summary", address: peer, at: at + 30 * minute },
    ]);
    const due = one.due(at + 40 * minute);
    assert.deepEqual(
      due.map((item) => item.kind === "summary" && [item.burst.address, item.burst.connections]),
      [["203.0.113.9", 1]],
    );
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + 40 * minute), alert(0));
  });

  test("at any moment neither loses nor repeats a report", () => {
    const step = fc.record({
      peer: fc.nat(12),
      wait: fc.oneof(fc.constant(0), fc.nat(2 * minute), fc.nat(40 * minute)),
      ask: fc.boolean(),
    });
    const settings = { cooldown: { ...ours, limit: 8 }, budget: { ...budget, atOnce: 3 } };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.nat(199), (steps, crashAt) => {
        const past: PastDecision[] = [];
        let running = gate(settings);
        let reported = 0;
        let now = at;
        const hear = () => {
          for (const due of running.due(now)) {
            reported += due.kind === "digest" ? due.digest.connections : due.burst.connections;
            past.push(
              due.kind === "digest"
                ? { kind: "digest", at: now }
                : { kind: "summary", address: due.burst.address, at: now },
            );
          }
        };
        for (const [index, { peer, wait, ask }] of steps.entries()) {
          now += wait;
          if (ask) hear();
          if (index === crashAt) {
            running = gate(settings);
            running.restore(past);
          }
          const observed = connectionFrom(`203.0.113.${peer}`, 22, now);
          const decision = running.decide(observed, now);
          assert.ok(decision.kind !== "ignored");
          if (decision.kind === "alert") reported += 1 + decision.suppressedBefore;
          past.push({ kind: decision.kind, address: observed.peer.address, port: 22, protocol: "ssh", at: now });
        }
        for (let next = running.nextDueAt(now); next !== undefined; next = running.nextDueAt(now)) {
          now = Math.max(now, next);
          hear();
        }
        assert.equal(reported, steps.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe("alerts that cannot wait", () => {
  test("are added to a digest, with or without a budget, until there is room; each is counted", () => {
    for (const budgeted of [{}, { budget }]) {
      let room = false;
      const one = gate({ ...budgeted, cooldown: ours, hasRoom: () => room });
      for (let peer = 0; peer < 100; peer++) {
        assert.deepEqual(one.decide(connectionFrom(`203.0.113.${peer}`), at), { kind: "digested" });
      }
      assert.deepEqual(one.due(at + hour), []);
      room = true;
      const [due] = one.due(at + hour);
      assert.equal(due?.kind === "digest" && due.digest.connections, 100);
      assert.equal(one.decide(connectionFrom("198.51.100.1"), at + 2 * hour).kind, "alert");
    }
  });

  test("include no more summaries than there is room for; the rest is added to a digest", () => {
    for (const room of [1, 7]) {
      const one = gate({ cooldown: { ...ours, limit: 1000 }, hasRoom: (others) => others < room });
      for (let peer = 0; peer < 500; peer++) {
        for (let time = 0; time < 3; time++) one.decide(connectionFrom(`10.0.${peer >> 8}.${peer & 255}`, 22, at), at);
      }
      const due = one.due(at + 2 * hour);
      assert.equal(due.length, room);
      const reported = [...due, ...one.due(at + 4 * hour)].map((each) =>
        each.kind === "summary" ? each.burst.connections : each.digest.connections,
      );
      assert.equal(
        reported.reduce((sum, connections) => sum + connections, 0),
        1000,
      );
    }
  });
});

describe("a flood of addresses", () => {
  test("is stored within the limit, whether IPv4 or one IPv6 /64 each, and counted completely", () => {
    const addresses: readonly ((index: number) => string)[] = [
      (index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
      (index) => `2001:db8:${(index >> 16).toString(16)}:${(index & 0xffff).toString(16)}::1`,
    ];
    for (const addressOf of addresses) {
      const one = gate({ cooldown: { ...ours, ipv6ByNetwork: true, limit: 1000 }, budget });
      let reported = 0;
      let most = 0;
      for (let index = 0; index < 20_000; index++) {
        if (one.decide(connectionFrom(addressOf(index), 22, at + index), at + index).kind === "alert") reported += 1;
        most = Math.max(most, one.remembered, one.queued / 2);
      }
      assert.equal(most, 1000);
      const [due] = one.due(at + hour);
      assert.ok(due?.kind === "digest");
      assert.equal(due.digest.connections + reported, 20_000);
      assert.deepEqual([due.digest.addresses, due.digest.moreAddresses], [1000, true]);
    }
  });
});

describe("changed settings at run time", () => {
  test("a changed cooldown counts from the earlier alerts, and counts are kept", () => {
    const one = gate();
    one.decide(connectionFrom("203.0.113.1"), at);
    one.decide(connectionFrom("203.0.113.1"), at + second);
    one.adjust({ cooldown: { ...classic, cooldownMs: 10 * minute } }, at + 2 * second);
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + 10 * minute - 1), { kind: "suppressed" });
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + 10 * minute), alert(2));
    one.adjust({ cooldown: classic }, at + 11 * minute);
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at + 20 * minute), { kind: "suppressed" });
  });

  test("the rest of a budget is kept, and an open digest is sent with the new one", () => {
    const bucket = newBucket({ ...budget, atOnce: 2 });
    const one = gate({ budget: { ...budget, atOnce: 2 }, bucket });
    for (const host of [1, 2, 3]) one.decide(connectionFrom(`203.0.113.${host}`), at);
    bucket.adjust({ capacity: 3, refillMs: hour }, at);
    one.adjust({ cooldown: classic, budget: { ...budget, atOnce: 3 }, bucket }, at);
    const due = one.due(at + minute);
    assert.deepEqual(
      due.map((each) => each.kind === "digest" && each.digest.connections),
      [1],
    );
    assert.equal(bucket.take(at + minute), false, "of three two were spent before, and one for the digest");
  });

  test("a connection that was accepted under other rules is decided by those", () => {
    const ignored = new IgnoreRules({ ...ignoreNothing, ports: [22] });
    const one = gate({ ignore: new IgnoreRules(ignoreNothing) });
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at, ignored), { kind: "ignored", record: true });
    assert.deepEqual(one.decide(connectionFrom("203.0.113.1"), at), alert(0));
  });
});
