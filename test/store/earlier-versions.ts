import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Store } from "../../src/core/store.ts";
import { queueAlert } from "./inbound-sample.ts";
import { address, claimAll, look, operators, sighting } from "./sample.ts";

/** The content of the databases in fixtures/, by schema version; fixtures/README.md describes how they were made. */
export const earlierVersions = [1, 2, 3, 4, 5, 6] as const;

export type EarlierVersion = (typeof earlierVersions)[number];

export function fixture(version: EarlierVersion, kind: "db" | "sql"): Buffer {
  return gunzipSync(readFileSync(new URL(`./fixtures/schema-${version}.${kind}.gz`, import.meta.url)));
}

/** Verifies that everything an earlier version stored can be read and used. */
export async function checkEarlierVersion(store: Store, version: EarlierVersion): Promise<void> {
  await checkHosts(store);
  if (version >= 2) await checkConnections(store);
  if (version >= 3) await checkExaminations(store);
  if (version >= 4) await checkDevices(store);
  await checkDeliveries(store, version);
  await goOn(store);
}

async function checkHosts(store: Store): Promise<void> {
  const services = (await store.services.list({ limit: 99 })).rows;
  assert.deepEqual(
    services.map((service) => [service.address, service.port, service.watches[0]?.watch, service.watches[0]?.state]),
    ["10.77.0.2", "fd77::2"].flatMap((host) => [
      [host, 22, "lan", "present"],
      [host, 80, "lan", "gone"],
      [host, 443, "lan", "present"],
      [host, 8080, "lan", "present"],
    ]),
  );
  const discoveries = (await store.discoveries.list({ limit: 99 })).rows;
  const count = (kind: string) => discoveries.filter((discovery) => discovery.kind === kind).length;
  assert.deepEqual([count("gone"), count("new") >= 8], [2, true]);
  const scans = (await store.scans.list({ limit: 99 })).rows;
  assert.ok(scans.length >= 3);
  for (const scan of scans) assert.match(scan.status, /^(?:complete|partial)$/);
}

async function checkConnections(store: Store): Promise<void> {
  const connections = (await store.connections.list({ limit: 99 })).rows;
  assert.equal(connections.length, 11);
  const count = (protocol: string) =>
    connections.filter(({ identification }) => identification.protocol === protocol).length;
  assert.deepEqual(["http", "redis", "tls", "unknown", "none"].map(count), [4, 2, 2, 2, 1]);
  const unknown = connections.find(({ identification }) => identification.protocol === "unknown");
  assert.deepEqual(unknown?.payload, Uint8Array.of(0, 255, 1, 2, 10, 65));
  const [oldest] = connections.toReversed();
  assert.equal(oldest?.peer.address, "10.77.0.2");
  const sources = (await store.connections.sources({ limit: 9 })).rows;
  assert.deepEqual(
    sources.map(({ address: peer, count, firstAt, lastAt, protocols }) => [peer, count, firstAt, lastAt, protocols]),
    [...Map.groupBy(connections, ({ peer }) => peer.address)].map(([peer, some]) => [
      peer,
      some.length,
      Math.min(...some.map(({ at }) => at)),
      Math.max(...some.map(({ at }) => at)),
      [...new Set(some.map(({ identification }) => identification.protocol as string))].sort(),
    ]),
  );
}

async function checkExaminations(store: Store): Promise<void> {
  const results = await store.examinations.results({ address: address("10.77.0.2") });
  const names = new Set(results.map(({ check }) => check));
  assert.ok(names.has("http") && names.has("cert"), [...names].join());
  const certificates = (await store.examinations.certificates({ limit: 99 })).rows;
  assert.equal(certificates.length, 2);
}

async function checkDevices(store: Store): Promise<void> {
  const [device, ...others] = (await store.devices.list({ limit: 9 })).rows;
  assert.deepEqual([device?.name, device?.approved, others.length], ["Printer", true, 0]);
  assert.ok(device?.addresses.some(({ address: at }) => at === "10.77.0.2"));
}

/** The newest report to the office waits, with everything that was announced before; alerts wait; the topic is removed. */
async function checkDeliveries(store: Store, version: EarlierVersion): Promise<void> {
  const deliveries = (await store.deliveries.list({ limit: 99 })).rows;
  const waiting = deliveries.filter(({ state }) => state === "queued" || state === "open");
  const reports = waiting.filter(({ label }) => label === "Office");
  assert.equal(reports.length, 1);
  const deliveryId = reports[0]?.id ?? 0;
  const announced = await store.deliveries.announced({ deliveryId, limit: 99, offset: 0 });
  assert.ok(announced.length >= 10, `${announced.length} announced`);
  assert.deepEqual(new Set(announced.map(({ watch }) => watch)), new Set(["lan"]));
  for (const delivery of waiting) assert.ok(delivery.message !== undefined);
  if (version === 1) return;
  const pushed = waiting.filter(({ channel }) => channel === "ntfy");
  assert.ok(pushed.length > 0);
  for (const { recipient } of pushed) assert.equal(recipient, "ntfy");
}

/** A scan, a report and an alert, as in the next run. */
async function goOn(store: Store): Promise<void> {
  const now = Date.UTC(2026, 10, 30);
  const audience = { ...operators, label: "Office", watches: ["lan"] };
  const ports = [22, 80, 443, 8080];
  const known = ["10.77.0.2", "fd77::2"].flatMap((host) => [22, 443, 8080].map((port) => sighting(host, port)));
  const summary = await look(store, {
    watch: "lan",
    at: now,
    ports,
    sees: [...known, sighting("10.77.0.3")],
    outcome: { audiences: [audience] },
  });
  assert.deepEqual([summary.firstScan, summary.counts.new, summary.counts.gone], [false, 1, 0]);
  const [found] = (await store.discoveries.list({ address: address("10.77.0.3"), limit: 1 })).rows;
  assert.equal(found?.kind, "new");
  const { deliveryId } = await store.deliveries.gather(audience, now);
  const announced = await store.deliveries.announced({ deliveryId, limit: 99, offset: 0 });
  assert.ok(announced.some((discovery) => discovery.address === "10.77.0.3"));
  assert.ok(announced.some((discovery) => discovery.address === "fd77::2"));
  await queueAlert(store, "after the update", now);
  for (const { id } of await claimAll(store, now))
    await store.deliveries.recordOutcome(id, { kind: "delivered" }, { at: now });
  assert.deepEqual((await store.deliveries.list({ states: ["queued", "sending"], limit: 9 })).rows, []);
}
