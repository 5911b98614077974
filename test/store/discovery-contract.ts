import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { coverageOf } from "../../src/core/coverage.ts";
import { HarbingerError } from "../../src/core/errors.ts";
import { pagesOf } from "../../src/core/page.ts";
import type { DiscoveryDigestQuery, DiscoveryQuery, Store } from "../../src/core/store.ts";
import { address, archive, hour, look, minute, operators, policy, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

async function kinds(store: Store): Promise<readonly string[]> {
  const discoveries = (await store.discoveries.list({ limit: 1000 })).rows;
  return discoveries.map((discovery) => `${discovery.kind} ${discovery.address ?? ""}`.trim()).toReversed();
}

function digest(store: Store, query: Partial<DiscoveryDigestQuery>) {
  return store.discoveries.digest({
    since: 0,
    unacknowledgedSince: 0,
    urgentKinds: ["new"],
    limit: 9,
    maxFirstScans: 9,
    ...query,
  });
}

function sorted(texts: readonly string[]): readonly string[] {
  return texts.toSorted();
}

/** The consequences of a scan. */
export function discoveryContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));
  describe("discoveries", () => {
    t("a watch is known since its first request, whatever later requests are", async (store) => {
      const ssh = { name: "seldom", ports: [22] };
      assert.equal(await store.scans.knownSince(ssh, start), start);
      assert.equal(await store.scans.knownSince(ssh, start + 5), start);
      await look(store, { at: start + 9, watch: "seldom", sees: [sighting("10.0.0.1")] });
      assert.equal(await store.scans.knownSince(ssh, start + 10), start);
    });

    t("everything in the first scan is new and marked as first", async (store) => {
      const summary = await look(store, { at: start, sees: [sighting("10.0.0.2"), sighting("10.0.0.1")] });
      assert.equal(summary.firstScan, true);
      assert.deepEqual(summary.counts, {
        new: 2,
        gone: 0,
        returned: 0,
        flapping: 0,
        changed: 0,
        present: 2,
        sighted: 2,
      });
      const [latest] = (await store.discoveries.list({ limit: 1 })).rows;
      assert.equal(latest?.firstScan, true);
      assert.equal(latest?.firstSeen, start);
      const second = await look(store, { at: start + minute, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      assert.equal(second.firstScan, false);
      assert.deepEqual(second.counts, {
        new: 0,
        gone: 0,
        returned: 0,
        flapping: 0,
        changed: 0,
        present: 2,
        sighted: 2,
      });
    });

    t("are counted by kind from a time on, without those of first scans", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      await look(store, { at: start + minute, sees: [sighting("10.0.0.1"), sighting("10.0.0.3")] });
      await look(store, { at: start + hour, sees: [sighting("10.0.0.3"), sighting("10.0.0.4"), sighting("10.0.0.5")] });
      const all = await digest(store, {});
      assert.deepEqual(all.counts, [
        { kind: "gone", count: 2, over: 0 },
        { kind: "new", count: 3, over: 0 },
      ]);
      assert.equal(all.recent.count, 5);
      const listed = (await store.discoveries.list({ firstScan: false, limit: 99 })).rows;
      assert.deepEqual(all.recent.newest, listed);
      assert.deepEqual((await digest(store, { limit: 2 })).recent, { count: 5, newest: listed.slice(0, 2) });
      const later = await digest(store, { since: start + hour });
      assert.deepEqual(
        later.counts.map(({ kind, count }) => [kind, count]),
        [
          ["gone", 1],
          ["new", 2],
        ],
      );
      assert.deepEqual(later.recent, { count: 3, newest: listed.slice(0, 3) });
      const none = await digest(store, { since: start + hour + 1 });
      assert.deepEqual([none.counts, none.recent], [[], { count: 0, newest: [] }]);
    });

    t("of urgent kinds that nobody acknowledged are counted, and the newest are listed", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      await look(store, { at: start + hour, sees: [sighting("10.0.0.1"), sighting("10.0.0.3"), sighting("10.0.0.4")] });
      const urgent = async (query: Partial<DiscoveryDigestQuery>) => {
        const { count, newest } = (await digest(store, { limit: 2, ...query })).urgent;
        return [count, newest.length, newest.every(({ kind }) => kind === "new")];
      };
      assert.deepEqual(await urgent({}), [4, 2, true]);
      assert.deepEqual(await urgent({ unacknowledgedSince: start + 1 }), [2, 2, true]);
      assert.deepEqual(await urgent({ since: start + 1, limit: 1 }), [4, 1, true]);
      assert.deepEqual(await urgent({ urgentKinds: ["exposed"] }), [0, 0, true]);
      assert.deepEqual(await urgent({ urgentKinds: [] }), [0, 0, true]);
      const { urgent: before, unacknowledged } = await digest(store, { limit: 2 });
      assert.equal(unacknowledged, 3, "with the one that is gone, without those of the first scan");
      const [first, second] = before.newest;
      assert.ok((first?.id ?? 0) > (second?.id ?? 0));
      await store.discoveries.acknowledge({ id: first?.id ?? 0 }, { at: start, by: "ann", note: "" });
      assert.deepEqual(await urgent({}), [3, 2, true]);
      const after = await digest(store, { limit: 2 });
      assert.deepEqual([after.urgent.newest[0]?.id, after.unacknowledged], [second?.id, 2]);
      assert.equal(after.recent.newest[0]?.acknowledged?.by ?? after.recent.newest[1]?.acknowledged?.by, "ann");
    });

    t("of first scans are counted by scan, the newest first", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      await look(store, { at: start + minute, watch: "web", ports: [80], sees: [sighting("10.0.0.1", 80)] });
      await look(store, { at: start + hour, sees: [sighting("10.0.0.3")] });
      const found = async (query: Partial<DiscoveryDigestQuery>) =>
        (await digest(store, query)).firstScans.map(({ scanId: _, ...scan }) => scan);
      const ssh = { watch: "ssh", at: start, devices: 0, openPorts: 2 };
      const web = { watch: "web", at: start + minute, devices: 0, openPorts: 1 };
      assert.deepEqual(await found({}), [web, ssh]);
      assert.deepEqual(await found({ maxFirstScans: 1 }), [web]);
      assert.deepEqual(await found({ since: start + 1 }), [web]);
      assert.deepEqual(await found({ since: start + hour + 1 }), []);
    });

    t("are listed by kind, time, port, and whether a first scan found them, page by page", async (store) => {
      const ports = [22, 80];
      const sees = [sighting("10.0.0.1"), sighting("10.0.0.2", 80)];
      await look(store, { at: start, ports, sees });
      await look(store, { at: start + minute, ports, sees: [...sees, sighting("fd00::3"), sighting("fd00::3", 80)] });
      await look(store, { at: start + hour, ports, sees: [sighting("10.0.0.1")] });
      const found = async (query: Omit<DiscoveryQuery, "limit">) => {
        const pages = await Array.fromAsync(pagesOf((after) => store.discoveries.list({ ...query, limit: 2, after })));
        return pages.flat().map((each) => `${each.kind} ${each.address} ${each.port}`);
      };
      const scans = [...new Set((await store.discoveries.list({ limit: 99 })).rows.map(({ scanId }) => scanId))];
      const counts = await Promise.all(scans.map(async (scan) => (await found({ scan })).length));
      assert.deepEqual(counts, [3, 2, 2], "of each scan, the newest first");
      assert.deepEqual(await found({ scan: 1_000_000 }), []);
      const gone = ["gone fd00::3 80", "gone fd00::3 22", "gone 10.0.0.2 80"];
      const added = ["new fd00::3 80", "new fd00::3 22"];
      const first = ["new 10.0.0.2 80", "new 10.0.0.1 22"];
      assert.deepEqual(sorted(await found({ kinds: ["gone"] })), sorted(gone));
      assert.deepEqual(await found({ kinds: ["new", "gone"], order: "ascending" }), (await found({})).toReversed());
      assert.deepEqual(await found({ kinds: ["returned"] }), []);
      assert.deepEqual(await found({ kinds: [] }), []);
      assert.deepEqual(sorted(await found({ since: start + minute, until: start + hour })), sorted(added));
      assert.deepEqual(sorted(await found({ until: start + 1 })), sorted(first));
      assert.deepEqual(sorted(await found({ since: start + hour })), sorted(gone));
      const goneFrom80 = gone.filter((text) => text.endsWith(" 80"));
      assert.deepEqual(sorted(await found({ port: 80, since: start + hour, kinds: ["gone"] })), sorted(goneFrom80));
      assert.deepEqual(sorted(await found({ firstScan: true })), sorted(first));
      assert.deepEqual(sorted(await found({ firstScan: false, kinds: ["new"] })), sorted(added));
    });

    t("a partial scan also counts as a first look, and there is only one", async (store) => {
      const partial = await look(store, {
        at: start,
        sees: [sighting("10.0.0.1")],
        outcome: { status: "partial", reason: "interrupted" },
      });
      assert.equal(partial.firstScan, true);
      const next = await look(store, {
        at: start + minute,
        sees: [sighting("10.0.0.1"), sighting("10.0.0.2")],
        outcome: { status: "partial", reason: "interrupted" },
      });
      assert.equal(next.firstScan, false);
      const complete = await look(store, { at: start + 2 * minute, sees: [sighting("10.0.0.3")] });
      assert.equal(complete.firstScan, false);
      const all = (await store.discoveries.list({ limit: 10 })).rows;
      assert.deepEqual(
        all.filter(({ kind }) => kind === "new").map(({ address, firstScan }) => [address, firstScan]),
        [
          ["10.0.0.3", false],
          ["10.0.0.2", false],
          ["10.0.0.1", true],
        ],
      );
    });

    t("a scan that was stopped concludes nothing: the next one is still the first look", async (store) => {
      const stopped = {
        status: "partial",
        reason: "stopped by ann on the pages",
        coverage: { kind: "none" },
      } as const;
      for (const at of [start, start + minute]) {
        const { firstScan } = await look(store, { at, sees: [], outcome: stopped });
        assert.equal(firstScan, false);
      }
      const covered = { ...stopped, reason: "no route to 10.0.0.9; stopped by ann on the pages" } as const;
      const first = await look(store, { at: start + hour, sees: [sighting("10.0.0.1")], outcome: covered });
      assert.equal(first.firstScan, true);
      const whole = [sighting("10.0.0.1"), sighting("10.0.0.2")];
      const next = await look(store, { at: start + 2 * hour, sees: whole });
      assert.equal(next.firstScan, true);
      assert.equal(next.counts.new, 1, "what the stopped scan saw is stored");
      await look(store, { at: start + 3 * hour, sees: [sighting("10.0.0.1")], outcome: stopped });
      const later = await look(store, { at: start + 4 * hour, sees: [...whole, sighting("10.0.0.3")] });
      assert.equal(later.firstScan, false);
      assert.deepEqual(
        (await store.discoveries.list({ limit: 10 })).rows.map(({ kind, address, firstScan }) => [
          kind,
          address,
          firstScan,
        ]),
        [
          ["new", "10.0.0.3", false],
          ["new", "10.0.0.2", true],
          ["new", "10.0.0.1", true],
        ],
      );
    });

    t("a failed scan concludes nothing: the next one is still the first look", async (store) => {
      const failed = await look(store, {
        at: start,
        sees: [sighting("10.0.0.1")],
        outcome: { status: "failed", reason: "no route" },
      });
      assert.equal(failed.firstScan, false);
      const first = await look(store, { at: start + minute, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      assert.equal(first.firstScan, true);
      const found = (await store.discoveries.list({ limit: 10 })).rows.filter(({ kind }) => kind === "new");
      assert.deepEqual(
        found.map(({ address, firstScan }) => [address, firstScan]),
        [
          ["10.0.0.2", true],
          ["10.0.0.1", false],
        ],
      );
    });

    t("a host sighted twice in one scan is discovered once, in any order of batches", async (store) => {
      const session = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start });
      await session.add([sighting("10.0.0.9"), sighting("fd00::9")]);
      await session.add([sighting("10.0.0.1"), sighting("10.0.0.9", 22, { hostname: "nine" }), sighting("fd00::9")]);
      await session.add([]);
      const summary = await session.finish({
        at: start,
        status: "complete",
        engine: "connect",
        notes: ["a note"],
        coverage: { kind: "all" },
        policy,
        audiences: [],
      });
      assert.equal(summary.counts.new, 3);
      const [record] = (await store.scans.list({ watch: "ssh", limit: 5 })).rows;
      assert.equal(record?.sighted, 3);
      assert.deepEqual(record?.notes, ["a note"]);
      assert.equal(record?.status, "complete");
      assert.equal(record?.endedAt, start);
    });

    t("a host is gone after as many covered misses in a row as the policy asks for", async (store) => {
      const patient = { policy: { ...policy, goneAfter: 3 } };
      const both = [sighting("10.0.0.1"), sighting("10.0.0.2")];
      const one = [sighting("10.0.0.1")];
      await look(store, { at: start, sees: both });
      await look(store, { at: start + 1, sees: one, outcome: patient });
      await look(store, { at: start + 2, sees: one, outcome: patient });
      // Seen again in between: counting starts again.
      await look(store, { at: start + 3, sees: both, outcome: patient });
      await look(store, { at: start + 4, sees: one, outcome: patient });
      const { counts } = await look(store, { at: start + 5, sees: one, outcome: patient });
      assert.deepEqual([counts.present, counts.sighted], [2, 1], "it missed two scans");
      assert.deepEqual(await kinds(store), ["new 10.0.0.1", "new 10.0.0.2"]);
      const summary = await look(store, { at: start + 6, sees: one, outcome: patient });
      assert.equal(summary.counts.gone, 1);
      assert.equal(summary.counts.present, 1);
      const [gone] = (await store.discoveries.list({ limit: 1 })).rows;
      assert.equal(gone?.kind, "gone");
      assert.equal(gone?.address, "10.0.0.2");
      assert.equal(gone?.firstSeen, start);
      assert.equal(gone?.lastSeen, start + 3);
    });

    t("a host that the scan did not cover is not missed", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2"), sighting("fd00::2")] });
      const coverage = coverageOf([address("10.0.0.1")], [22]);
      const summary = await look(store, { at: start + 1, sees: [sighting("10.0.0.1")], outcome: { coverage } });
      assert.deepEqual(summary.counts, {
        new: 0,
        gone: 0,
        returned: 0,
        flapping: 0,
        changed: 0,
        present: 3,
        sighted: 1,
      });
      const wider = coverageOf([address("10.0.0.1"), address("fd00::2")], [22]);
      await look(store, { at: start + 2, sees: [sighting("10.0.0.1")], outcome: { coverage: wider } });
      assert.deepEqual((await kinds(store)).slice(3), ["gone fd00::2"]);
      const services = (await store.services.list({ limit: 10 })).rows;
      assert.deepEqual(
        services.map(({ lastSeen }) => lastSeen),
        [start + 2, start, start],
      );
    });

    t("an endpoint that could not be probed is not missed although its range was covered", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      const coverage = {
        ...coverageOf([address("10.0.0.1"), address("10.0.0.2")], [22]),
        except: ["10.0.0.2 22"],
      };
      const summary = await look(store, {
        at: start + 1,
        sees: [],
        outcome: {
          coverage: {
            ...coverage,
            kind: "ranges",
            ranges: [{ family: 4, first: 0n, last: 2n ** 32n - 1n }],
            ports: [22],
          },
        },
      });
      assert.equal(summary.counts.gone, 1);
      assert.equal((await kinds(store)).at(-1), "gone 10.0.0.1");
    });

    t(
      "a host that fell silent in a failed scan is not gone, and one sighted before the failure counts",
      async (store) => {
        await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
        const summary = await look(store, {
          at: start + 1,
          sees: [sighting("10.0.0.3")],
          outcome: { status: "failed", reason: "nmap is\nmissing" },
        });
        assert.deepEqual(summary.counts, {
          new: 1,
          gone: 0,
          returned: 0,
          flapping: 0,
          changed: 0,
          present: 3,
          sighted: 1,
        });
        assert.deepEqual((await kinds(store)).slice(2), ["new 10.0.0.3", "scan-failed"]);
        const [failure] = (await store.discoveries.list({ limit: 1 })).rows;
        assert.equal(failure?.detail, "nmap is missing");
        assert.equal(failure?.address, undefined);
        assert.equal((await store.scans.list({ limit: 1 })).rows[0]?.reason, "nmap is missing");
      },
    );

    t("failures in a row are announced once if only changes are wanted", async (store) => {
      const failed = {
        status: "failed" as const,
        reason: "no route",
        policy: { ...policy, announceFailure: "changes" as const },
      };
      for (let run = 0; run < 3; run++) await look(store, { at: start + run, sees: [], outcome: failed });
      assert.deepEqual(await kinds(store), ["scan-failed"]);
      await look(store, { at: start + 4, sees: [] });
      await look(store, { at: start + 5, sees: [], outcome: failed });
      assert.deepEqual(await kinds(store), ["scan-failed", "scan-failed"]);
      await look(store, { at: start + 6, sees: [], outcome: { ...failed, policy } });
      assert.equal((await kinds(store)).length, 3);
    });

    t("a host that comes back has returned, with the time it was last seen before", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      await look(store, { at: start + 1, sees: [] });
      const summary = await look(store, { at: start + 2, sees: [sighting("10.0.0.1")] });
      assert.equal(summary.counts.returned, 1);
      const [returned] = (await store.discoveries.list({ limit: 1 })).rows;
      assert.equal(returned?.kind, "returned");
      assert.equal(returned?.lastSeen, start);
      assert.equal((await store.services.list({ limit: 1 })).rows[0]?.lastSeen, start + 2);
    });

    t("a host that comes and goes is reported as flapping once, and not again until it is stable", async (store) => {
      const there = [sighting("10.0.0.1"), sighting("10.0.0.2")];
      const away = [sighting("10.0.0.1")];
      for (let turn = 0; turn < 10; turn++) {
        await look(store, { at: start + turn * minute, sees: turn % 2 === 0 ? there : away });
      }
      assert.deepEqual((await store.services.list({ state: "flapping", limit: 9 })).rows.length, 1);
      const { deliveryId } = await store.deliveries.gather(operators, start + hour);
      const tally = await store.deliveries.tally(deliveryId);
      assert.deepEqual(tally, [
        { watch: "ssh", kind: "flapping", count: 1 },
        { watch: "ssh", kind: "gone", count: 2 },
        { watch: "ssh", kind: "new", count: 2 },
        { watch: "ssh", kind: "returned", count: 1 },
      ]);
      // The history keeps changes that were not announced.
      assert.equal((await kinds(store)).filter((text) => text === "gone 10.0.0.2").length, 5);
      // It stays in its state: reported once, because the last report was that it had gone.
      await look(store, { at: start + 10 * minute, sees: there });
      const early = await look(store, { at: start + 9 * minute + hour, sees: there });
      assert.equal(early.counts.returned, 0);
      const quiet = await look(store, { at: start + 10 * minute + hour, sees: there });
      assert.equal(quiet.counts.returned, 1);
      const after = await look(store, { at: start + 11 * minute + hour, sees: there });
      assert.equal(after.counts.returned, 0);
      assert.equal((await store.services.list({ state: "flapping", limit: 9 })).rows.length, 0);
    });

    t("another product on a port is a change, reported for each watch that knew the previous one", async (store) => {
      const openSsh = { service: { name: "ssh", product: "OpenSSH", version: "9.6" } };
      await look(store, { at: start, sees: [sighting("10.0.0.1", 22, openSsh)] });
      await look(store, { at: start, watch: "other", sees: [sighting("10.0.0.1")] });
      const silent = await look(store, {
        at: start + 1,
        sees: [sighting("10.0.0.1", 22, { service: { name: "ssh" } })],
      });
      assert.equal(silent.counts.changed, 0);
      const newer = { service: { name: "ssh", product: "OpenSSH", version: "9.9" } };
      const summary = await look(store, { at: start + 2, sees: [sighting("10.0.0.1", 22, newer)] });
      assert.equal(summary.counts.changed, 1);
      assert.equal((await store.discoveries.list({ limit: 1 })).rows[0]?.detail, "was OpenSSH 9.6, is OpenSSH 9.9");
      const other = await look(store, { at: start + 3, watch: "other", sees: [sighting("10.0.0.1", 22, newer)] });
      assert.equal(other.counts.changed, 0);
      const again = await look(store, { at: start + 4, sees: [sighting("10.0.0.1", 22, newer)] });
      assert.equal(again.counts.changed, 0);
    });

    t("two watches that share a port are two watches", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const other = await look(store, { at: start + 1, watch: "dmz", sees: [sighting("10.0.0.1")] });
      assert.equal(other.counts.new, 1);
      assert.equal(other.firstScan, true);
      await look(store, { at: start + 2, watch: "dmz", sees: [] });
      const [service] = (await store.services.list({ limit: 1 })).rows;
      assert.deepEqual(service?.watches, [
        { watch: "ssh", state: "present" },
        { watch: "dmz", state: "gone" },
      ]);
      assert.equal(await store.services.count(), 1);
    });

    t("an abandoned scan leaves nothing but its record", async (store) => {
      const session = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start });
      await session.add([sighting("10.0.0.1"), sighting("fd00::1", 22, { hostname: "x" })]);
      await session.abandon();
      assert.equal(await store.services.count(), 0);
      assert.equal((await store.scans.list({ limit: 1 })).rows[0]?.status, "abandoned");
      await assert.rejects(session.add([sighting("10.0.0.1")]), (error) => error instanceof HarbingerError);
    });

    t("scans of several watches run at the same time without mixing", async (store) => {
      const names = ["a", "b", "c"];
      const sessions = await Promise.all(
        names.map((watch) => store.scans.begin({ watch, ports: [22], engine: "connect", at: start })),
      );
      await Promise.all(
        sessions.map((session, index) => session.add([sighting(`10.0.${index}.1`), sighting("10.9.9.9")])),
      );
      await Promise.all(
        sessions.map((session) =>
          session.finish({
            at: start,
            status: "complete",
            engine: "connect",
            notes: [],
            coverage: { kind: "all" },
            policy,
            audiences: [operators, archive],
          }),
        ),
      );
      for (const [index, watch] of names.entries()) {
        const services = (await store.services.list({ watch, limit: 10 })).rows;
        assert.deepEqual(
          services.map((service) => service.address),
          [`10.0.${index}.1`, "10.9.9.9"],
        );
      }
      assert.equal((await store.deliveries.list({ states: ["open"], limit: 9 })).rows.length, 2);
    });

    t("evidence is requested in scans that overlap, whichever ends first", async (store) => {
      const outcome = {
        at: start,
        status: "complete",
        engine: "connect",
        notes: [],
        coverage: { kind: "all" },
        policy,
        audiences: [{ ...operators, watches: ["early", "late"] }],
      } as const;
      const early = await store.scans.begin({ watch: "early", ports: [22], engine: "connect", at: start });
      const late = await store.scans.begin({ watch: "late", ports: [22], engine: "connect", at: start });
      await late.add([sighting("10.0.0.2")]);
      await late.finish(outcome);
      await early.add([sighting("10.0.0.1")]);
      await early.finish(outcome);
      for (const watch of ["early", "late"]) {
        assert.equal((await store.discoveries.awaitingEvidence({ watch, limit: 9 })).length, 1, watch);
      }
    });

    t("evidence is awaited by what an open delivery announces, until it is set", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1"), sighting("10.0.0.2"), sighting("fd00::3")] });
      await look(store, { at: start, watch: "silent", sees: [sighting("10.0.0.1")], outcome: { audiences: [] } });
      assert.deepEqual(await store.discoveries.awaitingEvidence({ watch: "silent", limit: 9 }), []);
      const page = await store.discoveries.awaitingEvidence({ watch: "ssh", limit: 2 });
      assert.equal(page.length, 2);
      const rest = await store.discoveries.awaitingEvidence({ watch: "ssh", limit: 2, afterId: page[1]?.id ?? 0 });
      assert.equal(rest.length, 1);
      await store.discoveries.setEvidence(page.map(({ id }) => ({ id, evidence: `checked ${id}\nline two\u001b[2J` })));
      assert.equal((await store.discoveries.awaitingEvidence({ watch: "ssh", limit: 9 })).length, 1);
      const known = (
        await store.discoveries.list({
          watch: "ssh",
          address: page[0]?.address ?? address("::"),
          limit: 9,
        })
      ).rows;
      assert.equal(known[0]?.evidence, `checked ${known[0]?.id}\nline two.[2J`);
    });
  });
}
