import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Address, ipv4FromNumber, parseAddress } from "../../core/address.ts";
import { Admission } from "./admission.ts";
import { RejectionCount, rejectionReason } from "./rejected-connections.ts";

const [one, two, three] = [1, 2, 3].map((number) => ipv4FromNumber(number)) as [Address, Address, Address];

describe("admission", () => {
  test("limits each address, and all together", () => {
    const admission = new Admission({ connections: 3, perAddress: 2 });
    assert.deepEqual(
      [one, one, one].map((address) => admission.enter(address)),
      [true, true, false],
    );
    assert.ok(admission.enter(two));
    assert.ok(admission.isFull);
    assert.equal(admission.enter(three), false);
    admission.leave(one);
    assert.ok(admission.enter(three));
  });

  test("counts addresses of one IPv6 /64 together", () => {
    const admission = new Admission({ connections: 9, perAddress: 1 });
    const [first, second] = ["2001:db8::1", "2001:db8::2"].map((text) => parseAddress(text));
    assert.ok(first !== undefined && second !== undefined);
    assert.ok(admission.enter(first));
    assert.equal(admission.enter(second), false);
  });

  test("counts the open connections, in whatever order they come and go", () => {
    const visits = fc.array(fc.tuple(fc.constantFrom(one, two, three), fc.boolean()), { maxLength: 200 });
    fc.assert(
      fc.property(visits, (steps) => {
        const admission = new Admission({ connections: 5, perAddress: 3 });
        const inside: Address[] = [];
        for (const [address, comes] of steps) {
          const here = inside.filter((other) => other === address).length;
          if (comes) {
            const fits = inside.length < 5 && here < 3;
            assert.equal(admission.enter(address), fits);
            if (fits) inside.push(address);
          } else if (here > 0) {
            admission.leave(address);
            inside.splice(inside.indexOf(address), 1);
          }
          assert.equal(admission.open, inside.length);
        }
      }),
    );
  });
});

describe("the count of rejected connections", () => {
  test("joins neighbours, and separates ports and networks", () => {
    const count = new RejectionCount("decoy");
    count.add(22, one);
    count.add(22, two);
    count.add(23, one);
    assert.deepEqual(count.take(), [
      { listener: "decoy", localPort: 22, aborted: false, network: "0.0.0.0/24", count: 2 },
      { listener: "decoy", localPort: 23, aborted: false, network: "0.0.0.0/24", count: 1 },
    ]);
    assert.ok(count.isEmpty);
  });

  test("separates aborted connections from those over the limit", () => {
    const count = new RejectionCount("decoy");
    for (let network = 0; network <= 1000; network++) count.add(22, ipv4FromNumber(network * 256 + 1));
    count.add(22, undefined);
    count.add(22, undefined);
    const unnamed = count.take().filter(({ network }) => network === undefined);
    assert.deepEqual(unnamed, [
      { listener: "decoy", localPort: 22, aborted: false, count: 1 },
      { listener: "decoy", localPort: 22, aborted: true, count: 2 },
    ]);
    assert.deepEqual(unnamed.map(rejectionReason), [
      "rejected: connection limit reached",
      "reset by the client before any data was read",
    ]);
  });

  test("counts a flood from everywhere completely, in bounded text", () => {
    const count = new RejectionCount("decoy");
    for (let network = 0; network < 50_000; network++) count.add(22, ipv4FromNumber(network * 256 + 1));
    const reported = count.take();
    assert.equal(reported.length, 1001);
    assert.equal(
      reported.reduce((sum, { count: some }) => sum + some, 0),
      50_000,
    );
  });
});
