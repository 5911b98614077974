import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Address, compareAddresses } from "../../src/core/address.ts";
import type { Connection } from "../../src/core/connection.ts";
import { type ConnectionCondition, type ConnectionQuery, scannedConnections } from "../../src/core/connection-store.ts";
import { HarbingerError } from "../../src/core/errors.ts";
import { pagesOf } from "../../src/core/page.ts";
import type { Store } from "../../src/core/store.ts";
import { alert, connection, from, record } from "./inbound-sample.ts";
import { address, hour, message, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

/** Connections to decoys. */
export function connectionContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));

  async function ids(store: Store, query: Partial<ConnectionQuery> = {}): Promise<readonly string[]> {
    return (await store.connections.list({ limit: 100, ...query })).rows.map(({ id }) => id);
  }

  describe("connections", () => {
    t("are read back unchanged", async (store) => {
      const all = [
        connection("c4"),
        connection("c3", {
          peer: { address: address("fe80::12ab%eth0"), port: 1 },
          local: { address: address("2001:db8::1"), port: 65_535 },
          via: { address: address("10.0.0.2"), port: 5555 },
          end: "over-limit",
          phase: "silent",
          durationMs: 0.25,
          bytes: 0,
          payload: new Uint8Array(0),
          identification: { protocol: "none", complete: true },
        }),
        connection("c2", { payload: Uint8Array.from({ length: 256 }, (_, byte) => byte), end: "reset" }),
        connection("c1", {
          via: { address: address("fd00::2"), port: 1 },
          identification: { protocol: "redis", complete: true, redis: { command: "Grüße 🚢 \\ \"'\u0000" } },
        }),
      ];
      await record(store, all, []);
      assert.deepEqual((await store.connections.list({ limit: 10 })).rows, all);
      assert.equal(await store.connections.count(), 4);
    });

    t("are stored in one call, even more than one statement takes", async (store) => {
      const many = Array.from({ length: 1234 }, (_, i) => connection(`c${i}`, { at: start + i }));
      await record(store, many, []);
      assert.deepEqual((await store.connections.list({ limit: 2000 })).rows, many.toReversed());
    });

    t("are stored once, with the first time", async (store) => {
      await record(store, [connection("a"), connection("a", { bytes: 1 }), connection("b")], [alert("x", start)]);
      await record(
        store,
        [connection("b", { at: start + 1 }), connection("c", { at: start + 2 })],
        [alert("x", start, { data: "other" }), alert("y", start + 1)],
      );
      assert.deepEqual((await store.connections.list({ limit: 10 })).rows, [
        connection("c", { at: start + 2 }),
        connection("b"),
        connection("a"),
      ]);
      assert.deepEqual(await store.alerts.pending({ limit: 10 }), [alert("x", start), alert("y", start + 1)]);
    });

    t("and the alerts for them are stored together or not at all", async (store) => {
      const broken = alert("broken", Number.NaN);
      await assert.rejects(
        record(store, [connection("a")], [alert("x", start), broken]),
        (error) => error instanceof HarbingerError,
      );
      assert.equal(await store.connections.count(), 0);
      assert.deepEqual(await store.alerts.pending({ limit: 10 }), []);
      await record(store, [connection("a")], [alert("x", start)]);
      assert.equal(await store.connections.count(), 1);
    });

    t("are listed newest first, page by page, also within one millisecond", async (store) => {
      const all = Array.from({ length: 25 }, (_, i) =>
        connection(`c${String(i).padStart(2, "0")}`, { at: start + Math.floor(i / 7) }),
      );
      await record(store, all.slice(10), []);
      await record(store, all.slice(0, 10), []);
      const oldestFirst = all.map(({ id }) => id);
      const inPages = async (query: Omit<ConnectionQuery, "limit">) => {
        const pages = pagesOf((after) => store.connections.list({ ...query, limit: 4, after }));
        return (await Array.fromAsync(pages)).flat().map(({ id }) => id);
      };
      assert.deepEqual(await inPages({}), oldestFirst.toReversed());
      assert.deepEqual(await inPages({ order: "ascending" }), oldestFirst);
      const everyPeer = { first: address("0.0.0.0"), last: address("255.255.255.255") };
      assert.deepEqual(await inPages({ peer: everyPeer }), oldestFirst.toReversed());
      assert.deepEqual(await inPages({ peer: everyPeer, order: "ascending" }), oldestFirst);
    });

    t("are found by their id", async (store) => {
      await record(store, [connection("a"), connection("b", { bytes: 7 })], []);
      assert.deepEqual(await store.connections.get("b"), connection("b", { bytes: 7 }));
      assert.equal(await store.connections.get("c"), undefined);
    });

    t("are counted by time, listener, peer, country, network, protocol, port and fingerprint", async (store) => {
      const nothing = { total: 0, countedSince: undefined, sources: 0, hours: [], listeners: [], peers: [] };
      assert.deepEqual(await store.connections.summary({ since: 0, top: 3 }), {
        ...nothing,
        countries: [],
        networks: [],
        protocols: [],
        ports: [],
        fingerprints: [],
      });
      const all = Array.from({ length: 40 }, (_, i) =>
        connection(`c${i}`, {
          at: start + i * (hour / 4),
          ...from(i % 4 === 0 ? "2001:db8::1" : `198.51.100.${i % 3}`),
          listener: i % 2 === 0 ? "decoy" : "quiet",
          local: { address: address("192.0.2.1"), port: i % 5 === 0 ? 22 : 80 },
          identification:
            i % 8 === 0
              ? { protocol: "ssh", complete: true, ssh: { ident: "SSH-2.0-Go", hassh: `hassh${i % 16}` } }
              : {
                  protocol: "http",
                  complete: true,
                  http: { method: "GET", path: `/${i}`, userAgent: i % 2 === 0 ? "curl/8" : "zgrab/0.x" },
                },
        }),
      );
      await record(store, all, []);
      const elsewhere = { countryCode: "DE", country: "Germany", asn: 64500, organization: "Example Telecom" };
      await store.connections.setOrigins([
        { address: address("198.51.100.0"), origin: elsewhere, at: start },
        { address: address("198.51.100.1"), origin: elsewhere, at: start },
        { address: address("2001:db8::1"), origin: { countryCode: "NL" }, at: start },
      ]);
      const counted = all.filter(({ at }) => at >= start + hour);
      const number = (is: (each: Connection) => boolean) => counted.filter(is).length;
      const summary = await store.connections.summary({ since: start + hour, top: 5 });
      const { listeners, peers, fingerprints } = summary;
      assert.equal(summary.total, counted.length);
      assert.equal(summary.countedSince, undefined);
      assert.equal(summary.sources, 4);
      const firstHour = start / hour;
      const hours = Array.from({ length: 9 }, (_, i) => ({ hour: firstHour + 1 + i, count: 4 }));
      assert.deepEqual(summary.hours, hours);
      assert.deepEqual(
        listeners.toSorted((one, other) => (one.listener < other.listener ? -1 : 1)),
        ["decoy", "quiet"].map((listener) => ({
          listener,
          count: 18,
          hours: hours.map((each) => ({ ...each, count: 2 })),
        })),
      );
      assert.equal(peers.length, 4);
      assert.equal((await store.connections.summary({ since: 0, top: 1 })).peers.length, 1);
      assert.ok(peers.every((peer) => peer.count === number((each) => each.peer.address === peer.address)));
      assert.deepEqual(
        peers.find(({ address: peer }) => peer === "2001:db8::1"),
        { address: address("2001:db8::1"), count: 9, lastAt: start + 9 * hour, origin: { countryCode: "NL" } },
      );
      const germans = number(({ peer }) => peer.address === "198.51.100.0" || peer.address === "198.51.100.1");
      assert.deepEqual(summary.countries, [
        { countryCode: "DE", country: "Germany", count: germans },
        { countryCode: "NL", country: undefined, count: 9 },
      ]);
      assert.deepEqual(summary.networks, [{ asn: 64500, organization: "Example Telecom", count: germans }]);
      assert.deepEqual(summary.protocols, [
        { protocol: "http", count: number((each) => each.identification.protocol === "http") },
        { protocol: "ssh", count: number((each) => each.identification.protocol === "ssh") },
      ]);
      assert.deepEqual(summary.ports, [
        { port: 80, count: number(({ local }) => local.port === 80) },
        { port: 22, count: number(({ local }) => local.port === 22) },
      ]);
      const agents = (agent: string) => number((each) => each.identification.http?.userAgent === agent);
      assert.deepEqual(
        fingerprints.toSorted((one, other) => (one.value < other.value ? -1 : 1)),
        [
          { kind: "userAgent", value: "curl/8", count: agents("curl/8") },
          { kind: "hassh", value: "hassh0", count: number((each) => each.identification.ssh?.hassh === "hassh0") },
          { kind: "hassh", value: "hassh8", count: number((each) => each.identification.ssh?.hassh === "hassh8") },
          { kind: "userAgent", value: "zgrab/0.x", count: agents("zgrab/0.x") },
        ],
      );
    });

    t("are counted with conditions as the list has them", async (store) => {
      const all = Array.from({ length: 60 }, (_, i) =>
        connection(`c${i}`, {
          at: start + i * hour,
          ...from(`198.51.100.${i % 6}`),
          listener: i % 5 === 0 ? "quiet" : "decoy",
          local: { address: address("192.0.2.1"), port: i % 7 === 0 ? 22 : 80 },
          identification: {
            protocol: "tls",
            complete: true,
            tls: { version: "TLS 1.3", alpn: [], ja4: i % 4 === 0 ? "T13" : "q13" },
          },
        }),
      );
      await record(store, all, []);
      await store.connections.setOrigins([
        {
          address: address("198.51.100.1"),
          origin: { asn: 7, organization: "Example Telecom", countryCode: "NL" },
          at: start,
        },
      ]);
      const two = { first: address("198.51.100.1"), last: address("198.51.100.2") };
      const cases: readonly (readonly [readonly ConnectionCondition[], (each: Connection) => boolean])[] = [
        [[{ field: "port", value: 22, isNegated: false }], ({ local }) => local.port === 22],
        [[{ field: "listener", value: "QUIET", isNegated: true }], ({ listener }) => listener !== "quiet"],
        [[{ field: "protocol", value: "ssh", isNegated: false }], () => false],
        [[{ field: "ja4", value: "t13", isNegated: false }], ({ identification }) => identification.tls?.ja4 === "T13"],
        [[{ field: "agent", value: "curl", isNegated: true }], () => true],
        [[{ field: "peer", ...two, isNegated: false }], ({ peer }) => /\.[12]$/.test(peer.address)],
        [[{ field: "country", value: "nl", isNegated: false }], ({ peer }) => peer.address.endsWith(".1")],
        [[{ field: "asn", value: 7, isNegated: true }], ({ peer }) => !peer.address.endsWith(".1")],
        [
          [
            { field: "organization", value: "telecom", isNegated: false },
            { field: "port", value: 22, isNegated: true },
          ],
          ({ peer, local }) => peer.address.endsWith(".1") && local.port !== 22,
        ],
      ];
      for (const [conditions, fits] of cases) {
        const span = { since: start + 3 * hour, until: start + 50 * hour };
        const { total, peers } = await store.connections.summary({ ...span, top: 10, conditions });
        const expected = all.filter((each) => each.at >= span.since && each.at < span.until && fits(each));
        assert.equal(total, expected.length, JSON.stringify(conditions));
        const latest = (peer: string) =>
          Math.max(...expected.filter((each) => each.peer.address === peer).map(({ at }) => at));
        assert.ok(peers.every((peer) => peer.lastAt === latest(peer.address)));
      }
    });

    t("are counted where they are recorded late, and no longer once they are pruned", async (store) => {
      const count = async (since: number) => (await store.connections.summary({ since, top: 5 })).total;
      await record(store, [connection("a", { at: start + 5 * hour })], []);
      assert.equal(await count(start + 4 * hour), 1);
      await record(store, [connection("b", { at: start + 4 * hour }), connection("c", { at: start })], []);
      assert.equal(await count(start + 4 * hour), 2);
      assert.equal(await count(start + 6 * hour), 0);
      assert.equal(await count(0), 3);
      await record(store, [connection("d", { at: start + hour }), connection("e", { at: start })], []);
      assert.equal(await count(0), 5);
      await store.connections.prune({ before: start + 2 * hour });
      assert.equal(await count(0), 2);
      await record(store, [connection("f", { at: start + 5 * hour })], []);
      assert.equal(await count(0), 3);
      await store.connections.setOrigins([
        { address: connection("a", {}).peer.address, origin: { countryCode: "FR" }, at: 1 },
      ]);
      const { countries } = await store.connections.summary({ since: 0, top: 5 });
      assert.deepEqual(countries, [{ countryCode: "FR", country: undefined, count: 3 }]);
    });

    t("can be listed by several filters together, whichever of them is the rare one", async (store) => {
      const all = Array.from({ length: 60 }, (_, i) =>
        connection(`c${i}`, {
          at: start + i,
          peer: { address: address(`10.0.0.${i % 2}`), port: 1 },
          local: { address: address("192.0.2.1"), port: i % 7 === 0 ? 22 : 80 },
          listener: i % 5 === 0 ? "quiet" : "decoy",
          identification: { protocol: i % 3 === 0 ? "ssh" : "http", complete: true },
        }),
      );
      await record(store, all, []);
      const one = { first: address("10.0.0.1"), last: address("10.0.0.1") };
      const both = { first: address("10.0.0.0"), last: address("10.0.0.1") };
      for (const peer of [undefined, one, both]) {
        for (const port of [undefined, 22, 80, 1]) {
          for (const protocol of [undefined, "ssh", "http"]) {
            for (const listener of [undefined, "quiet", "decoy"]) {
              const expected = all.filter(
                (each) =>
                  (peer !== one || each.peer.address === one.first) &&
                  (port === undefined || each.local.port === port) &&
                  (protocol === undefined || each.identification.protocol === protocol) &&
                  (listener === undefined || each.listener === listener),
              );
              const pages = pagesOf((after) =>
                store.connections.list({ peer, port, protocol, listener, limit: 20, after }),
              );
              const found = (await Array.fromAsync(pages)).flat().map(({ id }) => id);
              assert.deepEqual(found, expected.map(({ id }) => id).toReversed());
            }
          }
        }
      }
    });

    t("can be listed by end, by what is known of the peer, and by words", async (store) => {
      const all = [
        connection("reset", { end: "reset", at: start + 1, ...from("198.51.100.1") }),
        connection("dutch", { at: start + 2, ...from("198.51.100.2") }),
        connection("named", { at: start + 3, ...from("198.51.100.3") }),
        connection("zone", { at: start + 4, peer: { address: address("fe80::1%probe7"), port: 1 } }),
        connection("other", {
          at: start + 5,
          ...from("198.51.100.3"),
          identification: { protocol: "redis", complete: true, redis: { command: "50%_off!" } },
          payload: Uint8Array.from(Buffer.from("zgrab in the payload only")),
        }),
      ];
      await record(store, all, []);
      await store.connections.setOrigins([
        {
          address: address("198.51.100.2"),
          origin: { countryCode: "NL", country: "Netherlands", asn: 645, organization: "Ütrecht Telecom", city: "DE" },
          at: start,
        },
        {
          address: address("198.51.100.3"),
          origin: { countryCode: "DE", asn: 64_500, provider: "Other Net", hostname: "scan.example.nl" },
          at: start,
        },
      ]);
      assert.deepEqual(await ids(store, { end: "reset" }), ["reset"]);
      assert.deepEqual(await ids(store, { end: "shutdown" }), []);
      assert.deepEqual(await ids(store, { country: "nl" }), ["dutch"]);
      assert.deepEqual(await ids(store, { country: "NETHERLANDS" }), ["dutch"]);
      assert.deepEqual(await ids(store, { country: "de" }), ["other", "named"]);
      assert.deepEqual(await ids(store, { country: "nl%" }), []);
      assert.deepEqual(await ids(store, { asn: 645 }), ["dutch"]);
      assert.deepEqual(await ids(store, { asn: 64_500, end: "client-closed" }), ["other", "named"]);
      assert.deepEqual(await ids(store, { organization: "telecom" }), ["dutch"]);
      assert.deepEqual(await ids(store, { organization: "üTRECHT" }), ["dutch"]);
      assert.deepEqual(await ids(store, { organization: "other" }), ["other", "named"]);
      assert.deepEqual(await ids(store, { hostname: "SCAN.example" }), ["other", "named"]);
      assert.deepEqual(await ids(store, { hostname: "telecom" }), []);
      assert.deepEqual(await ids(store, { organization: 'a"b' }), []);
      // A word is a hint: it may leave rows in, but none out that has it.
      assert.deepEqual(await ids(store, { words: ["ZGRAB"] }), ["zone", "named", "dutch", "reset"]);
      assert.deepEqual(await ids(store, { words: ["probe7"] }), ["zone"]);
      assert.deepEqual(await ids(store, { words: ["50%_off!"] }), ["other", "zone"]);
      assert.deepEqual(await ids(store, { words: ["telecom", "decoy"] }), ["zone", "dutch"]);
      assert.equal((await ids(store, { words: ["198.51", "2026-01", "fe80", "ünknown", '"'] })).length, all.length);
    });

    t("are found page by page, however many rows are read for it, in both orders", async (store) => {
      // More than are sorted for a range of peers.
      const count = 51_000;
      const isRare = (index: number) => index % 19_999 === 7;
      const batch = store.connections.newBatch();
      for (let index = 0; index < count; index++) {
        // Some thousand in one millisecond, and then one each.
        const at = start + Math.max(0, index - 3000);
        batch.add(connection(`c${index}`, { at, end: isRare(index) ? "reset" : "heard" }));
      }
      await store.connections.record(batch, []);
      const expected = Array.from({ length: count }, (_, index) => index)
        .filter(isRare)
        .map((index) => `c${index}`);
      const range = { first: address("198.51.100.0"), last: address("198.51.100.255") };
      const elsewhere = { first: address("198.51.100.8"), last: address("198.51.100.255") };
      assert.ok(count > 4 * scannedConnections);
      const listed = await store.connections.list({ peer: range, port: 8080, limit: 3 });
      assert.deepEqual(
        listed.rows.map(({ id }) => id),
        [count - 1, count - 2, count - 3].map((index) => `c${index}`),
      );
      assert.deepEqual(await ids(store, { peer: elsewhere }), []);
      for (const { peer, order } of [
        { order: "ascending" },
        { order: "descending" },
        { order: "ascending", peer: range },
        { order: "descending", peer: range },
      ] as const) {
        let pageCount = 0;
        const found: string[] = [];
        for await (const page of pagesOf((after) =>
          store.connections.list({ end: "reset", peer, limit: 2, order, after }),
        )) {
          pageCount += 1;
          assert.ok(page.length <= 2);
          found.push(...page.map(({ id }) => id));
        }
        assert.deepEqual(found, order === "ascending" ? expected : expected.toReversed());
        assert.ok(pageCount >= 3, `${pageCount}`);
      }
    });

    t("fill a page up to a number of bytes, one at least, and can be read without payloads", async (store) => {
      const payload = (size: number, letter: string) => new Uint8Array(Buffer.from(letter.repeat(size)));
      await record(
        store,
        Array.from({ length: 9 }, (_, i) =>
          connection(`c${i}`, { at: start + i, payload: i % 3 === 0 ? payload(60_000, "x") : payload(60_000, `${i}`) }),
        ),
        [],
      );
      const sizes: number[] = [];
      const found: string[] = [];
      const pages = pagesOf((after) => store.connections.list({ limit: 5, maxBytes: 130_000, after }));
      for await (const page of pages) {
        sizes.push(page.length);
        found.push(...page.map(({ id, payload: { length } }) => `${id} ${length}`));
      }
      assert.deepEqual(sizes, [2, 2, 2, 2, 1]);
      assert.deepEqual(
        found,
        Array.from({ length: 9 }, (_, i) => `c${8 - i} 60000`),
      );
      assert.equal((await store.connections.list({ limit: 5, maxBytes: 1 })).rows.length, 1);
      const lean = await store.connections.list({ limit: 5, maxBytes: 130_000, withoutPayload: true });
      assert.deepEqual(
        lean.rows.map(({ id, payload: { length } }) => [id, length]),
        [
          ["c8", 0],
          ["c7", 0],
        ],
      );
      const payloads = await store.connections.payloads(["c3", "c7", "nobody"]);
      assert.deepEqual([...payloads.keys()].toSorted(), ["c3", "c7"]);
      assert.deepEqual(payloads.get("c3"), payload(60_000, "x"));
      assert.deepEqual(payloads.get("c7"), payload(60_000, "7"));
      assert.equal((await store.connections.payloads([])).size, 0);
    });

    t("can be listed by time, port and protocol", async (store) => {
      await record(
        store,
        [
          connection("a", { at: start }),
          connection("b", { at: start + 1, local: { address: address("192.0.2.1"), port: 22 }, listener: "other" }),
          connection("c", { at: start + 2, identification: { protocol: "ssh", complete: false } }),
        ],
        [],
      );
      assert.deepEqual(await ids(store, { since: start + 1 }), ["c", "b"]);
      assert.deepEqual(await ids(store, { until: start + 2 }), ["b", "a"]);
      assert.deepEqual(await ids(store, { since: start + 1, until: start + 2 }), ["b"]);
      assert.deepEqual(await ids(store, { port: 22 }), ["b"]);
      assert.deepEqual(await ids(store, { protocol: "ssh" }), ["c"]);
      assert.deepEqual(await ids(store, { protocol: "ssh", port: 22 }), []);
      assert.deepEqual(await ids(store, { protocol: "no such" }), []);
      assert.deepEqual(await ids(store, { listener: "other" }), ["b"]);
      const { next } = await store.connections.list({ limit: 1, port: 8080 });
      assert.deepEqual(await ids(store, { limit: 1, port: 8080, after: next }), ["a"]);
    });

    t("can be listed by a peer or a range of peers", async (store) => {
      const peers = ["9.255.255.255", "10.0.0.0", "10.200.0.1", "10.255.255.255", "11.0.0.0"];
      const peers6 = ["2001:db8::", "2001:db8::a", "2001:db8:1::", "fe80::1%eth0", "fe80::1%eth1"];
      const all = [...peers, ...peers6].map((peer, i) => connection(peer, { ...from(peer), at: start - i }));
      await record(store, all, []);
      const range = (first: string, last = first) => ({ peer: { first: address(first), last: address(last) } });
      assert.deepEqual(await ids(store, range("10.0.0.0", "10.255.255.255")), peers.slice(1, 4));
      assert.deepEqual(await ids(store, range("11.0.0.0")), ["11.0.0.0"]);
      assert.deepEqual(await ids(store, range("0.0.0.0", "255.255.255.255")), peers);
      assert.deepEqual(await ids(store, range("2001:db8::", "2001:db8::ffff")), peers6.slice(0, 2));
      assert.deepEqual(await ids(store, range("fe80::1%eth1")), ["fe80::1%eth1"]);
      // Without a zone: on whichever interface.
      assert.deepEqual(await ids(store, range("fe80::1")), ["fe80::1%eth0", "fe80::1%eth1"]);
      assert.deepEqual(await ids(store, range("::2", "::3")), []);
    });

    test("are found by every combination of filters as by a simple filter in the test", async () => {
      const hosts = ["10.0.0.1", "10.0.0.2", "10.0.1.1", "fd00::1", "fd00::2"].map(address).sort(compareAddresses);
      const protocols = ["ssh", "http", "none"] as const;
      const all = Array.from({ length: 150 }, (_, i) =>
        connection(`c${String((i * 89) % 150).padStart(3, "0")}`, {
          at: start + ((i * 31) % 20),
          peer: { address: hosts[i % hosts.length] ?? address("::"), port: i + 1 },
          local: { address: address("192.0.2.1"), port: 20 + (i % 4) },
          identification: { protocol: protocols[i % 3] ?? "none", complete: true },
        }),
      ).sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
      const time = fc.integer({ min: start - 1, max: start + 21 });
      const host = fc.constantFrom<Address>(...hosts);
      const queries = fc.record(
        {
          since: time,
          until: time,
          peer: fc.tuple(host, host).map((pair) => {
            const [first = pair[0], last = pair[1]] = pair.sort(compareAddresses);
            return { first, last };
          }),
          port: fc.integer({ min: 20, max: 24 }),
          protocol: fc.constantFrom(...protocols),
          skip: fc.integer({ min: 1, max: all.length - 1 }),
          limit: fc.integer({ min: 1, max: 60 }),
        },
        { requiredKeys: ["limit"] },
      );
      await withStore(kind, async (store) => {
        await record(store, all, []);
        await fc.assert(
          fc.asyncProperty(queries, async (query) => {
            const { skip, ...filters } = query;
            const { since, until, peer, port, protocol, limit } = filters;
            const before = skip === undefined ? undefined : all[skip - 1];
            const after = skip === undefined ? undefined : (await store.connections.list({ limit: skip })).next;
            const expected = all.filter(
              (one) =>
                (since === undefined || one.at >= since) &&
                (until === undefined || one.at < until) &&
                (peer === undefined ||
                  (compareAddresses(one.peer.address, peer.first) >= 0 &&
                    compareAddresses(one.peer.address, peer.last) <= 0)) &&
                (port === undefined || one.local.port === port) &&
                (protocol === undefined || one.identification.protocol === protocol) &&
                (before === undefined || one.at < before.at || (one.at === before.at && one.id < before.id)),
            );
            assert.deepEqual(
              await ids(store, { ...filters, after }),
              expected.slice(0, limit).map(({ id }) => id),
            );
          }),
          { numRuns: 20 * kind.propertyRuns },
        );
      })();
    });

    t("include the latest known data of their peer", async (store) => {
      const one = { address: address("198.51.100.7"), origin: { country: "Sweden", asn: 29_518 }, at: start };
      await record(store, [connection("a"), connection("b", from("fd00::9"))], []);
      await store.connections.setOrigins([one]);
      await record(store, [connection("c")], []);
      const origins = async () =>
        (await store.connections.list({ limit: 9 })).rows.map(({ id, origin }) => [id, origin]);
      assert.deepEqual(await origins(), [
        ["c", one.origin],
        ["b", undefined],
        ["a", one.origin],
      ]);
      const named = { ...one, origin: { hostname: "evil\u001b[31m.example", hostnameConfirmed: false }, at: start + 2 };
      await store.connections.setOrigins([named, { ...one, origin: { city: "too late" }, at: start + 1 }]);
      const known = { hostname: "evil.[31m.example", hostnameConfirmed: false };
      assert.deepEqual((await origins())[0], ["c", known]);
      const partial = { ...one, origin: { country: "Norway" }, isPartial: true };
      await store.connections.setOrigins([
        { ...partial, at: start + 20 * 86_400_000 },
        { ...partial, address: address("fd00::9") },
      ]);
      assert.deepEqual(await origins(), [
        ["c", known],
        ["b", { country: "Norway" }],
        ["a", known],
      ]);
      await store.connections.setOrigins([{ ...partial, at: start + 40 * 86_400_000 }]);
      assert.deepEqual((await origins())[0], ["c", { country: "Norway" }]);
    });

    t("keep a bounded part of the payload", async (store) => {
      await record(store, [connection("a", { payload: new Uint8Array(1_000_000).fill(7), bytes: 1_000_000 })], []);
      const [kept] = (await store.connections.list({ limit: 1 })).rows;
      assert.deepEqual(kept?.payload, new Uint8Array(65_536).fill(7));
      assert.equal(kept?.bytes, 1_000_000);
    });

    t("are pruned by age and by number, the oldest first", async (store) => {
      const all = Array.from({ length: 10 }, (_, i) => connection(`c${i}`, { at: start + Math.floor(i / 2) }));
      await record(store, all, []);
      assert.equal(await store.connections.prune({}), 0);
      assert.equal(await store.connections.prune({ before: start, keepAtMost: 10 }), 0);
      assert.equal(await store.connections.prune({ before: start + 1 }), 2);
      assert.deepEqual(await ids(store, { limit: 1, until: start + 2 }), ["c3"]);
      assert.equal(await store.connections.prune({ keepAtMost: 5 }), 3);
      assert.deepEqual(await ids(store), ["c9", "c8", "c7", "c6", "c5"]);
      assert.equal(await store.connections.prune({ keepAtMost: 2, before: start + 3 }), 3);
      assert.equal(await store.connections.prune({ keepAtMost: 4, before: start + 9 }), 2);
      assert.equal(await store.connections.count(), 0);
    });

    t(
      "with equal payloads store it once, also across batches, until the last of them is pruned",
      async (store, database) => {
        const contents = async () => (await database.query("select id from contents")).length;
        const payload = new Uint8Array(4096).fill(65);
        const same = (id: string, at: number) => connection(id, { at, payload });
        await record(store, [same("a", start), same("b", start), connection("c", { at: start })], []);
        await record(store, [same("d", start + 1)], []);
        assert.equal(await contents(), 1);
        assert.deepEqual((await store.connections.list({ limit: 1 })).rows, [same("d", start + 1)]);
        assert.equal(await store.connections.prune({ before: start + 1 }), 3);
        assert.equal(await contents(), 1);
        assert.deepEqual((await store.connections.list({ limit: 9 })).rows, [same("d", start + 1)]);
        assert.equal(await store.connections.prune({ before: start + 2 }), 1);
        assert.equal(await contents(), 0);
      },
    );

    t(
      "keep a payload that is received for the first time themselves, and share it from the second time on",
      async (store, database) => {
        const payload = new Uint8Array(4096).fill(66);
        const all = ["a", "b", "c"].map((id, index) => connection(id, { at: start + index, payload }));
        const totals: number[] = [];
        for (const each of all) totals.push(await record(store, [each], []));
        const rows = await database.query("select octet_length(payload) as bytes from connections order by id");
        assert.deepEqual(
          rows.map(({ bytes }) => Number(bytes)),
          [4096, 0, 0],
        );
        assert.equal((await database.query("select id from contents")).length, 1);
        const [first = 0, second = 0, third = 0] = totals;
        assert.ok(second - first > 4096 && third - second < 1000, totals.join());
        assert.deepEqual((await store.connections.list({ limit: 9 })).rows, all.toReversed());
        assert.equal(await store.connections.prune({ before: start + 9 }), 3);
        assert.equal(await record(store, [], []), 0);
      },
    );

    t("with one identification and different payloads each keep their own payload", async (store) => {
      const { identification } = connection("a");
      const all = ["a", "b", "c", "d"].map((id, index) =>
        connection(id, { at: start + index, identification, payload: Uint8Array.of(7, index >> 1) }),
      );
      await record(store, all, []);
      assert.deepEqual((await store.connections.list({ limit: 9 })).rows, all.toReversed());
    });

    t("are kept up to a size: the oldest are pruned until the size is reached", async (store, database) => {
      const keepBytes = 1_000_000;
      let total = 0;
      for (let batch = 0; batch < 40; batch++) {
        const differing = Array.from({ length: 20 }, (_, i) => {
          const payload = new Uint8Array(4096).fill(batch * 20 + i);
          payload[0] = batch;
          return connection(`c${String(batch).padStart(2, "0")}.${i}`, { at: start + batch, payload });
        });
        total = await record(store, differing, []);
        if (total > keepBytes) await store.connections.prune({ keepBytes });
      }
      total = await record(store, [], []);
      assert.ok(total <= keepBytes && total > keepBytes / 2, `${total} bytes`);
      const [row] = await database.query("select sum(octet_length(payload)) as bytes from connections");
      assert.ok(Number(row?.["bytes"]) <= keepBytes);
      const kept = (await store.connections.list({ limit: 1000 })).rows;
      assert.equal(kept[0]?.id.startsWith("c39."), true);
      assert.ok(kept.length < 250 && kept.length > 100, `${kept.length} kept`);
      for (const { payload } of kept) assert.equal(payload.length, 4096);
      assert.equal(await store.connections.prune({ keepBytes }), 0);
    });

    t("of a batch that is repeated count once", async (store) => {
      const total = await record(store, [connection("a"), connection("b")], []);
      assert.equal(await record(store, [connection("a"), connection("b")], []), total);
    });

    t("are pruned in large numbers while others are stored", async (store) => {
      for (let from = 0; from < 12_000; from += 1000) {
        const batch = Array.from({ length: 1000 }, (_, i) => connection(`c${from + i}`, { at: start + from + i }));
        await record(store, batch, []);
      }
      const [dropped] = await Promise.all([
        store.connections.prune({ before: start + 11_990 }),
        record(store, [connection("new", { at: start + hour })], []),
      ]);
      assert.equal(dropped, 11_990);
      assert.equal(await store.connections.count(), 11);
    });

    t("are pruned with the data of their peers, and not that of others", async (store, database) => {
      await record(store, [connection("old", from("10.0.0.1")), connection("both", from("10.0.0.2"))], []);
      await record(store, [connection("new", { ...from("10.0.0.2"), at: start + hour })], []);
      const origin = { country: "Sweden" };
      await store.connections.setOrigins(
        ["10.0.0.1", "10.0.0.2"].map((peer) => ({ address: address(peer), origin, at: start })),
      );
      assert.equal(await store.connections.prune({ before: start + 1 }), 2);
      const [kept] = (await store.connections.list({ limit: 9 })).rows;
      assert.deepEqual(kept?.origin, origin);
      assert.equal((await database.query("select * from origins")).length, 1);
    });

    t("are pruned with the data of their peers by size, too", async (store, database) => {
      const peers = Array.from({ length: 40 }, (_, index) => `10.0.1.${index}`);
      const batch = peers.map((peer, index) =>
        connection(`c${index}`, { ...from(peer), at: start + index, payload: randomBytes(1000) }),
      );
      await record(store, batch, []);
      await store.connections.setOrigins(
        peers.map((peer) => ({ address: address(peer), origin: { asn: 1 }, at: start })),
      );
      const dropped = await store.connections.prune({ keepBytes: 20_000 });
      assert.ok(dropped > 10, `${dropped}`);
      assert.equal((await database.query("select * from origins")).length, peers.length - dropped);
    });

    t("are pruned with composed alerts of their age, and never with one that waits", async (store) => {
      await record(
        store,
        [connection("a"), connection("b", { at: start + 1 }), connection("c", { at: start + 2 })],
        [alert("a", start), alert("pending", start), alert("b", start + 1), alert("c", start + 2)],
      );
      const composed = ["a", "b", "c"].map((id) => ({ id, message: message(id, start + 3) }));
      await store.alerts.compose(composed, start + 3);
      const left = async () => (await store.alerts.recent({ since: 0, limit: 9 })).map(({ id }) => id);
      assert.equal(await store.connections.prune({ before: start + 1 }), 1);
      assert.deepEqual(await left(), ["c", "b", "pending"]);
      assert.equal(await store.connections.prune({ keepAtMost: 0 }), 2);
      assert.deepEqual(await left(), ["c", "pending"]);
      assert.deepEqual(await store.alerts.pending({ limit: 9 }), [alert("pending", start)]);
      assert.equal((await store.deliveries.list({ states: ["queued"], limit: 9 })).rows.length, 3);
    });
  });
}
