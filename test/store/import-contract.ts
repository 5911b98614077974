import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Mac, parseMac } from "../../src/core/device.ts";
import { maxDevices } from "../../src/core/device-store.ts";
import type { PlacedService } from "../../src/core/import-store.ts";
import type { ImportedDevice } from "../../src/core/imported.ts";
import { parseRange } from "../../src/core/network.ts";
import type { Store } from "../../src/core/store.ts";
import { connection } from "./inbound-sample.ts";
import { address, announcedBy, hour, look, minute, operators, policy, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

const real = { isTrial: false };
const trial = { isTrial: true };
const past = start - 100 * hour;

function service(host: string, more: Partial<PlacedService> = {}): PlacedService {
  return { address: address(host), port: 22, firstSeen: past, lastSeen: past, watches: [], ...more };
}

function mac(text: string): Mac {
  const parsed = parseMac(text);
  if (parsed === undefined) throw new Error("not a MAC address");
  return parsed;
}

const nas = mac("52:54:00:00:00:01");
const phone = mac("52:54:00:00:00:02");

function device(more: Partial<ImportedDevice> = {}): ImportedDevice {
  const at = { address: address("192.168.50.7"), firstSeen: past, lastSeen: past };
  return { mac: nas, firstSeen: past, lastSeen: past, names: [], approved: false, addresses: [at], ...more };
}

/** `kind address` of all announced discoveries. */
async function announced(store: Store): Promise<readonly string[]> {
  const { deliveryId } = await store.deliveries.gather(operators, start + 50 * hour);
  return announcedBy(store, deliveryId);
}

async function stateOf(store: Store, host: string): Promise<string | undefined> {
  const [found] = (await store.services.list({ address: address(host), limit: 1 })).rows;
  return found?.watches.map(({ watch, state }) => `${watch}:${state}`).join(" ");
}

async function surveyed(store: Store, at: number, present: readonly (readonly [string, Mac])[]) {
  return await store.devices.record({
    watch: "ssh",
    at,
    present: present.map(([host, each]) => ({ address: address(host), mac: each, link: "eth0" })),
    names: new Map(),
    vendors: new Map(),
    probed: [parseRange("192.168.50.0/24") ?? []].flat(),
    policy,
    audiences: [operators],
  });
}

/** Data of another program, and the consequences. */
export function importContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));

  describe("imports", () => {
    t("for a watch that begins later, no imported service is new, and others are", async (store) => {
      const tally = await store.imports.services(
        [service("10.0.0.1"), service("fd00::1"), service("10.0.0.2", { port: 80 })],
        real,
      );
      assert.deepEqual([tally.added, tally.merged, tally.unchanged], [3, 0, 0]);
      const summary = await look(store, {
        at: start,
        sees: ["10.0.0.1", "fd00::1", "10.0.0.3"].map((host) => sighting(host)),
      });
      assert.equal(summary.firstScan, false);
      assert.deepEqual(await announced(store), ["new 10.0.0.3"]);
      assert.equal(await stateOf(store, "fd00::1"), "ssh:present");
      assert.equal(await stateOf(store, "10.0.0.2"), "", "no watch asks for it");
    });

    t(
      "for a watch that has begun, imported services are known from now on, and absent ones are not gone",
      async (store) => {
        await look(store, { at: start, sees: [sighting("10.0.0.9")], outcome: { audiences: [] } });
        await store.imports.services(
          ["10.0.0.1", "10.0.0.2"].map((host) => service(host, { watches: ["ssh", "unknown"] })),
          real,
        );
        assert.equal(await stateOf(store, "10.0.0.1"), "ssh:inherited");
        await look(store, { at: start + hour, sees: ["10.0.0.9", "10.0.0.1"].map((host) => sighting(host)) });
        assert.deepEqual(await announced(store), []);
        assert.equal(await stateOf(store, "10.0.0.1"), "ssh:present");
        assert.equal(await stateOf(store, "10.0.0.2"), "ssh:inherited");
        await look(store, { at: start + 2 * hour, sees: [sighting("10.0.0.9")] });
        assert.deepEqual(await announced(store), ["gone 10.0.0.1"], "once met, it is missed like any other");
      },
    );

    t("for a scan that is running during an import, imported services are not new either", async (store) => {
      const session = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start });
      await session.add([sighting("10.0.0.1"), sighting("10.0.0.2")]);
      await store.imports.services([service("10.0.0.1", { watches: ["ssh"] })], real);
      await session.finish({
        at: start + minute,
        status: "complete",
        engine: "connect",
        notes: [],
        coverage: { kind: "all" },
        policy,
        audiences: [operators],
      });
      assert.deepEqual(await announced(store), ["new 10.0.0.2"]);
    });

    t("for one watch alone, services are not known to others that begin later", async (store) => {
      const only = { name: "ssh", ports: [22] };
      await store.imports.services([service("10.0.0.1", { watches: ["ssh"] })], { ...real, only });
      await look(store, { watch: "ssh", at: start, sees: [sighting("10.0.0.1")] });
      assert.deepEqual(await announced(store), []);
      await look(store, { watch: "other", at: start + hour, sees: [sighting("10.0.0.1")] });
      assert.deepEqual(await announced(store), ["new 10.0.0.1"]);
    });

    t("keep the earliest and the latest time, and the attributes that were seen last", async (store) => {
      const nginx = (version: string) => ({ name: "http", product: "nginx", version });
      await store.imports.services([service("10.0.0.1", { lastSeen: past + hour, service: nginx("1.20") })], real);
      const older = { firstSeen: past - hour, lastSeen: past, service: nginx("1.18"), hostname: "web.lan" };
      assert.equal((await store.imports.services([service("10.0.0.1", older)], real)).merged, 1);
      const later = { firstSeen: past + hour, lastSeen: past + 2 * hour, service: { product: "Apache httpd" } };
      const tally = await store.imports.services([service("10.0.0.1", later)], real);
      assert.deepEqual(tally.conflicts, [
        { subject: "10.0.0.1:22", field: "product", stored: "nginx 1.20", imported: "Apache httpd", kept: "imported" },
      ]);
      const [found] = (await store.services.list({ limit: 1 })).rows;
      assert.deepEqual(found, {
        address: "10.0.0.1",
        port: 22,
        firstSeen: past - hour,
        lastSeen: past + 2 * hour,
        hostname: "web.lan",
        mac: undefined,
        vendor: undefined,
        name: "http",
        product: "Apache httpd",
        version: undefined,
        watches: [],
      });
    });

    t("what a watch saw since is not replaced by older data of another program", async (store) => {
      await look(store, {
        at: start,
        sees: [sighting("10.0.0.1", 22, { service: { product: "OpenSSH", version: "9" } })],
      });
      await look(store, { at: start + hour, sees: [sighting("10.0.0.1")] });
      const between = { firstSeen: past, lastSeen: start + minute, service: { product: "Dropbear" }, watches: ["ssh"] };
      const tally = await store.imports.services([service("10.0.0.1", between)], real);
      assert.equal(tally.conflicts[0]?.kept, "stored");
      const [found] = (await store.services.list({ limit: 1 })).rows;
      assert.deepEqual([found?.product, found?.firstSeen, found?.lastSeen], ["OpenSSH", past, start + hour]);
    });

    t("in any order and any number of times, the result is the same", async (store) => {
      const any = fc.record({
        host: fc.constantFrom("10.0.0.1", "10.0.0.2", "fd00::1"),
        firstSeen: fc.integer({ min: 0, max: 5 }),
        length: fc.integer({ min: 0, max: 5 }),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(any, { minLength: 1, maxLength: 6 }),
          fc.integer({ min: 1, max: 65_535 }),
          async (all, port) => {
            const batch = all.map(({ host, firstSeen, length }) =>
              service(host, { port, firstSeen: past + firstSeen, lastSeen: past + firstSeen + length }),
            );
            for (const each of batch) await store.imports.services([each], real);
            for (const each of batch.toReversed()) {
              assert.equal((await store.imports.services([each], real)).unchanged, 1);
            }
            for (const [host, same] of Map.groupBy(batch, (each) => each.address)) {
              const found = (await store.services.list({ address: host, port, limit: 1 })).rows;
              assert.ok((found[0]?.firstSeen ?? 0) <= Math.min(...same.map(({ firstSeen }) => firstSeen)));
              assert.ok((found[0]?.lastSeen ?? 0) >= Math.max(...same.map(({ lastSeen }) => lastSeen)));
            }
          },
        ),
        { numRuns: kind.propertyRuns },
      );
    });

    t("a dry run has the same result and changes nothing", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.9")], outcome: { audiences: [] } });
      const batch = [
        service("10.0.0.1", { watches: ["ssh"] }),
        service("fd00::1"),
        service("10.0.0.9", { watches: ["ssh"] }),
      ];
      const tried = await store.imports.services(batch, trial);
      assert.equal(await store.services.count(), 1);
      assert.deepEqual(tried, await store.imports.services(batch, real));
      assert.deepEqual([tried.added, tried.merged], [2, 1]);
      assert.equal((await store.imports.services(batch, trial)).unchanged, 3);
      const only = { name: "new-watch", ports: [22] };
      assert.equal(
        (await store.imports.services([service("10.0.0.1", { watches: ["new-watch"] })], { ...trial, only })).merged,
        1,
      );
      assert.equal((await store.imports.devices([device()], trial)).added, 1);
      assert.deepEqual((await store.devices.list({ limit: 10 })).rows, []);
      assert.equal((await store.imports.connections([connection("one")], trial)).added, 1);
      assert.equal(await store.connections.count(), 0);
    });

    t("an imported device is not reported wherever it is seen now, and is not gone if it is absent", async (store) => {
      const names = [{ name: "nas.lan", source: "dns" as const }];
      await store.imports.devices(
        [device({ name: "The NAS", approved: true, names, vendor: "Synology" }), device({ mac: phone })],
        real,
      );
      const [stored] = (await store.devices.list({ limit: 1 })).rows;
      assert.deepEqual(
        [stored?.state, stored?.name, stored?.approved, stored?.vendor, stored?.names, stored?.addresses.length],
        ["inherited", "The NAS", true, "Synology", names, 1],
      );
      assert.deepEqual(await surveyed(store, start, [["192.168.50.31", nas]]), {});
      assert.deepEqual(await surveyed(store, start + hour, [["192.168.50.31", nas]]), {});
      const states = (await store.devices.list({ limit: 10 })).rows.map(({ state }) => state);
      assert.deepEqual(states, ["present", "inherited"]);
      const intruder = mac("52:54:00:00:00:03");
      assert.deepEqual(
        await surveyed(store, start + 2 * hour, [
          ["192.168.50.31", nas],
          ["192.168.50.7", intruder],
        ]),
        {
          "device-new": 1,
        },
      );
    });

    t("names and approvals given here stay, and the rest is merged", async (store) => {
      await surveyed(store, start, [["192.168.50.7", nas]]);
      await store.devices.setName(nas, "Disk");
      const tally = await store.imports.devices([device({ name: "The NAS", approved: true })], real);
      assert.deepEqual(tally.conflicts, [
        { subject: nas, field: "name", stored: "Disk", imported: "The NAS", kept: "stored" },
      ]);
      assert.equal((await store.imports.devices([device({ name: "The NAS", approved: true })], real)).unchanged, 1);
      const [stored] = (await store.devices.list({ limit: 1 })).rows;
      assert.deepEqual(
        [stored?.name, stored?.approved, stored?.firstSeen, stored?.lastSeen, stored?.state],
        ["Disk", true, past, start, "present"],
      );
      assert.deepEqual(stored?.addresses, [
        { address: "192.168.50.7", firstSeen: past, lastSeen: start, isCurrent: true },
      ]);
    });

    t("devices past the limit are left out", async (store) => {
      const many = Array.from({ length: maxDevices + 1 }, (_, index) =>
        device({ mac: mac(`525400${index.toString(16).padStart(6, "0")}`), addresses: [] }),
      );
      const tally = await store.imports.devices(many, real);
      assert.deepEqual([tally.added, tally.leftOut], [maxDevices, 1]);
    });

    t("connections are added once", async (store) => {
      const first = await store.imports.connections([connection("one"), connection("two")], real);
      assert.deepEqual([first.added, first.unchanged], [2, 0]);
      const again = await store.imports.connections([connection("two"), connection("three")], real);
      assert.deepEqual([again.added, again.unchanged], [1, 1]);
      assert.equal(await store.connections.count(), 3);
      assert.deepEqual(await store.alerts.pending({ limit: 10 }), []);
    });
  });
}
