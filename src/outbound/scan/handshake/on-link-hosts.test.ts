import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NeighbourSlots } from "./neighbour-slots.ts";
import { OnLinkHosts } from "./on-link-hosts.ts";

function hostsWith(options: { readonly maxQuestions?: number; readonly free?: number } = {}): OnLinkHosts {
  const slots = new NeighbourSlots();
  slots.measure(options.free ?? 1000);
  return new OnLinkHosts({
    isOnLink: (host) => host < 100,
    slots,
    maxQuestions: options.maxQuestions ?? 100,
    room: 50,
  });
}

test("a host behind a router is never in question", () => {
  const hosts = hostsWith();
  assert.equal(hosts.admit(100, 1, 0), "go");
  assert.equal(hosts.questions, 0);
});

test("one endpoint of a host asks, the others wait, and go when the host is there", () => {
  const hosts = hostsWith();
  assert.deepEqual(
    [hosts.admit(7, 7, 0), hosts.admit(7, 107, 0), hosts.admit(7, 207, 0)],
    ["question", "held", "held"],
  );
  assert.ok(hosts.isQuestion(7, 7) && !hosts.isQuestion(7, 107));
  assert.equal(hosts.hasReady, false);
  hosts.isThere(7);
  assert.deepEqual([hosts.ready, hosts.takeReady(), hosts.takeReady(), hosts.hasReady], [2, 107, 207, false]);
  // What comes later takes its turn, too.
  assert.deepEqual([hosts.admit(7, 307, 0), hosts.takeReady()], ["held", 307]);
});

test("the endpoints of an absent host are settled with it, and so is what comes later", () => {
  const hosts = hostsWith();
  hosts.admit(7, 7, 0);
  hosts.admit(7, 107, 0);
  assert.deepEqual(hosts.isNotThere(7, "absent"), [107]);
  assert.deepEqual([hosts.admit(7, 207, 0), hosts.isEmpty, hosts.questions], ["absent", true, 0]);
});

test("a host whose requests got lost is asked for again, and remembers how often", () => {
  const hosts = hostsWith();
  hosts.admit(7, 7, 0);
  assert.equal(hosts.failuresOf(7), 0);
  hosts.askAgain(7, 7);
  assert.equal(hosts.questions, 0);
  assert.ok(hosts.hasQuestion(0));
  assert.equal(hosts.takeQuestion(0), 7);
  assert.equal(hosts.failuresOf(7), 1);
});

test("hosts past the room for questions wait for their turn, first come first served", () => {
  const hosts = hostsWith({ maxQuestions: 1 });
  assert.deepEqual([hosts.admit(1, 1, 0), hosts.admit(2, 2, 0), hosts.admit(3, 3, 0)], ["question", "held", "held"]);
  assert.equal(hosts.hasQuestion(0), false);
  hosts.isThere(1);
  assert.deepEqual([hosts.hasQuestion(0), hosts.takeQuestion(0), hosts.hasQuestion(0)], [true, 2, false]);
});

test("every endpoint comes to exactly one end, whatever happens to its host", () => {
  const event = fc.record({ host: fc.integer({ min: 0, max: 6 }), kind: fc.integer({ min: 0, max: 5 }) });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 300 }), (events) => {
      const hosts = hostsWith({ maxQuestions: 3 });
      const underWay = new Map<number, number>();
      const ended: number[] = [];
      let now = 0;
      for (const [endpoint, { host, kind }] of events.entries()) {
        now += 5;
        if (kind <= 1 && !hosts.isFull) {
          const admission = hosts.admit(host, endpoint, now);
          if (admission === "question") underWay.set(host, endpoint);
          else if (admission !== "held") ended.push(endpoint);
        } else if (hosts.hasQuestion(now)) {
          const taken = hosts.takeQuestion(now);
          const asked = [...hosts.hostsInQuestion()].find((each) => hosts.isQuestion(each, taken));
          assert.ok(asked !== undefined);
          underWay.set(asked, taken);
        } else if (hosts.hasReady) {
          ended.push(hosts.takeReady());
        }
        const question = underWay.get(host);
        if (question === undefined) continue;
        if (kind === 2) hosts.isThere(host);
        else if (kind === 3) ended.push(...hosts.isNotThere(host, "absent"));
        else if (kind === 4) hosts.askAgain(host, question);
        if (kind === 2 || kind === 3) ended.push(question);
        if (kind >= 2 && kind <= 4) underWay.delete(host);
        assert.ok(hosts.questions <= 3);
      }
      const all = [...ended, ...underWay.values(), ...hosts];
      assert.equal(new Set(all).size, all.length);
    }),
  );
});

test("questions of all scans together stay within the neighbour table and their pace", () => {
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
