import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Neighbour, parseMac } from "../../src/core/device.ts";
import { type Order, pagesOf } from "../../src/core/page.ts";
import type { ScanQuery } from "../../src/core/scan-store.ts";
import type { HostQuery, ServiceQuery } from "../../src/core/store.ts";
import { address, announcedBy, claimAll, hour, look, message, operators, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

/** Known services, and the views for other programs. */
export function serviceContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));
  const hosts = [
    "fd00::10",
    "10.0.0.10",
    "9.255.255.255",
    "fd00::2",
    "10.0.0.9",
    "fe80::1%eth1",
    "fe80::1%eth0",
    "255.255.255.255",
  ];
  const ordered = [
    "9.255.255.255",
    "10.0.0.9",
    "10.0.0.10",
    "255.255.255.255",
    "fd00::2",
    "fd00::10",
    "fe80::1%eth0",
    "fe80::1%eth1",
  ];

  describe("services", () => {
    t(
      "that every watch has missed for long are pruned with their results, and are new when they return",
      async (store, database) => {
        const at = (hours: number) => start + hours * hour;
        await look(store, {
          at: start,
          sees: [sighting("10.0.0.1"), sighting("10.0.0.2"), sighting("fd00::1"), sighting("fd00::2")],
        });
        await look(store, { watch: "other", at: at(1), sees: [sighting("10.0.0.1")] });
        const audiences = [{ ...operators, watches: ["ssh"] }];
        const check = { check: "port", passed: true, output: "port is open", facts: {} };
        const examined = { address: address("fd00::1"), port: 22, results: [check], memory: "{}", news: [] };
        await store.examinations.record({ watch: "ssh", at: start, services: [examined], audiences });
        await look(store, { at: at(2), sees: [sighting("10.0.0.2")] });
        const pruned = async (hostsBefore: number) => (await store.prune({ before: 0, hostsBefore })).services;
        assert.equal(await pruned(start), 0);
        // Only those that are gone for every watch, and were last seen before then.
        assert.equal(await pruned(at(3)), 2);
        const left = async () => (await store.services.list({ limit: 9 })).rows.map((service) => service.address);
        assert.deepEqual(await left(), ["10.0.0.1", "10.0.0.2"]);
        assert.deepEqual(await store.examinations.results({ address: address("fd00::1") }), []);
        // Their discoveries can still be read and announced.
        const { deliveryId } = await store.deliveries.gather(operators, at(3));
        assert.ok((await announcedBy(store, deliveryId)).includes("gone fd00::1"));
        const back = await look(store, { at: at(4), sees: [sighting("10.0.0.2"), sighting("fd00::1")] });
        assert.deepEqual([back.counts.new, back.counts.returned], [1, 0]);
        await look(store, { watch: "other", at: at(4), sees: [] });
        assert.equal(await pruned(at(5)), 1);
        assert.deepEqual(await left(), ["10.0.0.2", "fd00::1"]);
        await look(store, { at: at(5), sees: [] });
        await look(store, { at: at(6), sees: [] });
        await store.deliveries.compose(
          (await store.deliveries.gather(operators, at(6))).deliveryId,
          message("last", at(6)),
        );
        for (const { id } of await claimAll(store, at(6)))
          await store.deliveries.recordOutcome(id, { kind: "delivered" }, { at: at(6) });
        await store.prune({ before: at(9), hostsBefore: at(9) });
        assert.deepEqual(await left(), []);
        await store.prune({ before: at(9), hostsBefore: at(9) });
        assert.deepEqual(await database.query("select * from presence"), []);
      },
    );

    t("are listed by address value, IPv4 first, and by port, in pages", async (store) => {
      await look(store, { at: start, sees: hosts.flatMap((host) => [sighting(host, 443), sighting(host, 22)]) });
      const inPages = async (order?: Order) => {
        const pages = pagesOf((after) => store.services.list({ limit: 3, after, order }));
        return (await Array.fromAsync(pages)).flat().map((service) => `${service.address} ${service.port}`);
      };
      const all = ordered.flatMap((host) => [`${host} 22`, `${host} 443`]);
      assert.deepEqual(await inPages(), all);
      assert.deepEqual(await inPages("descending"), all.toReversed());
      assert.equal(await store.services.count(), 16);
    });

    for (const order of ["ascending", "descending"] as const)
      t(`are listed by the time when they were seen first or last, ${order}, in pages`, async (store) => {
        const at = (minutes: number) => start + minutes * 60_000;
        await look(store, { at: at(1), sees: ["10.0.0.3", "fd00::1"].map((each) => sighting(each)) });
        await look(store, { watch: "other", at: at(2), sees: ["10.0.0.1", "10.0.0.3"].map((each) => sighting(each)) });
        await look(store, { at: at(3), sees: ["10.0.0.2", "fd00::1"].map((each) => sighting(each)) });
        const listed = async (sort: "firstSeen" | "lastSeen", more: object = {}) => {
          const pages = pagesOf((after) => store.services.list({ limit: 1, after, order, sort, ...more }));
          return (await Array.fromAsync(pages)).flat().map((row) => `${row.address} ${(row[sort] - start) / 60_000}`);
        };
        const turned = <Value>(values: readonly Value[]) => (order === "ascending" ? values : values.toReversed());
        assert.deepEqual(await listed("firstSeen"), turned(["10.0.0.3 1", "fd00::1 1", "10.0.0.1 2", "10.0.0.2 3"]));
        assert.deepEqual(await listed("lastSeen"), turned(["10.0.0.1 2", "10.0.0.3 2", "10.0.0.2 3", "fd00::1 3"]));
        assert.deepEqual(await listed("lastSeen", { watch: "other" }), turned(["10.0.0.1 2", "10.0.0.3 2"]));
        assert.deepEqual(await listed("lastSeen", { address: address("fd00::1") }), ["fd00::1 3"]);
        const { next } = await store.services.list({ limit: 1 });
        await assert.rejects(store.services.list({ limit: 1, sort: "lastSeen", after: next }), /cursor/);
      });

    t("can be listed by address, port, watch and state", async (store) => {
      await look(store, { at: start, sees: hosts.map((host) => sighting(host, 22)) });
      await look(store, { at: start, watch: "web", sees: [sighting("10.0.0.9", 443), sighting("fd00::2", 443)] });
      await look(store, { at: start + 1, watch: "web", sees: [sighting("fd00::2", 443)] });
      const list = async (query: object) =>
        (await store.services.list({ limit: 100, ...query })).rows.map(
          (service) => `${service.address} ${service.port}`,
        );
      assert.deepEqual(await list({ address: address("10.0.0.9") }), ["10.0.0.9 22", "10.0.0.9 443"]);
      assert.deepEqual(await list({ address: address("fd00::2") }), ["fd00::2 22", "fd00::2 443"]);
      assert.deepEqual(await list({ address: address("fd00::2"), port: 443 }), ["fd00::2 443"]);
      assert.deepEqual(await list({ address: address("fd00::ffff") }), []);
      assert.deepEqual(await list({ port: 443 }), ["10.0.0.9 443", "fd00::2 443"]);
      assert.deepEqual(await list({ watch: "web", state: "present" }), ["fd00::2 443"]);
      assert.deepEqual(await list({ state: "gone" }), ["10.0.0.9 443"]);
      assert.deepEqual(await list({ watch: "nobody" }), []);
      assert.equal((await list({ watch: "ssh" })).length, hosts.length);
    });

    t("can be listed by network, text, MAC address and first sighting, and so can hosts", async (store) => {
      const nas = { hostname: "NAS-1.lan", mac: "00:11:32:00:00:10", vendor: "Synology 100%_!" };
      await look(store, { at: start, sees: hosts.map((host) => sighting(host, 22)) });
      await look(store, {
        at: start + 1,
        watch: "web",
        sees: [
          sighting("10.0.0.9", 443, { ...nas, service: { name: "https", product: "nginx", version: "1.26.0" } }),
          sighting("fd00::2", 443, { ...nas, service: { name: "nginx-like" } }),
        ],
      });
      const list = async (query: Omit<ServiceQuery, "limit">) => {
        const pages = pagesOf((after) => store.services.list({ limit: 2, ...query, after }));
        return (await Array.fromAsync(pages)).flat().map((service) => `${service.address} ${service.port}`);
      };
      const hostsOf = async (query: Omit<HostQuery, "limit">) =>
        (await store.services.hosts({ limit: 100, ...query })).rows.map((host) => host.address);
      const range = (first: string, last: string) => ({ range: { first: address(first), last: address(last) } });
      const all = ["10.0.0.9 443", "fd00::2 443"];
      assert.deepEqual(await list(range("10.0.0.0", "10.0.0.9")), ["10.0.0.9 22", "10.0.0.9 443"]);
      assert.deepEqual(await list(range("fd00::3", "fe80::1")), ["fd00::10 22", "fe80::1%eth0 22", "fe80::1%eth1 22"]);
      assert.deepEqual(await list({ ...range("fe80::1", "fe80::1"), order: "descending" }), [
        "fe80::1%eth1 22",
        "fe80::1%eth0 22",
      ]);
      assert.deepEqual(await list(range("11.0.0.0", "255.255.255.254")), []);
      assert.deepEqual(await list({ mac: nas.mac }), all);
      assert.deepEqual(await list({ hostname: "nas-1" }), all);
      assert.deepEqual(await list({ vendor: "100%_!" }), all);
      assert.deepEqual(await list({ vendor: "1000" }), []);
      assert.deepEqual(await list({ service: "NGINX" }), all);
      assert.deepEqual(await list({ version: "1.26", service: "https" }), ["10.0.0.9 443"]);
      assert.deepEqual(await list({ since: start + 1 }), all);
      assert.deepEqual(await list({ since: start + 2 }), []);
      assert.deepEqual(await hostsOf(range("10.0.0.10", "10.0.1.0")), ["10.0.0.10"]);
      assert.deepEqual(await hostsOf(range("fd00::", "fd00::ffff")), ["fd00::2", "fd00::10"]);
      assert.deepEqual(await hostsOf({ hostname: "NAS", port: 443 }), ["10.0.0.9", "fd00::2"]);
      assert.deepEqual(await hostsOf({ hostname: "nas", port: 22 }), []);
      assert.deepEqual(await hostsOf({ mac: nas.mac, vendor: "synology" }), ["10.0.0.9", "fd00::2"]);
    });

    t("are found and shown by the device that has their address now, and by what is exposed", async (store) => {
      const [nas, phone] = [parseMac("00:11:32:00:00:10"), parseMac("52:54:00:00:00:02")];
      assert.ok(nas !== undefined && phone !== undefined);
      const survey = (at: number, present: readonly Neighbour[]) =>
        store.devices.record({
          watch: "ssh",
          at,
          present,
          names: new Map([
            [nas, [{ name: 'disk "one"', source: "mdns" }]],
            [phone, []],
          ]),
          vendors: new Map([[nas, "Synology Incorporated"]]),
          probed: [],
          policy: { goneAfter: 3, flapLimit: 4, flapWindowMs: hour },
          audiences: [],
        });
      await look(store, { at: start, ports: [22, 443], sees: hosts.map((host) => sighting(host, 22)) });
      await look(store, { at: start, watch: "web", sees: [sighting("10.0.0.9", 443, { hostname: "cellar.lan" })] });
      const link = "eth0";
      await survey(start, [{ address: address("10.0.0.10"), mac: nas, link }]);
      await survey(start + 1, [
        { address: address("10.0.0.9"), mac: nas, link },
        { address: address("fd00::2"), mac: nas, link },
        { address: address("fe80::1%eth1"), mac: nas, link },
        { address: address("10.0.0.10"), mac: phone, link },
      ]);
      await store.devices.setName(nas, "Cellar");
      const verdict = (port: number, verdict: "exposed" | "protected") => ({
        address: address("10.0.0.9"),
        port,
        results: [{ check: "exposure", passed: true, verdict, output: "", facts: {} }],
        memory: "{}",
        news: [],
      });
      for (const [watch, service] of [
        ["ssh", verdict(22, "protected")],
        ["web", verdict(443, "exposed")],
      ] as const)
        await store.examinations.record({ watch, at: start + 2, services: [service], audiences: [] });
      const list = async (query: Omit<ServiceQuery, "limit">) => {
        const pages = pagesOf((after) => store.services.list({ limit: 2, ...query, after }));
        return (await Array.fromAsync(pages)).flat();
      };
      const found = async (query: Omit<ServiceQuery, "limit">) =>
        (await list(query)).map((service) => `${service.address} ${service.port}`);
      const hostsOf = async (query: Omit<HostQuery, "limit">) => {
        const pages = pagesOf((after) => store.services.hosts({ limit: 2, ...query, after }));
        return (await Array.fromAsync(pages)).flat().map((host) => host.address);
      };
      const all = ["10.0.0.9 22", "10.0.0.9 443", "fd00::2 22", "fe80::1%eth1 22"];
      const ofNas: readonly Omit<ServiceQuery, "limit">[] = [
        { mac: nas },
        { vendor: "SYNOLOGY" },
        { deviceName: "cell" },
        { deviceName: 'K "O' },
      ];
      for (const sort of ["address", "firstSeen", "lastSeen"] as const) {
        for (const query of ofNas)
          assert.deepEqual((await found({ ...query, sort })).toSorted(), all, JSON.stringify(query));
        assert.deepEqual(await found({ vendor: "acme", sort }), []);
        assert.deepEqual(await found({ mac: phone, sort }), ["10.0.0.10 22"]);
        assert.deepEqual(await found({ exposed: true, sort }), ["10.0.0.9 443"]);
        assert.equal((await found({ exposed: false, sort })).length, hosts.length);
      }
      assert.deepEqual(await found({ deviceName: "CELLAR.lan" }), ["10.0.0.9 443"]);
      assert.deepEqual(await found({ deviceName: "mdns" }), [], "the source is not a name");
      assert.deepEqual(await hostsOf({ vendor: "synology" }), ["10.0.0.9", "fd00::2", "fe80::1%eth1"]);
      assert.deepEqual(await hostsOf({ deviceName: "cellar", order: "descending" }), [
        "fe80::1%eth1",
        "fd00::2",
        "10.0.0.9",
      ]);
      assert.deepEqual(await hostsOf({ mac: phone }), ["10.0.0.10"]);
      assert.deepEqual(await hostsOf({ mac: nas, port: 443 }), ["10.0.0.9"]);
      const device = {
        mac: nas,
        name: "Cellar",
        names: ["Cellar", 'disk "one"'],
        vendor: "Synology Incorporated",
        approved: false,
      };
      for (const sort of ["address", "lastSeen"] as const) {
        const rows = await list({ sort, detailed: true });
        for (const row of rows) {
          const isOfNas = all.includes(`${row.address} ${row.port}`);
          if (isOfNas) assert.deepEqual(row.device, device);
          else assert.equal(row.device?.mac, row.address === "10.0.0.10" ? phone : undefined);
          assert.equal(row.exposed, row.port === 443 ? true : undefined);
        }
      }
      const detailed = (await store.services.hosts({ limit: 9, detailed: true })).rows;
      assert.deepEqual(
        detailed.map((host) => [host.device?.mac, host.exposed]),
        ordered.map((host) => {
          const isOfNas = all.some((service) => service.startsWith(`${host} `));
          return [isOfNas ? nas : host === "10.0.0.10" ? phone : undefined, host === "10.0.0.9" ? true : undefined];
        }),
      );
      assert.equal((await list({}))[0]?.device, undefined);
      // Gone twice, because each watch may miss a host once.
      for (const after of [3, 4]) await look(store, { watch: "web", at: start + after, ports: [443], sees: [] });
      assert.deepEqual(
        (await list({ detailed: true })).filter(({ exposed }) => exposed === true),
        [],
      );
      assert.deepEqual(await found({ exposed: true }), []);
      const hostsNow = (await store.services.hosts({ limit: 9, detailed: true })).rows;
      assert.ok(hostsNow.every(({ exposed }) => exposed === undefined));
    });

    t("are summarised by host, in pages, whichever services fit", async (store) => {
      const printer = { hostname: "printer.lan", mac: "aa:bb:cc:dd:ee:ff", vendor: "ACME" };
      await look(store, {
        at: start,
        ports: [22, 443],
        sees: hosts.flatMap((host) => [sighting(host, 443, printer), sighting(host, 22)]),
      });
      await look(store, { at: start + 1, watch: "web", sees: [sighting("10.0.0.9", 80), sighting("fd00::2", 80)] });
      await look(store, { at: start + 2, watch: "web", sees: [sighting("fd00::2", 80, { hostname: "new.lan" })] });
      const inPages = async (query: Omit<HostQuery, "limit">, limit = 3) => {
        const pages = pagesOf((after) => store.services.hosts({ ...query, limit, after }));
        return (await Array.fromAsync(pages)).flat();
      };
      const addressesIn = async (query: Omit<HostQuery, "limit">, limit?: number) =>
        (await inPages(query, limit)).map((host) => host.address);
      for (const limit of [1, 2, 3, 4, 100]) {
        assert.deepEqual(await addressesIn({}, limit), ordered);
        assert.deepEqual(await addressesIn({ order: "descending" }, limit), ordered.toReversed());
      }
      for (const order of ["ascending", "descending"] as const) {
        const found = async (query: Omit<HostQuery, "limit">) => (await addressesIn({ ...query, order }, 1)).toSorted();
        assert.deepEqual(await found({ port: 80 }), ["10.0.0.9", "fd00::2"]);
        assert.deepEqual(await found({ watch: "web", state: "present" }), ["fd00::2"]);
        assert.deepEqual(await found({ state: "gone" }), ["10.0.0.9"]);
        assert.deepEqual(await found({ state: "gone", port: 22 }), []);
        assert.deepEqual(await found({ watch: "nobody" }), []);
      }
      const summaries = new Map((await inPages({})).map((host) => [host.address, host]));
      assert.deepEqual(summaries.get(address("fd00::2")), {
        address: "fd00::2",
        firstSeen: start,
        lastSeen: start + 2,
        hostnames: ["new.lan", "printer.lan"],
        macs: ["aa:bb:cc:dd:ee:ff"],
        vendors: ["ACME"],
        serviceCount: 3,
        states: ["present"],
      });
      assert.deepEqual(summaries.get(address("10.0.0.9"))?.states, ["gone", "present"]);
      const { next } = await store.services.hosts({ limit: 1 });
      await assert.rejects(store.services.list({ limit: 1, after: next }), /the cursor is not from this list/);
      await assert.rejects(
        store.services.hosts({ limit: 1, after: (await store.services.list({ limit: 1 })).next }),
        /the cursor is not from this list/,
      );
    });

    t("keep attributes made safe, and lose none that the next scan did not ask for", async (store) => {
      const first = {
        hostname: "printer\u001b[31m.lan",
        mac: "aa:bb:cc:dd:ee:ff",
        vendor: "ACME",
        service: { name: "ssh", product: "Dropbear", version: "2022.83" },
      };
      await look(store, { at: start, sees: [sighting("10.0.0.1", 22, first), sighting("fd00::1", 22, first)] });
      await look(store, {
        at: start + 1,
        sees: [sighting("10.0.0.1", 22, { hostname: "printer.lan" }), sighting("fd00::1")],
      });
      const [four, six] = (await store.services.list({ limit: 2 })).rows;
      assert.equal(four?.hostname, "printer.lan");
      assert.equal(six?.hostname, "printer.[31m.lan");
      for (const service of [four, six]) {
        assert.equal(service?.vendor, "ACME");
        assert.equal(service?.product, "Dropbear");
        assert.equal(service?.version, "2022.83");
        assert.equal(service?.lastSeen, start + 1);
        assert.equal(service?.firstSeen, start);
      }
    });

    t("are shown to scripts of the earlier tool as a view per port", async (store, database) => {
      const seen = new Date(2026, 5, 7, 8, 9, 10, 123).getTime();
      await look(store, { at: seen, sees: [sighting("10.0.0.1"), sighting("fd00::1"), sighting("192.168.255.7")] });
      await look(store, { at: seen + 1000, sees: [sighting("10.0.0.1")] });
      const rows = await database.query(
        "select ip_address, first_seen, last_seen from hosts_port_22 order by ip_address",
      );
      assert.deepEqual(
        rows.map((row) => ({ ...row })),
        [
          { ip_address: "10.0.0.1", first_seen: "2026-06-07T08:09:10.123000", last_seen: "2026-06-07T08:09:11.123000" },
          {
            ip_address: "192.168.255.7",
            first_seen: "2026-06-07T08:09:10.123000",
            last_seen: "2026-06-07T08:09:10.123000",
          },
          { ip_address: "fd00::1", first_seen: "2026-06-07T08:09:10.123000", last_seen: "2026-06-07T08:09:10.123000" },
        ],
      );
    });

    t("have the time when they were last seen, whichever scan saw them", async (store) => {
      const all = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"].map((host) => sighting(host));
      const none = { coverage: { kind: "none" as const }, status: "partial" as const };
      await look(store, { at: start, sees: all });
      // A minority: each gets its own time. A majority: the others keep theirs.
      await look(store, { at: start + 1, sees: all.slice(0, 1), outcome: none });
      await look(store, { at: start + 2, sees: all.slice(1), outcome: none });
      await look(store, { at: start + 3, sees: all.slice(4), outcome: none });
      await look(store, { at: start + 4, sees: [], outcome: none });
      const services = (await store.services.list({ limit: 10 })).rows;
      assert.deepEqual(
        services.map(({ lastSeen }) => lastSeen - start),
        [1, 2, 2, 2, 3],
      );
    });

    t("are still there after closing and opening", async (store, database) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const other = await database.open();
      try {
        assert.equal(await other.services.count(), 1);
        assert.equal((await other.scans.list({ limit: 1 })).rows[0]?.status, "complete");
      } finally {
        await other[Symbol.asyncDispose]();
      }
    });
  });

  // PGlite has one session, which cannot exclude itself.
  if (!kind.hasSessions) return;
  describe("scans", () => {
    t("are listed by status, engine and start", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      await look(store, { at: start + 1, sees: [], outcome: { status: "failed", engine: "nmap", reason: "no route" } });
      await look(store, { at: start + 2, sees: [sighting("10.0.0.1")] });
      const started = async (query: Omit<ScanQuery, "limit">) =>
        (await store.scans.list({ ...query, limit: 9 })).rows.map(({ startedAt }) => startedAt - start);
      assert.deepEqual(await started({ status: "failed" }), [1]);
      assert.deepEqual(await started({ status: "complete" }), [2, 0]);
      assert.deepEqual(await started({ engine: "nmap" }), [1]);
      assert.deepEqual(await started({ since: start + 1 }), [2, 1]);
      assert.deepEqual(await started({ since: start, until: start + 2, order: "ascending" }), [0, 1]);
      assert.deepEqual(await started({ status: "complete", since: start + 1, watch: "ssh" }), [2]);
      assert.deepEqual(await started({ status: "partial" }), []);
    });
  });

  describe("the lock", () => {
    t("is held by one process, and names it", async (store, database) => {
      const other = await database.open();
      try {
        const held = await store.lock("harbinger run");
        assert.equal(held.kind, "held");
        const refused = await other.lock("harbinger scan");
        assert.ok(refused.kind === "busy");
        assert.match(refused.holder, /harbinger run/);
        if (held.kind === "held") await held[Symbol.asyncDispose]();
        const taken = await other.lock("harbinger scan");
        assert.equal(taken.kind, "held");
        if (taken.kind === "held") await taken[Symbol.asyncDispose]();
      } finally {
        await other[Symbol.asyncDispose]();
      }
    });

    t("is released when the store is closed", async (store, database) => {
      const other = await database.open();
      assert.equal((await other.lock("first")).kind, "held");
      await other[Symbol.asyncDispose]();
      const lock = await store.lock("second");
      assert.equal(lock.kind, "held");
    });

    t("marks scans that a dead process left running as abandoned, but not its own", async (store, database) => {
      const other = await database.open();
      const orphan = await other.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start });
      await orphan.add([sighting("10.0.0.1")]);
      await other[Symbol.asyncDispose]();
      const own = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start });
      await store.lock("harbinger run");
      const records = (await store.scans.list({ limit: 2 })).rows;
      assert.deepEqual(
        records.map(({ id, status }) => [id, status]),
        [
          [own.id, "running"],
          [orphan.id, "abandoned"],
        ],
      );
      await own.abandon();
    });
  });
}
