import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EndpointOrder } from "./endpoint-order.ts";
import { maxSpace, Permutation } from "./permutation.ts";

const seed = fc.integer({ min: 0, max: 2 ** 48 });

test("every number is visited exactly once", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), seed, (size, chosen) => {
      const permutation = new Permutation(size, chosen);
      const visited = new Uint8Array(size);
      for (let position = 0; position < size; position++) {
        const value = permutation.at(position);
        assert.ok(Number.isInteger(value) && value >= 0 && value < size);
        visited[value] = 1;
      }
      assert.ok(visited.every((mark) => mark === 1));
    }),
  );
});

test("in a space of any size positionOf is the inverse of at", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: maxSpace }),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      seed,
      (size, where, chosen) => {
        const permutation = new Permutation(size, chosen);
        const position = Math.floor(where * size);
        const value = permutation.at(position);
        assert.ok(Number.isSafeInteger(value) && value >= 0 && value < size);
        assert.equal(permutation.positionOf(value), position);
      },
    ),
  );
});

test("the seed decides the order", () => {
  const orderOf = (chosen: number) => Array.from({ length: 64 }, (_, at) => new Permutation(1 << 18, chosen).at(at));
  assert.deepEqual(orderOf(7), orderOf(7));
  assert.notDeepEqual(orderOf(7), orderOf(8));
  assert.notDeepEqual(orderOf(7), orderOf(7 + 2 ** 40));
});

test("the load is spread: no run of a /16 falls on few of its /24 networks", () => {
  const permutation = new Permutation(65_536, 42);
  for (let start = 0; start < 65_536; start += 1024) {
    const perNetwork = new Uint16Array(256);
    for (let at = start; at < start + 1024; at++) {
      const network = permutation.at(at) >>> 8;
      perNetwork[network] = (perNetwork[network] ?? 0) + 1;
    }
    // 4 on average; a sequential order would have 256.
    assert.ok(Math.max(...perNetwork) < 24, `${Math.max(...perNetwork)} of 1024 in one /24`);
  }
});

test("a space too large for exact doubles is rejected", () => {
  assert.throws(() => new Permutation(2 ** 53, 1), RangeError);
});

test("shards are disjoint and together the whole", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 9 }),
      seed,
      (hosts, ports, count, chosen) => {
        const visits = new Uint8Array(hosts * ports);
        for (let index = 0; index < count; index++) {
          const order = new EndpointOrder({ hosts, ports, seed: chosen, shard: { index, count }, from: 0 });
          let taken = 0;
          for (let endpoint = order.next(); endpoint >= 0; endpoint = order.next()) {
            visits[endpoint] = (visits[endpoint] ?? 0) + 1;
            assert.equal(order.stepOf(endpoint), taken);
            taken += 1;
          }
          assert.equal(taken, order.steps);
          assert.ok(order.isFinished);
        }
        assert.ok(visits.every((count) => count === 1));
      },
    ),
  );
});

test("an order resumed at a position goes on from there", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 400 }), seed, (hosts, from, chosen) => {
      const base = { hosts, ports: 2, seed: chosen, shard: { index: 0, count: 1 } };
      const rest = (order: EndpointOrder) => Array.from({ length: order.steps - order.position }, () => order.next());
      const whole = rest(new EndpointOrder({ ...base, from: 0 }));
      assert.deepEqual(rest(new EndpointOrder({ ...base, from })), whole.slice(from));
    }),
  );
});
