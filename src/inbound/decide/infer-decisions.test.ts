import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { address, at, connection, connectionFrom, hour, minute, second } from "../../../test/alert/samples.ts";
import { portwatcherBudget, portwatcherCooldown } from "../../compat/portwatcher/alert-defaults.ts";
import { identify } from "../../wire/identify.ts";
import type { AlertContent } from "../alert/alert-content.ts";
import { AlertGate } from "./alert-gate.ts";
import { inferDecisions, type StoredAlert, type StoredDecidable } from "./infer-decisions.ts";

const cooldown = { ...portwatcherCooldown, summaries: true };
const settings = { cooldown, budget: { ...portwatcherBudget, atOnce: 3, refillMs: minute } };

/** A gate, and the stored records beside it. */
class Lab {
  readonly alerts: StoredAlert[] = [];
  readonly connections: StoredDecidable[] = [];
  #gate = new AlertGate(settings);
  #count = 0;
  now = at;

  connect(peer: string): void {
    this.#count += 1;
    const id = `c${this.#count}`;
    const { peer: from, local, identification } = connectionFrom(peer, 22, this.now);
    const decision = this.#gate.decide({ at: this.now, peer: from, local, identification }, this.now);
    const observed = { address: from.address, port: local.port, protocol: identification.protocol, at: this.now };
    this.connections.push({ id, decidedAt: this.now, ...observed });
    if (decision.kind !== "alert") return;
    const whole = {
      ...connection("", identify(new Uint8Array(0))),
      id,
      at: this.now,
      peer: from,
      local,
      identification,
    };
    this.#store({ kind: "connection", connection: whole, suppressedBefore: decision.suppressedBefore });
  }

  tick(): void {
    // At a separate moment: a connection that is decided at the same one as a digest may be reported twice.
    this.now += 1;
    for (const due of this.#gate.due(this.now)) this.#store(due);
    this.now += 1;
  }

  /** Killed and started again: only stored records are left. */
  restart(): void {
    this.#gate = new AlertGate(settings);
    const messages = this.alerts.map((alert) => alert.at);
    this.#gate.restore(inferDecisions({ alerts: this.alerts, connections: this.connections, messages }, settings));
  }

  /** All clients stop. */
  settle(): void {
    for (let next = this.#gate.nextDueAt(this.now); next !== undefined; next = this.#gate.nextDueAt(this.now)) {
      this.now = Math.max(this.now, next);
      this.tick();
    }
  }

  /** Reported connections. */
  get reported(): number {
    return this.alerts.reduce((sum, { due }) => sum + connectionsIn(due), 0);
  }

  #store(due: AlertContent): void {
    this.alerts.push({ at: this.now, due });
  }
}

function connectionsIn(due: AlertContent): number {
  if (due.kind === "connection") return 1 + due.suppressedBefore;
  return due.kind === "summary" ? due.burst.connections : due.digest.connections;
}

describe("a restart during a burst", () => {
  test("keeps suppressed connections for the summary", () => {
    const lab = new Lab();
    for (let visit = 0; visit < 5; visit++) lab.connect("203.0.113.1");
    lab.restart();
    lab.connect("203.0.113.1");
    lab.settle();
    const [alert, summary, ...more] = lab.alerts.map(({ due }) => due);
    assert.deepEqual(more, []);
    assert.ok(alert?.kind === "connection" && summary?.kind === "summary");
    assert.equal(summary.burst.connections, 5);
    assert.equal(summary.burst.address, "203.0.113.1");
  });

  test("keeps the connections of an open digest", () => {
    const lab = new Lab();
    for (let peer = 1; peer <= 20; peer++) lab.connect(`203.0.113.${peer}`);
    lab.now += second;
    lab.restart();
    lab.settle();
    const last = lab.alerts.at(-1)?.due;
    assert.ok(last?.kind === "digest");
    assert.equal(last.digest.addresses, 17);
    assert.equal(lab.alerts.length, 4);
  });

  test("repeats nothing that a digest or a summary contained", () => {
    const lab = new Lab();
    for (let peer = 1; peer <= 20; peer++) lab.connect(`203.0.113.${peer}`);
    lab.connect("203.0.113.1");
    lab.now += 2 * hour;
    lab.tick();
    const before = lab.alerts.length;
    lab.restart();
    lab.settle();
    assert.equal(lab.alerts.length, before);
    assert.equal(lab.reported, 21);
  });

  test("does not alert retroactively for ignored connections", () => {
    const lab = new Lab();
    const from = connectionFrom("127.0.0.1").peer;
    for (let visit = 0; visit < 4; visit++) {
      const observed = { address: from.address, port: 22, protocol: "http" as const, at: lab.now };
      lab.connections.push({ id: `ignored${visit}`, decidedAt: lab.now, ...observed });
    }
    lab.now += second;
    lab.restart();
    lab.connect("203.0.113.1");
    assert.deepEqual(
      lab.alerts.map(({ due }) => due.kind),
      ["connection"],
    );
    lab.settle();
    assert.equal(lab.reported, 1);
  });

  test("at any moment neither loses nor repeats a connection, however often", () => {
    const step = fc.record({
      peer: fc.nat(12),
      wait: fc.oneof(fc.constant(0), fc.nat(2 * minute), fc.nat(40 * minute)),
      after: fc.constantFrom("tick", "restart", "nothing", "nothing"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const lab = new Lab();
        for (const { peer, wait, after } of steps) {
          lab.now += wait;
          lab.connect(`203.0.113.${peer}`);
          if (after === "tick") lab.tick();
          if (after === "restart") lab.restart();
        }
        lab.settle();
        assert.equal(lab.reported, steps.length);
      }),
      { numRuns: 300 },
    );
  });
});

test("treats addresses of one IPv6 /64 as one if they share a cooldown", () => {
  const [first, second_] = ["2001:db8::1", "2001:db8::ffff"].map(address);
  assert.ok(first !== undefined && second_ !== undefined);
  const whole = { ...connection("", identify(new Uint8Array(0))), id: "c1", peer: { address: first, port: 1 } };
  const alerts = [{ at, due: { kind: "connection", connection: whole, suppressedBefore: 0 } as const }];
  const connections = [
    { id: "c1", decidedAt: at, at, address: first, port: 22, protocol: "none" as const },
    { id: "c2", decidedAt: at + second, at, address: second_, port: 22, protocol: "none" as const },
  ];
  const kinds = (ipv6ByNetwork: boolean) =>
    inferDecisions(
      { alerts, connections, messages: [at] },
      { cooldown: { ...cooldown, ipv6ByNetwork }, budget: { ...settings.budget, atOnce: 1 } },
    ).map(({ kind }) => kind);
  assert.deepEqual(kinds(true), ["alert", "suppressed"]);
  assert.deepEqual(kinds(false), ["alert", "digested"]);
});
