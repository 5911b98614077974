import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseMac } from "../../src/core/device.ts";
import { pagesOf } from "../../src/core/page.ts";
import { type ChosenGroup, type Grouping, groupings, parseGroup, type RowGroup } from "../../src/core/row-groups.ts";
import type { Store } from "../../src/core/store.ts";
import { address, look, minute, policy, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

const macs = ["52:54:00:00:00:10", "52:54:00:00:00:11", "52:54:00:00:00:12"].map(
  (text) => parseMac(text) ?? assert.fail(),
);
const [first = assert.fail(), second = assert.fail(), third = assert.fail()] = macs;
const labels = new Map([
  ["web", "Office"],
  ["ssh", "Office"],
]);

/** Groups of services, hosts and devices, with the number of their rows. */
export function groupContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) =>
    test(
      name,
      withStore(kind, async (store, context) => {
        await fill(store);
        await body(store, context);
      }),
    );

  describe("groups", () => {
    t("of services are those of all rows, with what the device at an address adds", async (store) => {
      const groups = (by: Grouping) => shown(store.services.groups({ rows: "services", by, labels, limit: 100 }));
      assert.deepEqual(await groups("subnet"), [
        "192.0.2.0/24 4",
        "198.51.100.0/24 1",
        "2001:db8::/64 1",
        "fe80::%eth0/64 1",
        "fe80::%eth1/64 1",
      ]);
      assert.deepEqual(await groups("device"), [`${first} (nas) 2`, `${second} 2`, "- 4"]);
      assert.deepEqual(await groups("vendor"), ["Apple, Inc. 1", "QEMU 2", "- 5"]);
      // One service is known to watches with two labels.
      assert.deepEqual(await groups("label"), ["Office 8", "other 1"]);
    });

    t("of hosts and of devices count each host and each device once", async (store) => {
      const hosts = (by: Grouping) => shown(store.services.groups({ rows: "hosts", by, limit: 100 }));
      assert.deepEqual((await hosts("subnet")).slice(0, 2), ["192.0.2.0/24 3", "198.51.100.0/24 1"]);
      assert.deepEqual(await hosts("device"), [`${first} (nas) 1`, `${second} 2`, "- 4"]);
      const devices = (by: Grouping) => shown(store.devices.groups({ by, limit: 100 }));
      assert.deepEqual(await devices("subnet"), ["192.0.2.0/24 2", "2001:db8::/64 1", "- 1"]);
      assert.deepEqual(await devices("vendor"), ["QEMU 1", "- 2"]);
    });

    t("have as many rows as the list with that group, whatever else is asked, page by page", async (store) => {
      for (const filter of [{}, { port: 22 }, { vendor: "qemu" }, { state: "present" as const }]) {
        for (const by of groupings.services) {
          const query = { ...filter, rows: "services" as const, by, labels };
          await agree(
            by,
            (after) => store.services.groups({ ...query, limit: 1, after }),
            async (group) => {
              return (await store.services.list({ ...filter, group, limit: 1000, detailed: true })).rows.length;
            },
          );
        }
        for (const by of groupings.hosts) {
          const query = { ...filter, rows: "hosts" as const, by };
          await agree(
            by,
            (after) => store.services.groups({ ...query, limit: 1, after }),
            async (group) => {
              return (await store.services.hosts({ ...filter, group, limit: 1000 })).rows.length;
            },
          );
        }
      }
      for (const filter of [{}, { vendor: "qemu" }, { present: true }, { approved: false }]) {
        for (const by of groupings.devices) {
          await agree(
            by,
            (after) => store.devices.groups({ ...filter, by, limit: 1, after }),
            async (group) => {
              return (await store.devices.list({ ...filter, group, limit: 1000 })).rows.length;
            },
          );
        }
      }
    });

    t("are those of some rows alone where these are named", async (store) => {
      const only = [
        { address: address("192.0.2.1"), port: 80 },
        { address: address("2001:db8::7"), port: 22 },
        { address: address("203.0.113.1"), port: 22 },
      ];
      const query = { by: "subnet", limit: 100, only } as const;
      assert.deepEqual(await shown(store.services.groups({ ...query, rows: "services" })), [
        "192.0.2.0/24 1",
        "2001:db8::/64 1",
      ]);
      assert.deepEqual(await shown(store.services.groups({ ...query, rows: "services", port: 80 })), [
        "192.0.2.0/24 1",
      ]);
      assert.deepEqual(await shown(store.services.groups({ ...query, rows: "hosts", only: [] })), []);
      assert.deepEqual(await shown(store.devices.groups({ by: "vendor", limit: 100, only: [first] })), ["QEMU 1"]);
    });
  });
}

type Read = Parameters<typeof pagesOf<RowGroup>>[0];

async function agree(by: Grouping, read: Read, countOf: (group: ChosenGroup) => Promise<number>): Promise<void> {
  const groups = (await Array.fromAsync(pagesOf(read))).flat();
  const keys = groups.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length, `${by}: ${keys.join(" ")}`);
  for (const { key = "", count } of groups) {
    const group = parseGroup(by, key, labels) ?? assert.fail(key);
    assert.equal(await countOf(group), count, `${by} ${key}`);
  }
}

async function shown(page: ReturnType<Store["devices"]["groups"]>): Promise<readonly string[]> {
  const { rows, next } = await page;
  assert.equal(next, undefined);
  return rows.map(({ key = "-", name, count }) => `${key}${name === undefined ? "" : ` (${name})`} ${count}`);
}

async function fill(store: Store): Promise<void> {
  await look(store, {
    at: start,
    watch: "ssh",
    ports: [22, 80],
    sees: [
      sighting("192.0.2.1", 22),
      sighting("192.0.2.1", 80),
      sighting("192.0.2.2", 22, { mac: second, vendor: "Apple, Inc." }),
      sighting("192.0.2.3", 22, { mac: second }),
      sighting("198.51.100.4", 80),
      sighting("2001:db8::7", 22),
      sighting("fe80::1%eth0", 22),
      sighting("fe80::1%eth1", 22),
    ],
  });
  await look(store, { at: start, watch: "web", ports: [80], sees: [sighting("192.0.2.1", 80)] });
  await look(store, { at: start, watch: "other", ports: [80], sees: [sighting("192.0.2.1", 80)] });
  const survey = (at: number, present: readonly (readonly [(typeof macs)[number], string])[]) =>
    store.devices.record({
      watch: "lan",
      at,
      present: present.map(([mac, host]) => ({ mac, address: address(host), link: "eth0" })),
      names: new Map([[first, [{ name: "nas", source: "dns" }]]]),
      vendors: new Map([[first, "QEMU"]]),
      probed: [],
      policy: { ...policy, goneAfter: 1 },
      audiences: [],
    });
  await survey(start, [
    [third, "192.0.2.1"],
    [second, "192.0.2.2"],
  ]);
  // It has taken over the address of another one, which has none any more.
  await survey(start + minute, [
    [first, "192.0.2.1"],
    [first, "2001:db8::9"],
  ]);
}
