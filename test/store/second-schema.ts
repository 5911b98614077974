import assert from "node:assert/strict";
import type { Store } from "../../src/core/store.ts";
import { address, announcedBy, operators, start } from "./sample.ts";

/** A scan that found 10.0.0.1 and fd00::1, as the second version stored it: later statements would need later columns. */
export const secondSchemaRows = `
  insert into watches (id, name, seen_at, first_complete_scan) values (1, 'ssh', ${start}, 1);
  insert into scans (watch_id, ports, engine, started_at, ended_at, status, notes, coverage, sighted)
    values (1, '22', 'connect', ${start}, ${start}, 'complete', '[]', 'everything', 2);
  insert into ipv6_addresses (id, sort_key, address) values (1, 'fd000000000000000000000000000001', 'fd00::1');
  insert into services (endpoint, first_seen, last_seen, product)
    values (${(10 * 2 ** 24 + 1) * 65536 + 22}, ${start}, ${start}, 'OpenSSH'),
      (${2 ** 48 + 65536 + 22}, ${start}, ${start}, null);
  insert into presence (watch_id, endpoint, state, misses, first_seen, product)
    select 1, endpoint, 'present', 0, first_seen, product from services;
  insert into discoveries (watch_id, scan_id, kind, at, endpoint, first_seen, last_seen, evidence, is_first_scan, is_quiet)
    select 1, 1, 'new', ${start}, endpoint, first_seen, first_seen, 'SSH-2.0', 1, 0 from services;
`;

/** Verifies that all of it is there after the migration, and that results of checks can be stored. */
export async function checkSecondSchema(store: Store): Promise<void> {
  const services = (await store.services.list({ limit: 9 })).rows;
  assert.deepEqual(
    services.map((service) => [service.address, service.product, service.watches[0]?.state]),
    [
      ["10.0.0.1", "OpenSSH", "present"],
      ["fd00::1", undefined, "present"],
    ],
  );
  assert.deepEqual(
    (await store.discoveries.list({ limit: 9 })).rows.map(({ evidence }) => evidence),
    ["SSH-2.0", "SSH-2.0"],
  );
  const due = { watch: "ssh", examinedBefore: start, now: start, limit: 9 };
  assert.deepEqual(await store.examinations.due(due), [
    { address: "10.0.0.1", port: 22 },
    { address: "fd00::1", port: 22 },
  ]);
  const service = { address: address("fd00::1"), port: 22, results: [], memory: "{}" };
  const news = [{ kind: "changed" as const, detail: "was a, is b" }];
  await store.examinations.record({
    watch: "ssh",
    at: start,
    services: [{ ...service, news }],
    audiences: [operators],
  });
  assert.equal((await store.examinations.due(due)).length, 1);
  const { deliveryId } = await store.deliveries.gather(operators, start);
  assert.deepEqual(await announcedBy(store, deliveryId), ["changed fd00::1"]);
}
