import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Order, pagesOf } from "../../src/core/page.ts";
import type { ServiceRecord, Store } from "../../src/core/store.ts";
import { address, look, minute, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

const hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "fd00::1"];

interface Step {
  readonly kind: "scan" | "partial" | "failed" | "import" | "import outside" | "prune";
  readonly watch: "ssh" | "web" | "all";
  /** A bit for each host. */
  readonly hosts: number;
  /** The clock may go back. */
  readonly at: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("scan", "scan", "scan", "partial", "failed", "import", "import outside", "prune"),
  watch: fc.constantFrom("ssh", "web", "all"),
  hosts: fc.nat({ max: 31 }),
  at: fc.nat({ max: 9 }),
});

async function carryOut(store: Store, { kind, watch, hosts: bits, at: minutes }: Step): Promise<unknown> {
  const at = start + minutes * minute;
  const sees = hosts.filter((_, bit) => (bits & (1 << bit)) !== 0);
  if (kind === "prune") return await store.prune({ before: at, hostsBefore: at });
  if (kind === "import" || kind === "import outside") {
    const isOutside = kind === "import outside";
    const services = sees.map((host) => ({
      address: address(host),
      port: 22,
      firstSeen: at - minute * (bits % 2),
      lastSeen: at,
      watches: isOutside ? [] : [watch],
    }));
    const only = isOutside ? { name: watch, ports: [22] } : undefined;
    return await store.imports.services(services, { isTrial: false, only });
  }
  const status = kind === "scan" ? "complete" : kind;
  const outcome = { audiences: [], status, coverage: { kind: kind === "scan" ? "all" : "none" } } as const;
  return await look(store, { watch, at, sees: sees.map((host) => sighting(host)), outcome });
}

/** Hosts in a state are those with such a service. */
async function agreeOnStates(store: Store, services: readonly ServiceRecord[], order: Order): Promise<void> {
  for (const state of ["present", "gone", "flapping"] as const) {
    for (const watch of [undefined, "ssh"]) {
      const query = { state, watch, order };
      const found = await Array.fromAsync(pagesOf((after) => store.services.hosts({ ...query, limit: 2, after })));
      const isThere = (row: ServiceRecord) =>
        row.watches.some((each) => each.state === state && (watch === undefined || each.watch === watch));
      const expected = services.filter(isThere).map((row) => row.address);
      assert.deepEqual(
        found.flat().map((host) => host.address),
        order === "ascending" ? expected : expected.toReversed(),
      );
    }
  }
}

/** The list by the last time has each service once, with the time that it shows, whatever watches and imports say. */
export function seenOrderContract(kind: StoreKind): void {
  describe("the order by the time when services were seen last", () => {
    test("is that of all services after any scans and imports", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12, size: "max" }), (steps) =>
          withStore(kind, async (store) => {
            for (const each of steps) await carryOut(store, each);
            const all = (await store.services.list({ limit: 99 })).rows;
            for (const order of ["ascending", "descending"] as const) {
              const pages = (limit: number, more: object = {}) =>
                Array.fromAsync(
                  pagesOf((after) => store.services.list({ limit, after, order, sort: "lastSeen", ...more })),
                );
              const listed = (await pages(2)).flat();
              const sign = order === "ascending" ? 1 : -1;
              const times = all.map(({ lastSeen }) => lastSeen).sort((one, other) => sign * (one - other));
              assert.deepEqual(
                listed.map(({ lastSeen }) => lastSeen),
                times,
              );
              assert.equal(new Set(listed.map((row) => row.address)).size, all.length);
              assert.deepEqual((await pages(99)).flat(), listed);
              // Found by comparing each service.
              assert.deepEqual((await pages(3, { port: 22 })).flat(), listed);
              const byFirst = (await pages(2, { sort: "firstSeen" })).flat();
              assert.deepEqual(byFirst, (await pages(3, { sort: "firstSeen", port: 22 })).flat());
              assert.equal(byFirst.length, all.length);
              await agreeOnStates(store, all, order);
            }
          })(),
        ),
        { numRuns: kind.propertyRuns, endOnFailure: false },
      );
    });
  });
}
