import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { temporaryFolder } from "../../test/harness/cli.ts";
import { alert, connection, record } from "../../test/store/inbound-sample.ts";
import { hour, look, operators, send, sighting, start } from "../../test/store/sample.ts";
import type { Log, LogFields } from "../core/log.ts";
import { silentLog } from "../core/log.ts";
import type { Store } from "../core/store.ts";
import { systemClock } from "../platform/system-clock.ts";
import { openStore } from "../store/open-store.ts";
import { pruneExpired } from "./housekeeping.ts";
import { pruneToSize } from "./prune-to-size.ts";

const day = 24 * hour;
const years = 10 * 365 * day;

async function fill(store: Store, { batches, at }: { readonly batches: number; readonly at: number }): Promise<void> {
  for (let batch = 0; batch < batches; batch++) {
    const many = Array.from({ length: 1000 }, (_, i) =>
      connection(`${at} ${batch} ${i}`, { at: at + batch * 1000 + i, payload: new Uint8Array(randomBytes(2000)) }),
    );
    await record(store, many, []);
  }
}

test("above its limit the database prunes the oldest connections first, and its file shrinks to the limit", async () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "harbinger.db");
  const maxBytes = 20_000_000;
  {
    await using store = await openStore({ location: file });
    await look(store, { at: start, sees: [sighting("10.0.0.1")], outcome: { audiences: [] } });
    await look(store, { at: start + 1, sees: [sighting("10.0.0.1")], outcome: { audiences: [] } });
    await fill(store, { batches: 10, at: start });
    assert.ok((await store.usedBytes(maxBytes)) > 40_000_000);
    const { pruned, excess } = await pruneToSize(store, { maxBytes, now: start + 3 * day });
    assert.equal(excess, undefined);
    assert.equal(await store.connections.count(), 10_000 - pruned);
    assert.ok(pruned > 3000 && pruned < 7500, `${pruned}`);
    assert.equal((await store.scans.list({ limit: 9 })).rows.length, 2, "connections were enough");
    await store.releaseSpace();
  }
  const { size } = statSync(file);
  assert.ok(size < maxBytes + 4096 * 4096, `${size}`);
});

test("recent, waiting and known records stay above the limit; one warning names the largest tables", async () => {
  using folder = temporaryFolder();
  await using store = await openStore({ location: path.join(folder.path, "harbinger.db") });
  const lines: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  const log: Log = { ...silentLog, warn: (message, fields) => void lines.push({ message, fields }) };
  let now = start + 3 * day;
  const retention = {
    reportsMs: years,
    hostsMs: years,
    connectionsMs: years,
    connectionsAtMost: 1_000_000,
    connectionsMaxBytes: 1_000_000_000,
    scansAtMost: 1_000_000,
    discoveriesAtMost: 1_000_000,
    maxBytes: 10_000_000,
    reportFiles: {},
  };
  await look(store, { at: start, sees: [sighting("10.0.0.1")] });
  const waiting = await send(store, operators, "waits", start);
  await record(store, [], [alert("waits", start)]);
  await fill(store, { batches: 1, at: start });
  await fill(store, { batches: 4, at: now + 1000 });
  const logged = { tooLarge: false };
  const household = { store, retention, clock: { ...systemClock, now: () => now }, log };
  await pruneExpired(household, logged);
  assert.equal(await store.connections.count(), 4000);
  assert.equal((await store.deliveries.get(waiting))?.state, "sending");
  assert.equal((await store.alerts.pending({ limit: 9 })).length, 1);
  assert.equal(await store.services.count(), 1);
  const complaints = () => lines.filter(({ message }) => message.includes("larger than retention.max_size"));
  assert.equal(complaints().length, 1);
  assert.match(String(complaints()[0]?.fields?.["largestTables"]), /^connections \d+ MB/);
  await pruneExpired(household, logged);
  assert.equal(complaints().length, 1);
  // A clock that jumps ahead does not make them old.
  now = start + years;
  await pruneExpired(household, logged);
  assert.equal(await store.connections.count(), 4000);
  now = start + 3 * day;
  for (let days = 3; days < 6; days++) {
    now = start + days * day;
    await pruneExpired(household, logged);
  }
  assert.ok((await store.connections.count()) < 4000);
  assert.equal((await store.alerts.pending({ limit: 9 })).length, 1);
});

test("killed while pruning, the database is intact, and the next pass continues", async () => {
  using folder = temporaryFolder();
  const file = path.join(folder.path, "harbinger.db");
  {
    await using store = await openStore({ location: file });
    await fill(store, { batches: 5, at: start });
  }
  const limit = { maxBytes: 10_000_000, now: start + 3 * day };
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, "../../test/store/forgetting-child.ts"), file, JSON.stringify(limit)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const exited = new Promise((resolve) => child.on("exit", (_, signal) => resolve(signal)));
  for await (const _ of createInterface(child.stdout)) child.kill("SIGKILL");
  assert.equal(await exited, "SIGKILL");
  await using store = await openStore({ location: file });
  const left = await store.connections.count();
  assert.ok(left < 5000, `${left}`);
  assert.equal((await pruneToSize(store, limit)).excess, undefined);
  assert.ok((await store.connections.count()) < left, "the kill came too late to matter");
  using database = new DatabaseSync(file, { readOnly: true });
  assert.equal(database.prepare("pragma integrity_check").get()?.["integrity_check"], "ok");
});
