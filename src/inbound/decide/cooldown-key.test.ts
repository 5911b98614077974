import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { address, at, connectionFrom, minute } from "../../../test/alert/samples.ts";
import { AlertGate } from "./alert-gate.ts";
import { cooldownScope, maxNeighboursPerNetwork, networkOf } from "./cooldown-key.ts";
import type { CooldownSettings } from "./cooldown-table.ts";

const cooldown: CooldownSettings = {
  cooldownMs: 30 * minute,
  forgetMs: 30 * minute,
  limit: 1000,
  ipv6ByNetwork: true,
  summaries: true,
  isOnLink: (peer) => peer.startsWith("2001:db8:7:"),
};

function kinds(gate: AlertGate, peers: readonly string[]): readonly string[] {
  return peers.map((peer) => gate.decide(connectionFrom(peer), at).kind);
}

describe("which addresses share a cooldown", () => {
  const scopes: readonly (readonly [string, string])[] = [
    ["2a02:8109:1:2::5", "network"],
    ["3fff::1", "network"],
    ["2002:c000:201::1", "network"],
    ["2001:db8:7:0:1::1", "neighbour"],
    ["fd00:7::a", "neighbour"],
    ["fc00::1", "neighbour"],
    ["fe80::1", "neighbour"],
    ["fe80::1%eth0.7", "neighbour"],
    ["febf::1", "neighbour"],
    ["fec0::1", "neighbour"],
    ["::ffff:192.0.2.7", "address"],
    ["192.0.2.7", "address"],
    ["64:ff9b::c000:207", "address"],
    ["64:ff9b:1::c000:207", "address"],
    ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "address"],
    ["2001::63bf:3fff:fdd2", "address"],
    ["::1", "address"],
    ["200::1", "address"],
  ];
  for (const [text, scope] of scopes) {
    test(`${text} counts as its ${scope}`, () => {
      assert.equal(cooldownScope(address(text), cooldown), scope);
    });
  }

  test("every address of 2000::/3 that is not on our own links and not a Teredo address counts as its /64", () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(
        fc.integer({ min: 0x2002, max: 0x3fff }),
        fc.array(group, { minLength: 7, maxLength: 7 }),
        (first, rest) => {
          const peer = address([first, ...rest].map((value) => value.toString(16)).join(":"));
          assert.equal(cooldownScope(peer, cooldown), "network");
          const other = address([first, ...rest.slice(0, 3), 1, 2, 3, 4].map((value) => value.toString(16)).join(":"));
          assert.equal(networkOf(peer), networkOf(other));
        },
      ),
    );
  });

  test("hosts of one home network alert separately, and a link-local address in two zones is two hosts", () => {
    const gate = new AlertGate({ cooldown });
    const peers = ["fd00:7::a", "fd00:7::b", "fe80::1%eth0", "fe80::1%eth1", "2001:db8:7::a", "2001:db8:7::b"];
    assert.deepEqual(kinds(gate, peers), ["alert", "alert", "alert", "alert", "alert", "alert"]);
    assert.deepEqual(kinds(gate, ["fd00:7::a", "2001:db8:7::b"]), ["suppressed", "suppressed"]);
  });

  test("one host that uses up the addresses of a link becomes one, and its earlier neighbours stay separate", () => {
    const gate = new AlertGate({ cooldown });
    const crowd = Array.from({ length: 5000 }, (_, host) => `fd00:7::1:${host.toString(16)}`);
    assert.deepEqual(kinds(gate, ["fd00:7::a"]), ["alert"]);
    assert.equal(kinds(gate, crowd).filter((kind) => kind === "alert").length, maxNeighboursPerNetwork);
    assert.equal(gate.remembered, maxNeighboursPerNetwork + 1);
    assert.deepEqual(kinds(gate, ["fd00:7::a", "fd00:8::a"]), ["suppressed", "alert"]);
    const bursts = gate.due(at + 40 * minute).flatMap((due) => (due.kind === "summary" ? [due.burst] : []));
    assert.equal(bursts.length, 2);
    const ofCrowd = bursts.find(({ network }) => network === "fd00:7::/64");
    assert.equal(ofCrowd?.connections, crowd.length - maxNeighboursPerNetwork);
    assert.equal(ofCrowd?.moreAddresses, true);
    assert.equal(gate.remembered, 0);
    assert.deepEqual(
      kinds(gate, crowd.slice(0, 3)).map((kind) => kind),
      ["alert", "alert", "alert"],
    );
  });

  test("a summary of several addresses of a /64 names the network, and of one address that address", () => {
    const gate = new AlertGate({ cooldown });
    kinds(gate, ["2a02:1::1", "2a02:1::2", "2a02:1::2", "2a02:2::1", "2a02:2::1"]);
    const bursts = gate.due(at + 40 * minute).flatMap((due) => (due.kind === "summary" ? [due.burst] : []));
    assert.deepEqual(
      bursts.map(({ address: last, network, addresses, connections }) => ({ last, network, addresses, connections })),
      [
        { last: "2a02:1::2", network: "2a02:1::/64", addresses: 2, connections: 2 },
        { last: "2a02:2::1", network: "2a02:2::/64", addresses: undefined, connections: 1 },
      ],
    );
  });

  test("an alert shows that other addresses of its network were counted before it", () => {
    const gate = new AlertGate({ cooldown });
    kinds(gate, ["2a02:1::1", "2a02:1::2"]);
    assert.deepEqual(gate.decide(connectionFrom("2a02:1::1"), at + 30 * minute), {
      kind: "alert",
      suppressedBefore: 1,
      suppressedNetwork: "2a02:1::/64",
    });
  });

  test("a flood from 65,536 networks needs bounded memory, and every connection is counted", () => {
    const limit = 2000;
    const budget = { atOnce: 10, refillMs: minute, digestMs: minute, maxDigestMs: 15 * minute };
    const gate = new AlertGate({ cooldown: { ...cooldown, limit }, budget });
    let reported = 0;
    let now = at;
    const count = () => {
      for (const due of gate.due(now))
        reported += due.kind === "digest" ? due.digest.connections : due.burst.connections;
    };
    let alerts = 0;
    for (let network = 0; network < 65_536; network++) {
      now += 1;
      const { kind } = gate.decide(connectionFrom(`2a02:${network.toString(16)}::1`), now);
      if (kind === "alert") alerts += 1;
      assert.ok(gate.remembered <= limit);
      if (network % 1000 === 0) count();
    }
    assert.equal(alerts, budget.atOnce);
    for (let minutes = 0; minutes < 60; minutes++) {
      now += minute;
      count();
    }
    assert.equal(reported + alerts, 65_536);
  });
});
