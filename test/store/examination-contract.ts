import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { ExaminedResult, ExaminedService, ObservedCertificate } from "../../src/core/examination.ts";
import type { Store } from "../../src/core/store.ts";
import {
  address,
  announcedBy,
  archive,
  hour,
  look,
  minute,
  operators,
  policy,
  send,
  sighting,
  start,
} from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

const elsewhere = {
  coverage: { kind: "none" as const },
  status: "partial" as const,
};

function examined(host: string, more: Partial<ExaminedService> & { readonly port?: number } = {}): ExaminedService {
  return { address: address(host), port: 22, results: [], memory: "{}", news: [], ...more };
}

function result(check: string, more: Partial<ExaminedResult> = {}): ExaminedResult {
  return { check, passed: true, output: `${check} says`, facts: {}, ...more };
}

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

function record(store: Store, at: number, services: readonly ExaminedService[], watch = "ssh"): Promise<number> {
  return store.examinations.record({ watch, at, services, audiences: [operators, archive] });
}

async function due(
  store: Store,
  examinedBefore: number,
  { watch = "ssh", now = start + hour } = {},
): Promise<readonly string[]> {
  const found = await store.examinations.due({ watch, examinedBefore, now, limit: 100 });
  return found.map(({ address, port }) => `${address} ${port}`);
}

/** Results of checks, the memory of each watch, and the changes. */
export function examinationContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));

  describe("what is due for examination", () => {
    t("is what the last scan found, by address value, IPv4 first, in pages", async (store) => {
      const hosts = ["fd00::10", "10.0.0.10", "fd00::2", "10.0.0.9"];
      await look(store, { at: start, sees: hosts.flatMap((host) => [sighting(host, 443), sighting(host)]) });
      const found: string[] = [];
      for (let after: ExaminedService | undefined; ; ) {
        const page = await store.examinations.due({
          watch: "ssh",
          examinedBefore: start,
          now: start,
          limit: 3,
          ...(after === undefined ? {} : { after }),
        });
        found.push(...page.map(({ address, port }) => `${address} ${port}`));
        const last = page.at(-1);
        if (last === undefined) break;
        after = examined(last.address, { port: last.port });
      }
      const ordered = ["10.0.0.9", "10.0.0.10", "fd00::2", "fd00::10"];
      assert.deepEqual(
        found,
        ordered.flatMap((host) => [`${host} 22`, `${host} 443`]),
      );
    });

    t("is nothing of a watch that never scanned, and nothing that is missed or out of the targets", async (store) => {
      assert.deepEqual(await due(store, start), []);
      const unfinished = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start });
      assert.deepEqual(await due(store, start), []);
      await unfinished.abandon();
      const all = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1"].map((host) => sighting(host));
      const patient = { policy: { ...policy, goneAfter: 2 } };
      await look(store, { at: start, sees: all, outcome: patient });
      await look(store, { at: start + 1, sees: all.slice(1), outcome: patient });
      assert.deepEqual(await due(store, start + 2), ["10.0.0.2 22", "10.0.0.3 22", "fd00::1 22"]);
      // The times of a minority and a majority are stored differently; services without coverage count no miss.
      await look(store, { at: start + 2, sees: all.slice(1, 2), outcome: elsewhere });
      assert.deepEqual(await due(store, start + 3), ["10.0.0.2 22"]);
      await look(store, { at: start + 3, sees: all.slice(1), outcome: elsewhere });
      assert.deepEqual(await due(store, start + 4), ["10.0.0.2 22", "10.0.0.3 22", "fd00::1 22"]);
      await look(store, { at: start + 4, sees: [], outcome: { ...elsewhere, status: "failed" } });
      assert.deepEqual(await due(store, start + 5), []);
    });

    t("returns by its age, with the watch's memory, each watch for itself", async (store) => {
      const sees = ["10.0.0.1", "fd00::1"].map((host) => sighting(host));
      await look(store, { at: start, sees });
      await look(store, { at: start, watch: "web", sees });
      await record(store, start + minute, [examined("fd00::1", { memory: "six" })]);
      assert.deepEqual(await due(store, start), ["10.0.0.1 22"]);
      await record(store, start + minute, [examined("10.0.0.1", { memory: "four" })]);
      assert.deepEqual(await due(store, start + minute), []);
      assert.deepEqual(await due(store, start + minute + 1), ["10.0.0.1 22", "fd00::1 22"]);
      // It was examined while the clock was ahead, which is right again.
      assert.deepEqual(await due(store, start, { now: start + 1 }), ["10.0.0.1 22", "fd00::1 22"]);
      assert.deepEqual(await due(store, start, { watch: "web" }), ["10.0.0.1 22", "fd00::1 22"]);
      const services = ["10.0.0.1", "fd00::1", "10.0.0.9", "fd00::9"].map((host) => examined(host));
      const remembered = await store.examinations.remembered({ watch: "ssh", services });
      assert.deepEqual(remembered.map(({ address, port, memory }) => `${address} ${port} ${memory}`).sort(), [
        "10.0.0.1 22 four",
        "fd00::1 22 six",
      ]);
      assert.deepEqual(await store.examinations.remembered({ watch: "web", services }), []);
      assert.deepEqual(await store.examinations.remembered({ watch: "nobody", services }), []);
    });
  });

  describe("results of checks", () => {
    t("are kept with the service, the latest of each check, whichever watch ran it", async (store) => {
      for (const watch of ["ssh", "web"]) {
        await look(store, { at: start, watch, sees: [sighting("10.0.0.1"), sighting("fd00::1", 443)] });
      }
      const facts = { chain: [{ names: ["a"] }], state: "x", depth: 1, none: null };
      await record(store, start + 1, [
        examined("10.0.0.1", {
          results: [result("tls", { facts }), result("exposure", { verdict: "exposed", passed: false })],
        }),
        examined("fd00::1", { port: 443, results: [result("cert")] }),
        examined("10.0.0.2", { results: [result("tls")] }),
      ]);
      await record(
        store,
        start + 2,
        [examined("10.0.0.1", { results: [result("exposure", { verdict: "protected" })] })],
        "web",
      );
      const base = { address: address("10.0.0.1"), port: 22, passed: true };
      assert.deepEqual(await store.examinations.results({ address: address("10.0.0.1") }), [
        { ...base, check: "exposure", at: start + 2, verdict: "protected", output: "exposure says", facts: {} },
        { ...base, check: "tls", at: start + 1, output: "tls says", facts },
      ]);
      const six = await store.examinations.results({ address: address("fd00::1"), port: 443 });
      assert.deepEqual(
        six.map(({ check, address, port }) => [check, address, port]),
        [["cert", "fd00::1", 443]],
      );
      assert.deepEqual(await store.examinations.results({ address: address("fd00::1"), port: 22 }), []);
      assert.deepEqual(await store.examinations.results({ address: address("10.0.0.2") }), [], "no scan found it");
      assert.deepEqual(await store.examinations.results({ address: address("fd00::2") }), []);
    });

    t("are kept where a later check could not reach the service", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const unreached = result("exposure", { verdict: "inconclusive", passed: false, isUnreached: true });
      const stored = async () =>
        (await store.examinations.results({ address: address("10.0.0.1") })).map(({ verdict, at }) => [verdict, at]);
      await record(store, start + 1, [examined("10.0.0.1", { results: [unreached] })]);
      assert.deepEqual(await stored(), [["inconclusive", start + 1]]);
      const exposed = result("exposure", { verdict: "exposed", passed: false });
      await record(store, start + 2, [examined("10.0.0.1", { results: [exposed] })]);
      await record(store, start + 3, [examined("10.0.0.1", { results: [unreached] })]);
      assert.deepEqual(await stored(), [["exposed", start + 2]]);
      const { rows } = await store.services.hosts({ limit: 9, detailed: true });
      assert.deepEqual(
        rows.map(({ exposed }) => exposed),
        [true],
      );
      await record(store, start + 4, [
        examined("10.0.0.1", { results: [result("exposure", { verdict: "inconclusive", passed: false })] }),
      ]);
      assert.deepEqual(await stored(), [["inconclusive", start + 4]]);
    });

    t("are safe and bounded, and report where facts were cut", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const hostile = { name: "a\u0000\u001b[31mb", list: Array.from({ length: 5000 }, () => "x".repeat(5000)) };
      await record(store, start, [
        examined("10.0.0.1", { results: [result("tls", { output: `\u0000${"y".repeat(100_000)}`, facts: hostile })] }),
      ]);
      const [stored] = await store.examinations.results({ address: address("10.0.0.1") });
      assert.ok((stored?.output.length ?? 0) < 21_000);
      assert.equal(stored?.facts["name"], "a..[31mb");
      assert.equal(stored.facts["truncated"], true);
      assert.ok(JSON.stringify(stored.facts).length <= 32_000);
    });

    t("update the service's attributes, and delete none that they did not learn", async (store) => {
      await look(store, {
        at: start,
        sees: [sighting("10.0.0.1", 22, { service: { product: "nginx", version: "1.22" } }), sighting("fd00::1")],
      });
      await record(store, start, [
        examined("10.0.0.1", { service: { name: "http", product: "nginx" } }),
        examined("fd00::1", { service: { name: "ssh", product: "Open\u001bSSH", version: "9.2" } }),
      ]);
      const read = async () =>
        (await store.services.list({ limit: 9 })).rows.map(({ name, product, version }) => [name, product, version]);
      assert.deepEqual(await read(), [
        ["http", "nginx", "1.22"],
        ["ssh", "Open.SSH", "9.2"],
      ]);
      await record(store, start, [
        examined("10.0.0.1", { service: { name: "http", product: "Apache" } }),
        examined("fd00::1", { service: {} }),
      ]);
      assert.deepEqual(await read(), [
        ["http", "Apache", undefined],
        ["ssh", "Open.SSH", "9.2"],
      ]);
    });
  });

  describe("what is urgent of a service", () => {
    const exposed = { kind: "exposed" as const, detail: "Redis: answers INFO without a password" };
    const verdict = (word: "exposed" | "protected" | "inconclusive", more: Partial<ExaminedResult> = {}) => ({
      results: [result("exposure", { verdict: word, passed: word === "exposed", ...more })],
    });
    const urgent = async (store: Store) => {
      const digest = await store.discoveries.digest({
        since: 0,
        unacknowledgedSince: 0,
        urgentKinds: ["exposed", "certificate-expired"],
        limit: 9,
        maxFirstScans: 1,
      });
      const over = digest.counts.reduce((sum, each) => sum + each.over, 0);
      assert.equal(digest.urgent.newest.length, digest.urgent.count);
      return [digest.urgent.count, over];
    };
    const ends = async (store: Store, ended?: boolean) =>
      (await store.discoveries.list({ kinds: ["exposed", "certificate-expired"], limit: 9, ended })).rows.map(
        (each) => each.ended,
      );

    t(
      "ends with the check that shows it protected, and no later check that proves nothing begins it again",
      async (store) => {
        await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("fd00::1")] });
        await record(store, start + 1, [
          examined("10.0.0.1", { news: [exposed], ...verdict("exposed") }),
          examined("fd00::1", { news: [exposed], ...verdict("exposed") }),
        ]);
        assert.deepEqual(await urgent(store), [2, 0]);
        await record(store, start + 2, [examined("10.0.0.1", verdict("inconclusive"))]);
        assert.deepEqual(await urgent(store), [2, 0], "nothing was proven");
        await record(store, start + 3, [examined("10.0.0.1", verdict("protected"))]);
        await record(store, start + 4, [examined("10.0.0.1", verdict("inconclusive", { isUnreached: true }))]);
        await record(store, start + 5, [examined("10.0.0.1", verdict("inconclusive"))]);
        await record(store, start + 6, [examined("10.0.0.1", verdict("protected"))]);
        assert.deepEqual(await urgent(store), [1, 1]);
        assert.deepEqual(await ends(store, true), [{ by: "protected", at: start + 3 }]);
        assert.deepEqual(await ends(store, false), [undefined]);
        assert.equal((await ends(store)).length, 2, "it stays in the history");
        await record(store, start + 7, [examined("10.0.0.1", { news: [exposed], ...verdict("exposed") })]);
        assert.deepEqual(await urgent(store), [2, 1], "exposed again");
        assert.deepEqual(await ends(store, true), [{ by: "protected", at: start + 3 }], "still true");
      },
    );

    t("ends while no watch sees the service", async (store) => {
      const sees = [sighting("10.0.0.1"), sighting("10.0.0.2")];
      const hasty = { policy: { ...policy, goneAfter: 1 } };
      await look(store, { at: start, sees });
      await look(store, { at: start, watch: "other", sees });
      await record(store, start + 1, [examined("10.0.0.1", { news: [exposed], ...verdict("exposed") })]);
      await look(store, { at: start + 2, sees: sees.slice(1), outcome: hasty });
      assert.deepEqual(await ends(store), [undefined], "the other watch sees it");
      await look(store, { at: start + 2, watch: "other", sees: sees.slice(1), outcome: hasty });
      assert.deepEqual(await ends(store, true), [{ by: "gone", at: start + 2 }]);
      assert.deepEqual(await urgent(store), [0, 1]);
      await look(store, { at: start + 3, sees });
      assert.deepEqual(await ends(store), [undefined], "it is back, and nothing showed it protected");
    });

    t("ends where the same watch discovers it once more", async (store) => {
      const sees = [sighting("10.0.0.1"), sighting("10.0.0.2")];
      await look(store, { at: start, sees });
      await look(store, { at: start, watch: "other", sees });
      const news = { news: [exposed, { kind: "changed" as const, detail: "another version" }], ...verdict("exposed") };
      await record(store, start + 1, [examined("10.0.0.1", news), examined("10.0.0.2", news)]);
      await record(store, start + 2, [examined("10.0.0.1", news)], "other");
      assert.deepEqual(await urgent(store), [3, 0]);
      await record(store, start + 3, [examined("10.0.0.1", news)]);
      assert.deepEqual(await urgent(store), [3, 1]);
      assert.deepEqual(await ends(store, true), [{ by: "found-again", at: start + 3 }]);
      const changed = await store.discoveries.list({ kinds: ["changed"], limit: 9, ended: false });
      assert.equal(changed.rows.length, 4, "what only happened does not end");
    });

    t("ends with the first chain in which no certificate has expired", async (store) => {
      const expired = { kind: "certificate-expired" as const, detail: "CN=old; until 2026-01-01 UTC" };
      const old = certificate("OLD", { validTo: start });
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      await record(store, start + 1, [examined("10.0.0.1", { news: [expired], chain: [old] })]);
      await record(store, start + 2, [examined("10.0.0.1", { chain: [certificate("NEW"), old] })]);
      await record(store, start + 3, [examined("10.0.0.1", verdict("protected"))]);
      assert.deepEqual(await ends(store), [undefined]);
      const unreadable = certificate("ODD", { validTo: Number.NaN });
      await record(store, start + 4, [examined("10.0.0.1", { chain: [certificate("NEW"), unreadable] })]);
      assert.deepEqual(await ends(store), [{ by: "replaced", at: start + 4 }]);
      assert.deepEqual(await urgent(store), [0, 1]);
    });
  });

  describe("changes that checks found", () => {
    const expiring = { kind: "certificate-expiring" as const, detail: "CN=a\nends in 7 days" };

    t("belong to their own record that is not a scan, and are announced to each audience", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("fd00::1")] });
      const [scan] = (await store.scans.list({ limit: 9 })).rows;
      await send(store, operators, "first", start);
      const changed = { kind: "changed" as const, detail: "was a, is b" };
      const count = await record(store, start + minute, [
        examined("fd00::1", { news: [expiring] }),
        examined("10.0.0.1", { news: [changed, expiring] }),
      ]);
      assert.equal(count, 3);
      assert.deepEqual((await store.scans.list({ limit: 9 })).rows, [scan]);
      const [six] = (await store.discoveries.list({ limit: 1, address: address("fd00::1") })).rows;
      assert.ok(six !== undefined && six.scanId !== scan?.id);
      assert.deepEqual(six, {
        id: six.id,
        watch: "ssh",
        scanId: six.scanId,
        kind: "certificate-expiring",
        at: start + minute,
        address: "fd00::1",
        port: 22,
        firstSeen: start,
        lastSeen: start,
        hostname: undefined,
        mac: undefined,
        vendor: undefined,
        product: undefined,
        version: undefined,
        device: undefined,
        isKnownHost: undefined,
        detail: "CN=a ends in 7 days",
        evidence: undefined,
        firstScan: false,
      });
      for (const audience of [operators, archive]) {
        const { deliveryId } = await store.deliveries.gather(audience, start + minute);
        assert.deepEqual(await announcedBy(store, deliveryId), [
          "changed 10.0.0.1",
          "certificate-expiring 10.0.0.1",
          "certificate-expiring fd00::1",
        ]);
      }
    });

    t(
      "never join a message that is being composed without them, and nothing is announced without changes",
      async (store) => {
        await look(store, { at: start, sees: [sighting("10.0.0.1")] });
        const { deliveryId } = await store.deliveries.gather(operators, start);
        assert.equal(await record(store, start, [examined("10.0.0.1")]), 0);
        assert.equal((await store.deliveries.list({ states: ["open"], limit: 9 })).rows.length, 1);
        assert.equal(await record(store, start, [examined("10.0.0.1", { news: [expiring] })]), 1);
        assert.deepEqual(await announcedBy(store, deliveryId), ["new 10.0.0.1"]);
        const later = await store.deliveries.gather(operators, start);
        assert.notEqual(later.deliveryId, deliveryId);
        assert.deepEqual(await announcedBy(store, later.deliveryId), ["new 10.0.0.1", "certificate-expiring 10.0.0.1"]);
      },
    );

    t("include the evidence that a discovery waited for", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      const [first] = await store.discoveries.awaitingEvidence({ watch: "ssh", limit: 9 });
      assert.ok(first !== undefined);
      const evidence = { discoveries: [first.id], text: "nginx\u001b\nfine" };
      await record(store, start, [examined("10.0.0.1", { evidence, news: [expiring] })]);
      const [news, discovered] = (await store.discoveries.list({ limit: 2, address: address("10.0.0.1") })).rows;
      assert.deepEqual([discovered?.kind, discovered?.evidence], ["new", "nginx.\nfine"]);
      assert.deepEqual([news?.kind, news?.evidence], ["certificate-expiring", undefined]);
      const left = await store.discoveries.awaitingEvidence({ watch: "ssh", limit: 9 });
      assert.deepEqual(
        left.map(({ address }) => address),
        ["10.0.0.2"],
      );
    });

    t("are stored completely or not at all", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      const good = examined("10.0.0.1", { results: [result("tls")], news: [expiring], chain: [certificate("A")] });
      const bad = examined("10.0.0.2", { results: [result("tls", { facts: { large: 1n } })] });
      await assert.rejects(record(store, start, [good, bad]));
      assert.equal((await due(store, start)).length, 2);
      assert.deepEqual(await store.examinations.results({ address: address("10.0.0.1") }), []);
      assert.deepEqual((await store.examinations.certificates({ limit: 9 })).rows, []);
      assert.equal((await store.discoveries.list({ limit: 9 })).rows.length, 2);
      await assert.rejects(record(store, start, [good], "nobody"), /nobody/);
    });

    t("do not affect scans: the first one, failures in a row, and pruning", async (store) => {
      const failed = {
        ...elsewhere,
        status: "failed" as const,
        policy: { ...policy, announceFailure: "changes" as const },
      };
      await look(store, { at: start, sees: [sighting("10.0.0.1")], outcome: failed });
      await record(store, start + 1, [examined("10.0.0.1", { news: [expiring] })]);
      await look(store, { at: start + 2, sees: [], outcome: failed });
      const failures = (await store.discoveries.list({ limit: 9 })).rows.filter(({ kind }) => kind === "scan-failed");
      assert.equal(failures.length, 1, "the scan before the second failure failed, too");
      const complete = await look(store, { at: start + 3, sees: [sighting("10.0.0.1")] });
      assert.equal(complete.firstScan, true);
      await record(store, start + 4, [examined("10.0.0.1", { news: [expiring] })]);

      // Delivered and old, they are pruned as scans are; those after the last scan stay with it.
      const deliveryId = await send(store, operators, "all", start + 4);
      await store.deliveries.recordOutcome(deliveryId, { kind: "delivered" }, { at: start + 4 });
      const copy = await send(store, archive, "copy", start + 4);
      await store.deliveries.recordOutcome(copy, { kind: "delivered" }, { at: start + 4 });
      assert.deepEqual(await store.prune({ before: start + hour }), {
        deliveries: 2,
        scans: 3,
        certificates: 0,
        services: 0,
      });
      assert.deepEqual(
        (await store.discoveries.list({ limit: 9 })).rows.map(({ at }) => at - start),
        [4],
      );
      assert.equal((await store.scans.list({ limit: 9 })).rows.length, 1);
    });
  });
}
