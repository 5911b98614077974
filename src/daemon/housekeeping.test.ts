import assert from "node:assert/strict";
import { test } from "node:test";
import { temporaryFolder } from "../../test/harness/cli.ts";
import { connection, record } from "../../test/store/inbound-sample.ts";
import { hour, look, sighting, start } from "../../test/store/sample.ts";
import { silentLog } from "../core/log.ts";
import { systemClock } from "../platform/system-clock.ts";
import { openStore } from "../store/open-store.ts";
import { pruneExpired } from "./housekeeping.ts";

const day = 24 * hour;
const retention = {
  reportsMs: 90 * day,
  hostsMs: 90 * day,
  connectionsMs: 90 * day,
  connectionsAtMost: 1000,
  connectionsMaxBytes: 1_000_000_000,
  scansAtMost: 1000,
  discoveriesAtMost: 1000,
  maxBytes: 10_000_000_000,
  reportFiles: {},
};

test("a clock that is ten years ahead for a while deletes nothing, and one that keeps running deletes old records", async () => {
  using folder = temporaryFolder();
  let now = start;
  await using store = await openStore({ location: `${folder.path}/harbinger.db`, thread: "caller" });
  const household = { store, retention, clock: { ...systemClock, now: () => now }, log: silentLog };
  for (let scan = 0; scan < 3; scan++) await look(store, { at: start + scan, sees: [sighting("10.0.0.1")] });
  await record(store, [connection("a")], []);
  await pruneExpired(household);
  for (let run = 0; run < 20; run++) {
    now = Date.UTC(2036, 0, 1) + run * hour;
    await pruneExpired(household);
  }
  assert.equal((await store.scans.list({ limit: 9 })).rows.length, 3);
  assert.equal(await store.connections.count(), 1);
  for (let days = 0; days <= 92; days++) {
    now = start + days * day;
    await pruneExpired(household);
  }
  // The last one, and one whose report is not yet delivered.
  assert.equal((await store.scans.list({ limit: 9 })).rows.length, 2);
  assert.equal(await store.connections.count(), 0);
});
