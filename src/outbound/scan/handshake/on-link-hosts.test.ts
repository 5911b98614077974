import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NeighbourSlots } from "./neighbour-slots.ts";
import { OnLinkHosts } from "./on-link-hosts.ts";

function hostsWith(options: { readonly maxPending?: number; readonly free?: number } = {}): OnLinkHosts {
  const slots = new NeighbourSlots();
  slots.measure(options.free ?? 1000);
  return new OnLinkHosts({
    isOnLink: (host) => host < 100,
    slots,
    maxPending: options.maxPending ?? 100,
    room: 50,
  });
}

test("a host behind a router is never pending", () => {
  const hosts = hostsWith();
  assert.equal(hosts.admit(100, 1, 0), "probe");
  assert.equal(hosts.pending, 0);
});

test("one endpoint of a host is probed, the others are held until the host is up", () => {
  const hosts = hostsWith();
  assert.deepEqual([hosts.admit(7, 7, 0), hosts.admit(7, 107, 0), hosts.admit(7, 207, 0)], ["resolve", "held", "held"]);
  assert.ok(hosts.isResolvedBy(7, 7) && !hosts.isResolvedBy(7, 107));
  assert.equal(hosts.hasReady, false);
  hosts.markUp(7);
  assert.deepEqual([hosts.ready, hosts.takeReady(), hosts.takeReady(), hosts.hasReady], [2, 107, 207, false]);
  // A later endpoint gets its turn, too.
  assert.deepEqual([hosts.admit(7, 307, 0), hosts.takeReady()], ["held", 307]);
});

test("the held endpoints of an absent host need no probe, nor do later ones", () => {
  const hosts = hostsWith();
  hosts.admit(7, 7, 0);
  hosts.admit(7, 107, 0);
  assert.deepEqual(hosts.markDown(7, "absent"), [107]);
  assert.deepEqual([hosts.admit(7, 207, 0), hosts.isEmpty, hosts.pending], ["absent", true, 0]);
});

test("a host whose requests got lost is resolved again, and its failures are counted", () => {
  const hosts = hostsWith();
  hosts.admit(7, 7, 0);
  assert.equal(hosts.failuresOf(7), 0);
  hosts.resolveAgain(7, 7);
  assert.equal(hosts.pending, 0);
  assert.ok(hosts.hasNextHost(0));
  assert.equal(hosts.takeNextHost(0), 7);
  assert.equal(hosts.failuresOf(7), 1);
});

test("hosts past the limit of pending ones wait for their turn, in order", () => {
  const hosts = hostsWith({ maxPending: 1 });
  assert.deepEqual([hosts.admit(1, 1, 0), hosts.admit(2, 2, 0), hosts.admit(3, 3, 0)], ["resolve", "held", "held"]);
  assert.equal(hosts.hasNextHost(0), false);
  hosts.markUp(1);
  assert.deepEqual([hosts.hasNextHost(0), hosts.takeNextHost(0), hosts.hasNextHost(0)], [true, 2, false]);
});

test("every endpoint has exactly one outcome, whatever happens to its host", () => {
  const event = fc.record({ host: fc.integer({ min: 0, max: 6 }), kind: fc.integer({ min: 0, max: 5 }) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 300 }), (events) => {
      const hosts = hostsWith({ maxPending: 3 });
      const underWay = new Map<number, number>();
      const ended: number[] = [];
      let now = 0;
      for (const [endpoint, { host, kind }] of events.entries()) {
        now += 5;
        if (kind <= 1 && !hosts.isFull) {
          const admission = hosts.admit(host, endpoint, now);
          if (admission === "resolve") underWay.set(host, endpoint);
          else if (admission !== "held") ended.push(endpoint);
        } else if (hosts.hasNextHost(now)) {
          const taken = hosts.takeNextHost(now);
          const asked = [...hosts.pendingHosts()].find((each) => hosts.isResolvedBy(each, taken));
          assert.ok(asked !== undefined);
          underWay.set(asked, taken);
        } else if (hosts.hasReady) {
          ended.push(hosts.takeReady());
        }
        const resolving = underWay.get(host);
        if (resolving === undefined) continue;
        if (kind === 2) hosts.markUp(host);
        else if (kind === 3) ended.push(...hosts.markDown(host, "absent"));
        else if (kind === 4) hosts.resolveAgain(host, resolving);
        if (kind === 2 || kind === 3) ended.push(resolving);
        if (kind >= 2 && kind <= 4) underWay.delete(host);
        assert.ok(hosts.pending <= 3);
      }
      const all = [...ended, ...underWay.values(), ...hosts];
      assert.equal(new Set(all).size, all.length);
    }),
  );
});

test("pending hosts of all scans together stay within the neighbour table and the pace of requests", () => {
  const slots = new NeighbourSlots();
  slots.measure(160);
  let taken = 0;
  for (let now = 0; now < 1000; now++) while (slots.take(now)) taken += 1;
  assert.equal(taken, 100);
  slots.release();
  assert.ok(slots.take(2000));
  const paced = new NeighbourSlots();
  paced.measure(100_000);
  let inSecond = 0;
  for (let now = 0; now < 1000; now++) while (paced.take(now)) inSecond += 1;
  assert.ok(inSecond >= 800 && inSecond <= 841, `${inSecond}`);
});
