import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import type { Store } from "../../src/core/store.ts";
import { alert, connection, record } from "./inbound-sample.ts";
import { archive, hour, look, operators, send, sighting, start } from "./sample.ts";
import { type StoreKind, type TestDatabase, withStore } from "./store-contract.ts";

const day = 24 * hour;

/** Pruning by number and by size. */
export function retentionContract(kind: StoreKind): void {
  const t = (name: string, run: (store: Store, database: TestDatabase) => Promise<void>) =>
    test(name, withStore(kind, run));
  const scanIds = async (store: Store) => (await store.scans.list({ limit: 100 })).rows.map(({ id }) => id).reverse();
  const deliver = async (store: Store, id: string, at: number) => {
    const deliveryId = await send(store, operators, id, at);
    await store.deliveries.recordOutcome(deliveryId, { kind: "delivered" }, { at });
    return deliveryId;
  };

  describe("retention", () => {
    t(
      "by number prunes the oldest scans, except the last of each watch and those with undelivered discoveries",
      async (store, database) => {
        await look(store, { watch: "rare", at: start, sees: [sighting("10.0.0.9")], outcome: { audiences: [] } });
        for (let at = 1; at <= 5; at++) {
          await look(store, { at: start + at, sees: [sighting(`fd00::${at}`)], outcome: { audiences: [] } });
        }
        const reported = await look(store, { at: start + 6, sees: [sighting("10.0.0.1")] });
        for (let at = 7; at <= 9; at++) {
          await look(store, { at: start + at, sees: [sighting("10.0.0.1")], outcome: { audiences: [] } });
        }
        const all = await scanIds(store);
        const rare = all[0] ?? 0;
        const prune = (scansAtMost: number) => store.prune({ before: 0, scansAtMost });
        assert.equal((await prune(10)).scans, 0);
        assert.equal((await prune(8)).scans, 2);
        assert.deepEqual(await scanIds(store), [rare, ...all.slice(3)]);
        assert.equal((await prune(1)).scans, 5);
        assert.deepEqual(await scanIds(store), [rare, reported.scanId, all.at(-1)]);
        // Its addresses belong to services that are still known.
        assert.equal((await database.query("select * from ipv6_addresses")).length, 5);
        await deliver(store, "one", start + 9);
        assert.equal(
          (await store.prune({ before: start + hour, hostsBefore: start + hour, scansAtMost: 1 })).services,
          5,
        );
        assert.deepEqual(await database.query("select * from ipv6_addresses"), []);
      },
    );

    t("by number of discoveries prunes the oldest scans with theirs, and no more than needed", async (store) => {
      for (let at = 0; at < 6; at++) {
        const sees = [sighting(`10.0.${at}.1`), sighting(`10.0.${at}.2`)];
        await look(store, { at: start + at, sees, outcome: { audiences: [], coverage: { kind: "none" } } });
      }
      const all = await scanIds(store);
      assert.equal((await store.prune({ before: 0, discoveriesAtMost: 9 })).scans, 2);
      assert.deepEqual(await scanIds(store), all.slice(2));
      assert.equal((await store.discoveries.list({ limit: 99 })).rows.length, 8);
    });

    t("by size prunes the oldest delivered messages, and none that waits or is dead", async (store) => {
      const delivered: number[] = [];
      const one = (at: number) => look(store, { at: start + at, sees: [sighting(`10.0.0.${at}`)] });
      for (let at = 1; at <= 3; at++) {
        await one(at);
        delivered.push(await deliver(store, `delivered ${at}`, start + at));
      }
      await one(4);
      const dead = await send(store, operators, "dead", start + 4);
      await store.deliveries.recordOutcome(dead, { kind: "rejected", reason: "no such user" }, { at: start + 4 });
      const waiting = await send(store, archive, "waiting", start + 5);
      const there = async () =>
        (await store.deliveries.list({ limit: 99 })).rows.map(({ id }) => id).sort((a, b) => a - b);
      const forget = (bytes: number, before: number) => store.pruneOldest({ kind: "deliveries", bytes, before });
      assert.equal(await forget(1_000_000, start + 1), 0);
      assert.equal(await forget(1, start + day), 1);
      assert.deepEqual(await there(), [...delivered.slice(1), dead, waiting]);
      assert.equal(await forget(1_000_000, start + day), 2);
      assert.equal(await forget(1_000_000, start + day), 0);
      assert.deepEqual(await there(), [dead, waiting]);
      // Their announced discoveries stay.
      assert.equal(await store.deliveries.retry([dead], start + 6), 1);
      assert.ok((await store.deliveries.tally(dead)).some(({ count }) => count > 0));
    });

    t("by size prunes the oldest scans, and keeps undelivered discoveries", async (store) => {
      for (let at = 0; at < 4; at++) {
        await look(store, { at: start + at, sees: [sighting("10.0.0.1")], outcome: { audiences: [] } });
      }
      await look(store, { at: start + 4, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      await look(store, { at: start + 5, sees: [], outcome: { audiences: [] } });
      const all = await scanIds(store);
      const forget = (bytes: number, before: number) => store.pruneOldest({ kind: "scans", bytes, before });
      assert.equal(await forget(1_000_000, start), 0);
      assert.equal(await forget(1, start + day), 1);
      assert.deepEqual(await scanIds(store), all.slice(1));
      assert.equal(await forget(1_000_000, start + day), 3);
      assert.equal(await forget(1_000_000, start + day), 0);
      assert.deepEqual(await scanIds(store), all.slice(4));
    });

    t("by size prunes the oldest connections, and the database uses less space", async (store) => {
      const batch = (from: number, count: number) =>
        Array.from({ length: count }, (_, i) => {
          const payload = new Uint8Array(randomBytes(2000));
          return connection(String(from + i), { at: start + from + i, payload });
        });
      await record(store, batch(0, 1000), [alert("waits", start)]);
      const before = await store.usedBytes(0);
      assert.ok((await store.tableSizes()).some(({ table, bytes }) => table === "connections" && bytes > 1_000_000));
      assert.equal(await store.connections.prune({ oldest: { bytes: 1e9, before: start } }), 0);
      const few = await store.connections.prune({ oldest: { bytes: 250_000, before: start + day } });
      assert.ok(few > 50 && few < 150, `${few}`);
      assert.equal((await store.connections.list({ limit: 1000 })).rows.at(-1)?.id, String(few));
      assert.equal(await store.connections.prune({ oldest: { bytes: 1e9, before: start + 500 } }), 500 - few);
      const after = await store.usedBytes(0);
      assert.ok(after < before * 0.7, `${before} ${after}`);
      assert.equal((await store.alerts.pending({ limit: 9 })).length, 1);
    });
  });
}
