import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type CertificateQuery, type ObservedCertificate, sightingsShown } from "../../src/core/examination.ts";
import type { Store } from "../../src/core/store.ts";
import { address, hour, look, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

function certificate(sha256: string, more: Partial<ObservedCertificate> = {}): ObservedCertificate {
  return {
    sha256,
    keySha256: `key of ${sha256}`,
    subject: `CN=${sha256}`,
    issuer: "CN=Issuer",
    serial: "01",
    validFrom: start - hour,
    validTo: start + hour,
    names: ["DNS:example.org", "IP Address:10.0.0.1"],
    selfSigned: false,
    ...more,
  };
}

async function show(
  store: Store,
  at: number,
  host: string,
  chain: readonly ObservedCertificate[],
  port = 443,
): Promise<void> {
  const service = { address: address(host), port, results: [], chain, memory: "", news: [] };
  await store.examinations.record({ watch: "web", at, services: [service], audiences: [] });
}

async function meet(store: Store, at: number, ...hosts: string[]): Promise<void> {
  await look(store, { at, watch: "web", sees: hosts.map((host) => sighting(host, 443)) });
}

async function listed(store: Store, query: Partial<CertificateQuery> = {}): Promise<readonly string[]> {
  const found = (await store.examinations.certificates({ limit: 100, ...query })).rows;
  return found.map(({ sha256 }) => sha256);
}

/** Certificates, and the services that showed them. */
export function certificateContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));

  describe("certificates", () => {
    t("are listed by expiry, with every service that showed them, issuers included", async (store) => {
      await meet(store, start, "10.0.0.1", "10.0.0.2", "fd00::1");
      const issuer = certificate("ISSUER", { validTo: start + 9, selfSigned: true, names: [] });
      const late = certificate("LATE", { validTo: start + 3 * hour });
      const unreadable = certificate("UNREADABLE", { validFrom: Number.NaN, validTo: Number.NaN });
      await show(store, start + 1, "10.0.0.1", [late, issuer]);
      await show(store, start + 2, "fd00::1", [certificate("SOON"), issuer, issuer]);
      await show(store, start + 3, "10.0.0.2", [unreadable]);
      const found = (await store.examinations.certificates({ limit: 9 })).rows;
      assert.deepEqual(
        found.map(({ sha256, validTo }) => [sha256, validTo - start]),
        [
          ["ISSUER", 9],
          ["SOON", hour],
          ["LATE", 3 * hour],
          ["UNREADABLE", Number.NaN],
        ],
      );
      assert.deepEqual(found[0], {
        ...issuer,
        firstSeen: start + 1,
        lastSeen: start + 2,
        serviceCount: 2,
        currentCount: 2,
        services: [
          {
            address: "fd00::1",
            port: 443,
            firstSeen: start + 2,
            lastSeen: start + 2,
            isCurrent: true,
            isIssuer: true,
          },
          {
            address: "10.0.0.1",
            port: 443,
            firstSeen: start + 1,
            lastSeen: start + 1,
            isCurrent: true,
            isIssuer: true,
          },
        ],
      });
      assert.deepEqual(
        found[2]?.services.map(({ address, isIssuer }) => [address, isIssuer]),
        [["10.0.0.1", false]],
      );
      assert.deepEqual(await listed(store, { limit: 2 }), ["ISSUER", "SOON"]);
      assert.deepEqual(await listed(store, { address: address("fd00::1") }), ["ISSUER", "SOON"]);
      assert.deepEqual(await listed(store, { address: address("10.0.0.1"), port: 443 }), ["ISSUER", "LATE"]);
      assert.deepEqual(await listed(store, { address: address("10.0.0.1"), port: 80 }), []);
      assert.deepEqual(await listed(store, { address: address("fd00::2") }), []);
      assert.deepEqual(await listed(store, { sha256: "LATE" }), ["LATE"]);
    });

    t("can be listed by network, end, issuer, and whether they are self-signed", async (store) => {
      await meet(store, start, "10.0.0.1", "10.0.1.1", "fd00::1");
      await show(store, start + 1, "10.0.0.1", [
        certificate("A", { validTo: start + 1, issuer: "CN=Let's Encrypt R3" }),
      ]);
      await show(store, start + 2, "10.0.1.1", [certificate("B", { validTo: start + 2, selfSigned: true })]);
      await show(store, start + 3, "fd00::1", [certificate("C", { validTo: Number.NaN })]);
      const range = (first: string, last: string) => ({ range: { first: address(first), last: address(last) } });
      assert.deepEqual(await listed(store, range("10.0.0.0", "10.0.0.255")), ["A"]);
      assert.deepEqual(await listed(store, { ...range("10.0.0.0", "10.0.1.255"), currentOnly: true }), ["A", "B"]);
      assert.deepEqual(await listed(store, range("fd00::", "fd00::ffff")), ["C"]);
      assert.deepEqual(await listed(store, { endsBy: start + 1 }), ["A"]);
      assert.deepEqual(await listed(store, { endsBy: start + 2, order: "descending" }), ["B", "A"]);
      assert.deepEqual(await listed(store, { issuer: "LET'S" }), ["A"]);
      assert.deepEqual(await listed(store, { selfSigned: true }), ["B"]);
      assert.deepEqual(await listed(store, { selfSigned: false, issuer: "issuer" }), ["C"]);
    });

    t("are current while their service shows them and is present", async (store) => {
      await meet(store, start, "10.0.0.1", "10.0.0.2");
      await show(store, start + 1, "10.0.0.1", [certificate("A")]);
      await show(store, start + 1, "10.0.0.2", [certificate("A")]);
      await show(store, start + 2, "10.0.0.1", [certificate("B")]);
      const current = async (sha256: string) => {
        const [found] = (await store.examinations.certificates({ sha256, limit: 1 })).rows;
        assert.equal(found?.currentCount, found?.services.filter(({ isCurrent }) => isCurrent).length);
        return found?.services.map(({ address, isCurrent, lastSeen }) => `${address} ${isCurrent} ${lastSeen - start}`);
      };
      assert.deepEqual(await current("A"), ["10.0.0.2 true 1", "10.0.0.1 false 1"]);
      assert.deepEqual(await listed(store, { currentOnly: true, address: address("10.0.0.1") }), ["B"]);
      await meet(store, start + 3, "10.0.0.1");
      assert.deepEqual(await current("A"), ["10.0.0.1 false 1", "10.0.0.2 false 1"]);
      assert.deepEqual(await listed(store, { currentOnly: true }), ["B"]);
      await show(store, start + 4, "10.0.0.1", [certificate("A")]);
      assert.deepEqual(await current("A"), ["10.0.0.1 true 4", "10.0.0.2 false 1"]);
      const [back] = (await store.examinations.certificates({ sha256: "A", limit: 1 })).rows;
      assert.equal(back?.services[0]?.firstSeen, start + 1);
      // A check without a certificate does not mean that there is none.
      await show(store, start + 5, "10.0.0.1", []);
      assert.deepEqual(await listed(store, { currentOnly: true }), ["A"]);
    });

    t(
      "are bounded: those of a service that shows another one each time, and services of one that many show",
      async (store) => {
        await meet(store, start, "10.0.0.1");
        const many = Array.from({ length: 60 }, (_, i) => `C${String(i).padStart(2, "0")}`);
        for (const [i, sha256] of many.entries()) await show(store, start + i, "10.0.0.1", [certificate(sha256)]);
        const kept = await listed(store, { address: address("10.0.0.1") });
        assert.deepEqual(kept, many.slice(10));
        const hosts = Array.from({ length: sightingsShown + 5 }, (_, i) => `10.0.1.${i}`);
        await meet(store, start + 100, ...hosts);
        const services = hosts.map((host) => ({
          address: address(host),
          port: 443,
          results: [],
          chain: [certificate("WILD")],
          memory: "",
          news: [],
        }));
        await store.examinations.record({ watch: "web", at: start + 100, services, audiences: [] });
        const [wild] = (await store.examinations.certificates({ sha256: "WILD", limit: 1 })).rows;
        assert.equal(wild?.services.length, sightingsShown);
        assert.equal(wild.serviceCount, sightingsShown + 5);
        assert.equal(wild.currentCount, sightingsShown + 5);
        // A query for one host returns that one, however many others there are.
        const last = address(hosts.at(-1) ?? "");
        assert.ok(!wild.services.some(({ address }) => address === last));
        const [asked] = (await store.examinations.certificates({ address: last, limit: 1 })).rows;
        assert.deepEqual([asked?.services[0]?.address, asked?.services.length], [last, sightingsShown]);
      },
    );

    t("are found by their keys", async (store) => {
      await meet(store, start, "10.0.0.1", "fd00::1");
      await show(store, start, "10.0.0.1", [certificate("OLD", { keySha256: "ab" })]);
      await show(store, start + 1, "10.0.0.1", [certificate("RENEWED", { keySha256: "ab" })]);
      await show(store, start, "fd00::1", [certificate("OTHER", { keySha256: "cd" }), certificate("ISSUER")]);
      assert.deepEqual(await listed(store, { keys: ["ab", "ef"] }), ["OLD", "RENEWED"]);
      assert.deepEqual(await listed(store, { keys: ["ab", "cd"], currentOnly: true }), ["OTHER", "RENEWED"]);
      assert.deepEqual(await listed(store, { keys: [] }), []);
    });

    t("are pruned if no service has shown them for long", async (store) => {
      await meet(store, start, "10.0.0.1", "10.0.0.2");
      await show(store, start, "10.0.0.1", [certificate("OLD"), certificate("ISSUER")]);
      await show(store, start + 1, "10.0.0.1", [certificate("NOW"), certificate("ISSUER")]);
      await show(store, start, "10.0.0.2", [certificate("GONE")]);
      assert.equal((await store.prune({ before: start })).certificates, 0);
      await meet(store, start + 2, "10.0.0.1");
      assert.equal((await store.prune({ before: start + hour })).certificates, 2);
      assert.deepEqual(await listed(store), ["ISSUER", "NOW"]);
    });
  });
}
