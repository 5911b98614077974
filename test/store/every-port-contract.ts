import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Coverage, coverageOf } from "../../src/core/coverage.ts";
import { parseRange } from "../../src/core/network.ts";
import type { Sighting } from "../../src/core/sighting.ts";
import type { Store } from "../../src/core/store.ts";
import { address, look, policy, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

/** One port less, and all of them may be open on purpose. */
const ports = [22, 80, ...Array.from({ length: 14 }, (_, index) => 8000 + index)];

function on(host: string, open: readonly number[], more: Partial<Sighting> = {}): Sighting[] {
  return open.map((port) => sighting(host, port, more));
}

/** `kind address port` of all discoveries, oldest first. */
async function news(store: Store): Promise<readonly string[]> {
  const discoveries = (await store.discoveries.list({ limit: 1000 })).rows;
  return discoveries.map(({ kind, address, port }) => `${kind} ${address} ${port}`).toReversed();
}

async function known(store: Store): Promise<readonly string[]> {
  const services = (await store.services.list({ limit: 1000 })).rows;
  return services.map(({ address, port, watches }) => `${address} ${port} ${watches[0]?.state}`);
}

function range(text: string): Coverage & { readonly kind: "ranges" } {
  const parsed = parseRange(text);
  assert.ok(parsed !== undefined);
  return { kind: "ranges", ranges: [parsed], ports, except: [] };
}

/** Hosts on which every tried port answers. */
export function everyPortContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));
  describe("a host on which every tried port answers", () => {
    t("is discovered once, beside ordinary hosts, and stays one service", async (store, database) => {
      const sees = [
        ...on("10.0.0.1", [22]),
        ...on("10.0.0.9", ports, { hostname: "nine.lan", mac: "02:00:00:00:00:09" }),
        ...on("fd00::1", [80, 8000]),
        ...on("fd00::9", ports, { vendor: "Acme" }),
      ];
      const summary = await look(store, { at: start, ports, sees });
      assert.equal(summary.counts.new, 5);
      assert.equal(summary.counts.present, 5);
      const everything = ["10.0.0.1 22", "10.0.0.9 0", "fd00::1 80", "fd00::1 8000", "fd00::9 0"];
      assert.deepEqual(
        (await news(store)).toSorted(),
        everything.map((endpoint) => `new ${endpoint}`),
      );
      assert.deepEqual(
        await known(store),
        everything.map((endpoint) => `${endpoint} present`),
      );
      const [nine] = (await store.services.list({ address: address("10.0.0.9"), limit: 9 })).rows;
      assert.equal(nine?.hostname, "nine.lan");
      assert.equal(nine?.mac, "02:00:00:00:00:09");
      const again = await look(store, { at: start + 1, ports, sees });
      assert.deepEqual(again.counts, { new: 0, gone: 0, returned: 0, flapping: 0, changed: 0, present: 5, sighted: 5 });
      const view = await database.query("select ip_address from hosts_port_22");
      assert.deepEqual(
        view.map((row) => row["ip_address"]),
        ["10.0.0.1"],
      );
    });

    t("needs more ports than an ordinary server opens", async (store) => {
      const few = ports.slice(1);
      const summary = await look(store, { at: start, ports: few, sees: on("10.0.0.9", few) });
      assert.equal(summary.counts.new, few.length);
    });

    t("is one only if every port is open", async (store) => {
      const summary = await look(store, { at: start, ports, sees: on("10.0.0.9", ports.slice(0, -1)) });
      assert.equal(summary.counts.new, ports.length - 1);
    });

    t("is not given to checks", async (store) => {
      await look(store, { at: start, ports, sees: [...on("10.0.0.9", ports), ...on("fd00::1", [22])] });
      const awaiting = await store.discoveries.awaitingEvidence({ watch: "ssh", limit: 9 });
      assert.deepEqual(
        awaiting.map(({ address }) => address),
        ["fd00::1"],
      );
      const due = await store.examinations.due({ watch: "ssh", examinedBefore: start + 1, now: start + 1, limit: 9 });
      assert.deepEqual(
        due.map(({ address }) => address),
        ["fd00::1"],
      );
    });

    t("keeps what was known of its single ports, and restores it", async (store) => {
      await look(store, { at: start, ports, sees: [...on("10.0.0.9", [22, 80]), ...on("10.0.0.1", [22])] });
      for (let run = 1; run <= 3; run++) {
        await look(store, { at: start + run, ports, sees: [...on("10.0.0.9", ports), ...on("10.0.0.1", [22])] });
      }
      assert.deepEqual((await news(store)).slice(3), ["new 10.0.0.9 0"]);
      const during = (await store.services.list({ address: address("10.0.0.9"), limit: 9 })).rows;
      assert.deepEqual(
        during.map(({ port, lastSeen }) => [port, lastSeen]),
        [
          [0, start + 3],
          [22, start],
          [80, start],
        ],
      );
      await look(store, { at: start + 4, ports, sees: [...on("10.0.0.9", [22, 443]), ...on("10.0.0.1", [22])] });
      assert.deepEqual((await news(store)).slice(4).toSorted(), [
        "gone 10.0.0.9 0",
        "gone 10.0.0.9 80",
        "new 10.0.0.9 443",
      ]);
    });

    t("does not change what answers on its single ports", async (store) => {
      const openSsh = { service: { name: "ssh", product: "OpenSSH", version: "9.6" } };
      await look(store, { at: start, ports, sees: on("10.0.0.9", [22], openSsh) });
      const other = { service: { name: "tarpit", product: "endlessh" } };
      const summary = await look(store, { at: start + 1, ports, sees: on("10.0.0.9", ports, other) });
      assert.equal(summary.counts.changed, 0);
      const [every, ssh] = (await store.services.list({ address: address("10.0.0.9"), limit: 9 })).rows;
      assert.equal(every?.product, undefined);
      assert.equal(ssh?.product, "OpenSSH");
    });

    t(
      "is gone after as many misses as any other, once, when it answers on fewer ports or not at all",
      async (store) => {
        const patient = { coverage: range("10.0.0.0/24"), policy: { ...policy, goneAfter: 2 } };
        await look(store, { at: start, ports, sees: [...on("10.0.0.8", ports), ...on("10.0.0.9", ports)] });
        await look(store, { at: start + 1, ports, sees: on("10.0.0.9", [22]), outcome: patient });
        assert.deepEqual((await news(store)).slice(2), ["new 10.0.0.9 22"]);
        await look(store, { at: start + 2, ports, sees: on("10.0.0.9", [22]), outcome: patient });
        assert.deepEqual((await news(store)).slice(3).toSorted(), ["gone 10.0.0.8 0", "gone 10.0.0.9 0"]);
        await look(store, { at: start + 3, ports, sees: on("10.0.0.8", ports), outcome: patient });
        assert.equal((await news(store)).at(-1), "returned 10.0.0.8 0");
      },
    );

    t("is not missed by a scan that failed or did not cover it", async (store) => {
      await look(store, { at: start, ports, sees: [...on("10.0.0.9", ports), ...on("fd00::9", ports)] });
      const unasked = { ...range("10.0.0.0/24"), except: ports.map((port) => `10.0.0.9 ${port}`) };
      for (const outcome of [
        { status: "failed", reason: "no route" } as const,
        { coverage: range("10.1.0.0/16") },
        { status: "partial", reason: "ended early", coverage: unasked } as const,
      ]) {
        const { counts } = await look(store, { at: start + 1, ports, sees: [], outcome });
        assert.equal(counts.gone, 0);
      }
      const someAsked = { ...unasked, except: unasked.except.slice(1) };
      const { counts } = await look(store, { at: start + 2, ports, sees: [], outcome: { coverage: someAsked } });
      assert.equal(counts.gone, 1);
    });

    t("is one if all requested ports answered, however the scan ended", async (store) => {
      const partial = { status: "partial", reason: "ended early", coverage: { kind: "none" } } as const;
      const { counts } = await look(store, { at: start, ports, sees: on("10.0.0.9", ports), outcome: partial });
      assert.equal(counts.new, 1);
      const failed = { status: "failed", reason: "it fell over" } as const;
      await look(store, { at: start + 1, ports, sees: on("fd00::9", ports), outcome: failed });
      assert.equal((await news(store)).filter((text) => text === "new fd00::9 0").length, 1);
      // These are the scanned ports of a watch that has more.
      const more = [...ports, 9000, 9001];
      const scanned = { status: "partial", reason: "not all ports", coverage: range("10.0.0.0/24") } as const;
      await look(store, { watch: "w", at: start + 2, ports: more, sees: on("10.0.0.7", ports), outcome: scanned });
      assert.equal((await news(store)).at(-1), "new 10.0.0.7 0");
    });

    t("is not one yet if the scan ended before all ports were probed", async (store) => {
      const coverage = { ...range("10.0.0.0/24"), except: ["10.0.0.9 8013"] };
      const partial = { status: "partial", reason: "ended early", coverage } as const;
      const sees = [...on("10.0.0.9", ports.slice(0, -1)), ...on("10.0.0.8", ports)];
      const { counts } = await look(store, { at: start, ports, sees, outcome: partial });
      assert.equal(counts.new, ports.length);
    });

    t("stays one if a scan could not probe everything and nothing contradicts it", async (store) => {
      const sees = ["10.0.0.8", "10.0.0.9", "fd00::9"].flatMap((host) => on(host, ports));
      await look(store, { at: start, ports, sees });
      const except = ["10.0.0.8 8013", "10.0.0.9 8013", "10.0.0.9 8012"];
      const outcome = { coverage: { ...range("10.0.0.0/24"), except } };
      // One more than was left out is missing on the first: a contradiction.
      const partly = [...on("10.0.0.8", ports.slice(0, -2)), ...on("10.0.0.9", ports.slice(0, -2))];
      const { counts } = await look(store, { at: start + 1, ports, sees: partly, outcome });
      assert.deepEqual([counts.new, counts.gone], [ports.length - 2, 1]);
      const failed = { status: "failed", reason: "it fell over" } as const;
      const cut = on("fd00::9", [80, 22]);
      assert.equal((await look(store, { at: start + 2, ports, sees: cut, outcome: failed })).counts.new, 0);
    });

    t("does not exist if only hosts were named, not their ports", async (store) => {
      const outcome = { hostsOnly: true } as const;
      const { counts } = await look(store, { at: start, ports, sees: on("10.0.0.9", ports), outcome });
      assert.equal(counts.new, ports.length);
    });

    t("becomes its ports if the watch probes few", async (store) => {
      await look(store, { at: start, ports, sees: on("10.0.0.9", ports) });
      const few = [22, 80];
      const coverage = coverageOf([address("10.0.0.9")], few);
      await look(store, { at: start + 1, ports: few, sees: on("10.0.0.9", few), outcome: { coverage } });
      assert.deepEqual((await news(store)).slice(1).toSorted(), [
        "gone 10.0.0.9 0",
        "new 10.0.0.9 22",
        "new 10.0.0.9 80",
      ]);
    });

    test("for any hosts and ports, the discoveries are those of a simple model", async () => {
      const hosts = ["10.0.0.1", "10.0.0.2", "fd00::1"];
      const open = fc.oneof(fc.constant(ports), fc.subarray(ports, { maxLength: 3 }), fc.constant(ports.slice(1)));
      const scans = fc.array(fc.tuple(open, open, open), { maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(scans, (sequence) =>
          withStore(kind, async (store) => {
            const account = new Account();
            for (const [turn, seen] of sequence.entries()) {
              const sees = seen.flatMap((each, index) => on(hosts[index] ?? "", each));
              const { counts } = await look(store, {
                at: start + turn,
                ports,
                sees,
                outcome: { policy: { ...policy, flapLimit: 1000 } },
              });
              assert.deepEqual([counts.new, counts.returned, counts.gone, counts.present], account.after(seen));
            }
          })(),
        ),
        { numRuns: kind.propertyRuns, endOnFailure: false },
      );
    });
  });
}

/** What a watch reports about hosts that are all covered, and gone at the first miss; by index of the host and port. */
class Account {
  readonly #isThere = new Map<string, boolean>();

  /** @returns how many are new, returned, gone and present */
  after(seen: readonly (readonly number[])[]): readonly number[] {
    const counts = { new: 0, returned: 0, gone: 0 };
    const sighted = new Set<string>();
    for (const [host, open] of seen.entries()) {
      for (const port of open.length === ports.length ? [0] : open) sighted.add(`${host} ${port}`);
    }
    for (const [endpoint, isThere] of this.#isThere) {
      const host = endpoint.split(" ")[0];
      if (!isThere || sighted.has(endpoint) || sighted.has(`${host} 0`)) continue;
      this.#isThere.set(endpoint, false);
      counts.gone += 1;
    }
    for (const endpoint of sighted) {
      const isThere = this.#isThere.get(endpoint);
      if (isThere === undefined) counts.new += 1;
      else if (!isThere) counts.returned += 1;
      this.#isThere.set(endpoint, true);
    }
    const present = [...this.#isThere.values()].filter((isThere) => isThere).length;
    return [counts.new, counts.returned, counts.gone, present];
  }
}
