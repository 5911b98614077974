import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { HarbingerError } from "../../src/core/errors.ts";
import { type Log, silentLog } from "../../src/core/log.ts";
import type { Store } from "../../src/core/store.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { look, minute, policy, sighting } from "./sample.ts";

type Row = readonly [address: string, firstSeen: string, lastSeen: string];

/** A database as the earlier tool leaves it. */
function earlierDatabase(t: TestContext, ports: Readonly<Record<number, readonly Row[]>>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-takeover-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "harbinger.db");
  const database = new DatabaseSync(file);
  for (const [port, rows] of Object.entries(ports)) {
    database.exec(`CREATE TABLE IF NOT EXISTS hosts_port_${port} (
      ip_address TEXT PRIMARY KEY,
      first_seen TEXT NOT NULL,
      last_seen TEXT NOT NULL
    )`);
    const insert = database.prepare(`INSERT INTO hosts_port_${port} VALUES (?, ?, ?)`);
    for (const row of rows) insert.run(...row);
  }
  database.close();
  return file;
}

function open(file: string, log: Log = silentLog): Promise<Store> {
  return openSqliteStore({ file, clock: systemClock, log, role: "all" });
}

function query(file: string, sql: string) {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

const rows22: readonly Row[] = [
  ["192.168.1.9", "2024-09-25T14:30:22.123456", "2024-10-01T08:00:00.000001"],
  ["192.168.1.10", "2024-09-25T14:30:22", "2024-10-01T08:00:00"],
];

test("hosts of the earlier tool are known, and none of them is new", async (t) => {
  const file = earlierDatabase(t, {
    22: rows22,
    443: [["192.168.1.9", "2024-01-01T00:00:00.5", "2024-01-02T00:00:00"]],
  });
  const store = await open(file);
  t.after(() => store[Symbol.asyncDispose]());
  const services = (await store.services.list({ limit: 10 })).rows;
  assert.deepEqual(
    services.map(({ address, port, firstSeen }) => [address, port, firstSeen]),
    [
      ["192.168.1.9", 22, new Date(2024, 8, 25, 14, 30, 22, 123).getTime()],
      ["192.168.1.9", 443, new Date(2024, 0, 1, 0, 0, 0, 500).getTime()],
      ["192.168.1.10", 22, new Date(2024, 8, 25, 14, 30, 22).getTime()],
    ],
  );
  const at = Date.UTC(2026, 0, 1);
  const summary = await look(store, { at, sees: [sighting("192.168.1.9"), sighting("192.168.1.77")] });
  assert.deepEqual(summary.counts, { new: 1, gone: 0, returned: 0, flapping: 0, changed: 0, present: 2, sighted: 2 });
  assert.equal(summary.firstScan, false);
  assert.equal((await store.discoveries.list({ limit: 9 })).rows[0]?.firstScan, false);
  assert.deepEqual(
    (await store.services.list({ limit: 9, watch: "ssh", state: "inherited" })).rows.map((s) => s.address),
    ["192.168.1.10"],
  );
  // Another watch of the port inherits the same; a port that the tool never watched has nothing.
  const other = await look(store, { at, watch: "ssh-2", sees: [sighting("192.168.1.10")] });
  assert.equal(other.counts.new, 0);
});

test("an inherited host that was never seen again does not become gone, and one that was seen does", async (t) => {
  const store = await open(earlierDatabase(t, { 22: rows22 }));
  t.after(() => store[Symbol.asyncDispose]());
  const at = Date.UTC(2026, 0, 1);
  const impatient = { policy: { ...policy, goneAfter: 1 } };
  await look(store, { at, sees: [sighting("192.168.1.9")], outcome: impatient });
  const summary = await look(store, { at: at + minute, sees: [], outcome: impatient });
  assert.equal(summary.counts.gone, 1);
  assert.equal((await store.discoveries.list({ limit: 1 })).rows[0]?.address, "192.168.1.9");
  assert.equal((await store.services.list({ limit: 9, state: "inherited" })).rows.length, 1);
});

test("the tables become views with the same columns and times", async (t) => {
  const file = earlierDatabase(t, { 22: rows22 });
  const store = await open(file);
  await look(store, { at: new Date(2026, 0, 2, 3, 4, 5, 6).getTime(), sees: [sighting("192.168.1.10")] });
  await store[Symbol.asyncDispose]();
  assert.deepEqual(query(file, "select * from hosts_port_22 order by first_seen desc"), [
    { ip_address: "192.168.1.9", first_seen: "2024-09-25T14:30:22.123000", last_seen: "2024-10-01T08:00:00.000000" },
    { ip_address: "192.168.1.10", first_seen: "2024-09-25T14:30:22.000000", last_seen: "2026-01-02T03:04:05.006000" },
  ]);
});

test("a private copy of the earlier database stays beside it", async (t) => {
  const file = earlierDatabase(t, { 22: rows22 });
  await (await open(file))[Symbol.asyncDispose]();
  await (await open(file))[Symbol.asyncDispose]();
  const copies = readdirSync(path.dirname(file)).filter((name) => name.includes("before-harbinger"));
  assert.equal(copies.length, 1);
  const copy = path.join(path.dirname(file), copies[0] ?? "");
  assert.deepEqual(
    query(copy, "select ip_address, first_seen, last_seen from hosts_port_22").map(Object.values),
    rows22.map((row) => [...row]),
  );
  if (process.platform !== "win32") {
    assert.equal(statSync(copy).mode & 0o777, 0o600);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  }
});

test("rows without a valid address are kept aside, counted and reported", async (t) => {
  const file = earlierDatabase(t, {
    22: [...rows22, ["300.1.1.1", "2024-01-01T00:00:00", "x"], ["printer", "y", "z"], ["fd00:0:0::1", "bad", "bad"]],
  });
  const warnings: unknown[] = [];
  const store = await open(file, { ...silentLog, warn: (_message, fields) => warnings.push(fields) });
  assert.equal(await store.services.count(), 3);
  assert.deepEqual(warnings, [{ rows: 2 }]);
  await store[Symbol.asyncDispose]();
  assert.deepEqual(query(file, "select * from takeover_rejects"), [
    { port: 22, ip_address: "300.1.1.1", first_seen: "2024-01-01T00:00:00", last_seen: "x" },
    { port: 22, ip_address: "printer", first_seen: "y", last_seen: "z" },
  ]);
});

test("an aborted takeover leaves the earlier database unchanged, and is repeated", async (t) => {
  const file = earlierDatabase(t, { 22: rows22 });
  const failing = {
    ...silentLog,
    info(message: string) {
      if (message.startsWith("imported hosts from the legacy database")) throw new Error("killed");
    },
  };
  await assert.rejects(open(file, failing));
  assert.deepEqual(query(file, "select name, type from sqlite_schema where type <> 'index'"), [
    { name: "hosts_port_22", type: "table" },
  ]);
  const store = await open(file);
  t.after(() => store[Symbol.asyncDispose]());
  assert.equal(await store.services.count(), 2);
});

test("the database of another program is not changed", async (t) => {
  const file = earlierDatabase(t, {});
  const database = new DatabaseSync(file);
  database.exec("create table moz_places (id integer primary key)");
  database.close();
  await assert.rejects(
    open(file),
    (error) => error instanceof HarbingerError && error.code === "store" && /another program/.test(error.message),
  );
  assert.deepEqual(query(file, "pragma journal_mode"), [{ journal_mode: "delete" }]);
});
