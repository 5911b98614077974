import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Mac, parseMac } from "../../src/core/device.ts";
import { pagesOf } from "../../src/core/page.ts";
import type { Store } from "../../src/core/store.ts";
import { connection, from, record } from "./inbound-sample.ts";
import { address, hour, look, minute, policy, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

const mac = parseMac("52:54:00:00:00:10") ?? assert.fail();
const intruder = parseMac("de:ad:be:ef:00:66") ?? assert.fail();

/** The sources of connections, and which of them are also hosts and devices. */
export function sourceContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));

  function survey(store: Store, at: number, hosts: readonly string[], probed: readonly string[] = [], device = mac) {
    return recorded(
      store,
      at,
      hosts.map((host) => [host, device]),
      probed,
    );
  }

  /** Both answer there. */
  function surveyBoth(store: Store, at: number, host: string) {
    return recorded(
      store,
      at,
      [mac, intruder].map((device) => [host, device]),
      [],
    );
  }

  function recorded(store: Store, at: number, present: readonly (readonly [string, Mac])[], probed: readonly string[]) {
    return store.devices.record({
      watch: "lan",
      at,
      present: present.map(([host, device]) => ({ address: address(host), mac: device, link: "eth0" })),
      names: new Map(),
      vendors: new Map(),
      probed: probed.map((host) => {
        const value = BigInt(host.split(".").reduce((sum, part) => sum * 256 + Number(part), 0));
        return { family: 4, first: value, last: value };
      }),
      policy: { ...policy, goneAfter: 1 },
      audiences: [],
    });
  }

  /** The sources of all listed connections that are marked as known. */
  async function knownIn(store: Store): Promise<readonly string[]> {
    const { rows } = await store.connections.list({ limit: 2000 });
    return [...new Set(rows.flatMap(({ isKnown, peer }) => (isKnown === true ? [peer.address] : [])))].sort();
  }

  describe("the list of all sources", () => {
    const peers = ["198.51.100.7", "198.51.100.8", "192.0.2.9", "2001:db8::7"];
    /** The first one comes four times, the last one once, and each a little later than those after it. */
    const fillSources = async (store: Store) => {
      const all = peers.flatMap((peer, place) =>
        Array.from({ length: peers.length - place }, (_, i) =>
          connection(`${place}-${i}`, { at: start - place * minute - i * 10 * minute, ...from(peer) }),
        ),
      );
      await record(store, all, []);
      await survey(store, start, ["192.0.2.9"]);
      await store.connections.setOrigins([
        {
          address: address("198.51.100.8"),
          origin: { countryCode: "NL", asn: 64500, organization: "Telecom" },
          at: start,
        },
        { address: address("2001:db8::7"), origin: { countryCode: "NL" }, at: start },
      ]);
    };
    const listed = async (store: Store, query: object) =>
      (await Array.fromAsync(pagesOf((after) => store.connections.sources({ limit: 1, after, ...query })))).flatMap(
        (page) => page.map((source) => source.address),
      );

    t("has each once, by the latest connection or by the number of connections, page by page", async (store) => {
      await fillSources(store);
      for (const sort of ["lastSeen", "count"] as const) {
        assert.deepEqual(await listed(store, { sort }), peers);
        assert.deepEqual(await listed(store, { sort, order: "ascending" }), peers.toReversed());
        assert.deepEqual(await listed(store, { sort, limit: 3 }), peers);
      }
      const { rows } = await store.connections.sources({ limit: 10 });
      for (const { protocols, ...source } of rows) {
        assert.deepEqual(source, await store.connections.source(source.address));
        assert.deepEqual(protocols, ["http"]);
      }
    });

    t("is narrowed by address, origin, and what scans know", async (store) => {
      await fillSources(store);
      const range = { first: address("198.51.100.0"), last: address("198.51.100.255") };
      assert.deepEqual(await listed(store, { peer: range }), peers.slice(0, 2));
      assert.deepEqual(await listed(store, { country: "nl" }), ["198.51.100.8", "2001:db8::7"]);
      assert.deepEqual(await listed(store, { country: "nl", asn: 64500, organization: "tele" }), ["198.51.100.8"]);
      assert.deepEqual(await listed(store, { known: true }), ["192.0.2.9"]);
      assert.deepEqual(await listed(store, { known: false, sort: "count" }), [peers[0], peers[1], peers[3]]);
    });

    t("is right where one source fills all of the latest connections", async (store) => {
      await fillSources(store);
      const flood = Array.from({ length: 20_100 }, (_, i) =>
        connection(`f${i}`, { at: start + minute + i, ...from("203.0.113.1") }),
      );
      await record(store, flood, []);
      assert.deepEqual(await listed(store, {}), ["203.0.113.1", ...peers]);
    });
  });

  describe("sources of connections", () => {
    t("are counted exactly, with their first and last connection and their origin", async (store) => {
      assert.equal(await store.connections.source(address("198.51.100.7")), undefined);
      const all = [0, 3, 1, 2].map((i) => connection(`c${i}`, { at: start + i * minute, ...from("198.51.100.7") }));
      await record(store, [...all, connection("other", from("198.51.100.8"))], []);
      const plain = {
        address: "198.51.100.7",
        count: 4,
        firstAt: start,
        lastAt: start + 3 * minute,
        origin: undefined,
        isKnown: false,
      };
      assert.deepEqual(await store.connections.source(address("198.51.100.7")), plain);
      const origin = { countryCode: "NL" };
      await store.connections.setOrigins([{ address: address("198.51.100.7"), origin, at: start }]);
      assert.deepEqual(await store.connections.source(address("198.51.100.7")), { ...plain, origin });
      assert.equal(await store.connections.source(address("198.51.100.9")), undefined);
    });

    t(
      "with as many connections are counted with the latest first, and own hosts and devices are marked",
      async (store) => {
        const all = Array.from({ length: 300 }, (_, i) =>
          connection(`c${i}`, { at: start + i * 1000, ...from(`198.51.${i % 2}.${Math.floor(i / 2)}`) }),
        );
        const twice = ["x", "y"].map((id) => connection(id, { at: start, ...from("10.0.0.9") }));
        await record(store, [...all, ...twice], []);
        await look(store, { at: start, sees: [sighting("10.0.0.9")] });
        await survey(store, start, ["198.51.1.149"]);
        await store.devices.setName(mac, "Nas");
        const { peers, sources } = await store.connections.summary({ since: 0, top: 3 });
        assert.equal(sources, 301);
        assert.deepEqual(
          peers.map(({ address: peer, count, lastAt, isKnown, holder }) => [peer, count, lastAt, isKnown, holder]),
          [
            ["10.0.0.9", 2, start, true, undefined],
            ["198.51.1.149", 1, start + 299_000, true, { macs: [mac], name: "Nas", approved: false }],
            ["198.51.0.149", 1, start + 298_000, undefined, undefined],
          ],
        );
        await store.devices.setApproved(mac, true);
        const nas = { macs: [mac], name: "Nas", approved: true };
        const { rows: connections } = await store.connections.list({ limit: 400 });
        const { rows: listed } = await store.connections.sources({ limit: 400 });
        for (const [peer, holder] of [
          ["198.51.1.149", nas],
          ["10.0.0.9", undefined],
          ["198.51.0.149", undefined],
        ] as const) {
          assert.deepEqual(connections.find((each) => each.peer.address === peer)?.holder, holder);
          assert.deepEqual(listed.find((each) => each.address === peer)?.holder, holder);
          assert.deepEqual((await store.connections.source(address(peer)))?.holder, holder);
        }
      },
    );

    t("are found by a part of the name of the device that has their address, among many", async (store) => {
      const peers = ["192.0.2.7", "192.0.2.8", "2001:db8::7"];
      await record(
        store,
        peers.map((peer, i) => connection(`c${i}`, { at: start + i, ...from(peer) })),
        [],
      );
      const find = async (...words: string[]) =>
        (await store.connections.list({ limit: 9, words })).rows.map(({ peer }) => peer.address);
      assert.deepEqual(await find("laptop"), []);
      await survey(store, start, ["192.0.2.8", "2001:db8::7"]);
      await store.devices.setName(mac, "Anna's Laptop");
      assert.deepEqual(await find("laptop"), ["2001:db8::7", "192.0.2.8"]);
      assert.deepEqual(await find("anna", "laptop"), ["2001:db8::7", "192.0.2.8"]);
      assert.deepEqual(await find("phone"), []);
      // More addresses than a statement compares: what has any of them may stay in.
      await survey(
        store,
        start + 1,
        Array.from({ length: 600 }, (_, i) => `198.51.${100 + Math.floor(i / 200)}.${i % 200}`),
      );
      assert.deepEqual(await find("laptop"), ["2001:db8::7", "192.0.2.8"]);
    });

    t("are known where a scan found a service at the very address", async (store) => {
      const peers = ["192.0.2.7", "192.0.2.8", "2001:db8::7", "2001:db8::8", "fe80::7%eth0", "fe80::7%eth1"];
      await record(
        store,
        peers.map((peer, i) => connection(`c${i}`, { at: start + i, ...from(peer) })),
        [],
      );
      assert.deepEqual(await knownIn(store), []);
      const sees = [sighting("192.0.2.7", 65_535), sighting("2001:db8::7", 1), sighting("fe80::7%eth0", 22)];
      await look(store, { at: start, sees, ports: [1, 22, 65_535], outcome: { audiences: [] } });
      assert.deepEqual(await knownIn(store), ["192.0.2.7", "2001:db8::7", "fe80::7%eth0"]);
      assert.equal((await store.connections.get("c0"))?.isKnown, true);
      assert.equal((await store.connections.get("c1"))?.isKnown, undefined);
      assert.equal((await store.connections.source(address("2001:db8::7")))?.isKnown, true);
      assert.equal((await store.connections.source(address("2001:db8::8")))?.isKnown, false);
    });

    t("are the devices that had the address when they connected, whoever has it later", async (store) => {
      await store.connections.setOrigins([]);
      const shared = "192.0.2.20";
      const moments = [0, 5 * hour, 10 * hour, 15 * hour];
      const all = moments.map((after, i) => connection(`c${i}`, { at: start + after, ...from(shared) }));
      const early = connection("early", { at: start - 2 * hour, ...from(shared) });
      await record(store, [...all, early, connection("b", { at: start, ...from("192.0.2.21") })], []);
      const holders = async () => {
        const { rows } = await store.connections.list({ limit: 10, order: "ascending" });
        for (const each of rows) assert.deepEqual(await store.connections.get(each.id), each);
        return rows
          .filter(({ peer }) => peer.address === shared)
          .map(({ isKnown, holder }) => (isKnown === true ? holder?.macs : undefined));
      };
      await survey(store, start, [shared]);
      await store.devices.setApproved(mac, true);
      await survey(store, start + 4 * hour, ["192.0.2.21"], [shared]);
      assert.deepEqual(await holders(), [undefined, [mac], undefined, undefined, undefined]);
      // Comes to the address, leaves it, and both use it.
      await survey(store, start + 5 * hour + minute, [shared], [], intruder);
      const then = [undefined, [mac], [intruder], [intruder], [intruder]];
      assert.deepEqual(await holders(), then);
      await survey(store, start + 11 * hour, [shared], [], intruder);
      await survey(store, start + 12 * hour, ["192.0.2.22"], [shared], intruder);
      assert.deepEqual(await holders(), [...then.slice(0, 4), undefined]);
      await surveyBoth(store, start + 14 * hour, shared);
      // Since when the first device is back cannot be told.
      assert.deepEqual(await holders(), [undefined, [mac], ...Array.from({ length: 3 }, () => [mac, intruder])]);
      const both = { macs: [mac, intruder], approved: false };
      const source = await store.connections.source(address(shared));
      assert.deepEqual([source?.isKnown, source?.holder], [true, both]);
      const { rows } = await store.connections.sources({ limit: 10, known: true });
      assert.deepEqual(
        rows.map((each) => [each.address, each.holder]),
        [[shared, both]],
      );
      const summed = async (since: number, until: number) =>
        (await store.connections.summary({ since, until, top: 9 })).peers.find((each) => each.address === shared)
          ?.holder;
      assert.deepEqual(await summed(start, start + minute), { macs: [mac], name: undefined, approved: true });
      assert.deepEqual(await summed(start, start + 6 * hour), both);
      assert.deepEqual(await summed(start - 3 * hour, start - hour), undefined);
    });

    t("are marked in a page of any length", async (store) => {
      const hosts = Array.from({ length: 700 }, (_, i) => `10.1.${i >> 8}.${i & 255}`);
      await look(store, { at: start, sees: hosts.filter((_, i) => i % 7 === 0).map((host) => sighting(host)) });
      await record(
        store,
        hosts.map((host, i) => connection(`c${i}`, { at: start + i, ...from(host) })),
        [],
      );
      assert.deepEqual(await knownIn(store), hosts.filter((_, i) => i % 7 === 0).sort());
    });
  });
}
