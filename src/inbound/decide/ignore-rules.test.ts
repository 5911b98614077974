import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { address } from "../../../test/alert/samples.ts";
import { addressFromBigInt } from "../../core/address.ts";
import { parseRange } from "../../core/network.ts";
import { IgnoreRules, type IgnoreSettings, ignoreNothing } from "./ignore-rules.ts";

function ranges(...texts: string[]) {
  return texts.map((text) => {
    const range = parseRange(text);
    assert.ok(range !== undefined);
    return range;
  });
}

function rules(settings: Partial<IgnoreSettings>): IgnoreRules {
  return new IgnoreRules({ ...ignoreNothing, ...settings });
}

describe("ignore rules", () => {
  test("without a rule every connection is reported", () => {
    const none = rules({});
    for (const peer of ["127.0.0.1", "10.0.0.1", "::1", "fe80::1", "203.0.113.7"]) {
      assert.equal(none.handlingFrom(address(peer), 22), "alert", peer);
    }
  });

  test("loopback is IPv4, IPv6, and IPv4 written as IPv6", () => {
    const loopback = rules({ loopback: true });
    for (const peer of ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"]) {
      assert.equal(loopback.handlingFrom(address(peer), 22), "record", peer);
    }
    assert.equal(loopback.handlingFrom(address("10.0.0.1"), 22), "alert");
    assert.equal(loopback.handlingFrom(address("::2"), 22), "alert");
  });

  test("connections that a trusted proxy makes for itself are not reported", () => {
    const endpoint = (text: string, port = 22) => ({ address: address(text), port });
    const none = rules({});
    const local = endpoint("10.0.0.5");
    assert.equal(none.handlingOf({ peer: endpoint("10.0.0.9"), local, via: endpoint("10.0.0.9") }), "record");
    assert.equal(none.handlingOf({ peer: endpoint("10.0.0.9", 1), local, via: endpoint("10.0.0.9") }), "record");
    assert.equal(none.handlingOf({ peer: endpoint("192.0.2.7"), local, via: endpoint("10.0.0.9") }), "alert");
    assert.equal(none.handlingOf({ peer: endpoint("10.0.0.9"), local }), "alert");
  });

  test("a peer with the same source and destination address is this machine, unless a proxy names another one", () => {
    const endpoint = (text: string) => ({ address: address(text), port: 22 });
    const own = rules({ thisMachine: true });
    assert.equal(own.handlingOf({ peer: endpoint("10.0.0.5"), local: endpoint("10.0.0.5") }), "record");
    assert.equal(own.handlingOf({ peer: endpoint("10.0.0.6"), local: endpoint("10.0.0.5") }), "alert");
    const via = endpoint("10.0.0.9");
    assert.equal(own.handlingOf({ peer: endpoint("10.0.0.5"), local: endpoint("10.0.0.5"), via }), "alert");
    assert.equal(rules({}).handlingOf({ peer: endpoint("10.0.0.5"), local: endpoint("10.0.0.5") }), "alert");
    assert.equal(rules({ loopback: true }).handlingOf({ peer: endpoint("::1"), local: endpoint("::1") }), "record");
  });

  test("private networks are those of IPv4, IPv6, carriers and single links, without loopback", () => {
    const privates = rules({ privates: true });
    for (const peer of [
      "10.1.2.3",
      "172.31.0.1",
      "192.168.0.1",
      "100.64.0.1",
      "fd00::1",
      "fe80::1%eth0",
      "169.254.0.1",
    ]) {
      assert.equal(privates.handlingFrom(address(peer), 22), "record", peer);
    }
    for (const peer of ["172.32.0.1", "127.0.0.1", "2001:db8::1", "100.128.0.1"]) {
      assert.equal(privates.handlingFrom(address(peer), 22), "alert", peer);
    }
  });

  test("networks, ports, and pairs of both", () => {
    const some = rules({
      networks: ranges("172.24.0.0/16", "::1/128"),
      ports: [8080],
      pairs: [{ networks: ranges("203.0.113.0/24", "2001:db8::/32"), ports: [22, 23] }],
    });
    assert.equal(some.handlingFrom(address("172.24.9.9"), 22), "record");
    assert.equal(some.handlingFrom(address("::1"), 22), "record");
    assert.equal(some.handlingFrom(address("198.51.100.1"), 8080), "record");
    assert.equal(some.handlingFrom(address("203.0.113.9"), 23), "record");
    assert.equal(some.handlingFrom(address("2001:db8::9"), 22), "record");
    assert.equal(some.handlingFrom(address("203.0.113.9"), 24), "alert");
    assert.equal(some.handlingFrom(address("203.0.114.9"), 22), "alert");
  });

  test("ignored connections are not recorded either, if configured", () => {
    assert.equal(rules({ loopback: true, alsoUnrecorded: true }).handlingFrom(address("::1"), 1), "drop");
  });

  test("for any network the result agrees with plain arithmetic", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.bigInt(0n, 2n ** 128n - 1n),
        fc.bigInt(0n, 300n),
        fc.nat(128),
        (six, base, step, bits) => {
          const width = six ? 128n : 32n;
          const family = six ? 6 : 4;
          const mask = 2n ** width - 1n;
          const prefix = BigInt(bits) % (width + 1n);
          const network = addressFromBigInt(base & mask, family);
          const peer = addressFromBigInt((base + step) & mask, family);
          // An address that reads as IPv4 written as IPv6 is of another family.
          fc.pre(!six || (base & mask) >> 48n !== 0n);
          const inside = (base & mask) >> (width - prefix) === ((base + step) & mask) >> (width - prefix);
          const handling = rules({ networks: ranges(`${network}/${prefix}`) }).handlingFrom(peer, 1);
          assert.equal(handling, inside ? "record" : "alert");
        },
      ),
    );
  });
});
