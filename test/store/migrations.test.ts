import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { silentLog } from "../../src/core/log.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { type Migration, migrations } from "../../src/store/migrations/migrations.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { checkFourthSchema, fourthSchemaRows } from "./fourth-schema.ts";
import { queueAlert } from "./inbound-sample.ts";
import { address, look, message, operators, sighting, start } from "./sample.ts";
import { checkSecondSchema, secondSchemaRows } from "./second-schema.ts";

/** The next step, as a later version of this program might have it. */
const next: Migration = {
  version: migrations.length + 1,
  async up(transaction) {
    await sql`alter table services add column note text`.execute(transaction);
  },
};

async function olderDatabase(t: TestContext): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-migration-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "harbinger.db");
  const store = await open(file, migrations);
  await look(store, { at: start, sees: [sighting("10.0.0.1")] });
  await store[Symbol.asyncDispose]();
  return file;
}

function open(file: string, steps: readonly Migration[]) {
  return openSqliteStore({ file, clock: systemClock, log: silentLog, role: "all", migrations: steps });
}

function version(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare("select value from meta where key = 'schema'").get()?.["value"];
  } finally {
    database.close();
  }
}

function copies(file: string): readonly string[] {
  return readdirSync(path.dirname(file))
    .filter((name) => name.includes(".schema-"))
    .map((name) => path.join(path.dirname(file), name));
}

test("an older schema is migrated, and a copy of it is kept", async (t) => {
  const file = await olderDatabase(t);
  const store = await open(file, [...migrations, next]);
  assert.equal(await store.services.count(), 1);
  await store[Symbol.asyncDispose]();
  assert.equal(version(file), String(next.version));
  assert.deepEqual(copies(file).map(version), [String(migrations.length)]);
  await (await open(file, [...migrations, next]))[Symbol.asyncDispose]();
  assert.equal(copies(file).length, 1);
});

test("a database from before connections were stored gets them, and its deliveries are reports", async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-migration-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "harbinger.db");
  const earlier = await open(file, migrations.slice(0, 1));
  await earlier[Symbol.asyncDispose]();
  const database = new DatabaseSync(file);
  database.exec(`insert into deliveries (label, channel, recipient, state, is_sealed, created_at, attempts, is_uncertain)
    values ('Network', 'mail', 'ops@example.org', 'dead', 1, 0, 1, 0)`);
  database.close();
  const store = await open(file, migrations);
  t.after(() => store[Symbol.asyncDispose]());
  assert.equal(await store.connections.count(), 0);
  await queueAlert(store, "a", start);
  await store.deliveries.gather(operators, start + 1);
  const states = (await store.deliveries.list({ limit: 9 })).rows.map(({ id, state }) => [id, state]);
  assert.deepEqual(states, [
    [3, "open"],
    [2, "queued"],
    [1, "superseded"],
  ]);
});

test("a database from before check memory keeps its content, and every service is due", async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-migration-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "harbinger.db");
  const earlier = await open(file, migrations.slice(0, 2));
  await earlier[Symbol.asyncDispose]();
  const database = new DatabaseSync(file);
  database.exec(secondSchemaRows);
  database.close();
  const store = await open(file, migrations);
  t.after(() => store[Symbol.asyncDispose]());
  await checkSecondSchema(store);
});

test("a database from before shared payloads keeps its connections", async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-migration-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "harbinger.db");
  await (await open(file, migrations.slice(0, 4)))[Symbol.asyncDispose]();
  const database = new DatabaseSync(file);
  database.exec(fourthSchemaRows((hex) => `x'${hex}'`));
  database.close();
  const store = await open(file, migrations);
  t.after(() => store[Symbol.asyncDispose]());
  await checkFourthSchema(store);
});

test("a database from before shared bodies keeps its messages, which are sent and pruned like others", async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-migration-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "harbinger.db");
  await (await open(file, migrations.slice(0, 6)))[Symbol.asyncDispose]();
  const database = new DatabaseSync(file);
  database.exec(`insert into deliveries (label, channel, recipient, state, is_sealed, created_at, message_id, message_date,
      subject, text, html, attempts, next_attempt_at, is_uncertain)
    values ('Network', 'mail', 'ops@example.org', 'queued', 1, 0, '<one@test>', ${start}, 'Report one', 'text one', '<p>', 0, ${start}, 0)`);
  database.close();
  const store = await open(file, migrations);
  t.after(() => store[Symbol.asyncDispose]());
  const [claimed] = await store.deliveries.claim({ at: start, limit: 9 });
  assert.deepEqual(claimed?.message, { ...message("one", start), html: "<p>" });
  await store.deliveries.recordOutcome(claimed?.id ?? 0, { kind: "delivered" }, { at: start });
  assert.equal((await store.prune({ before: start + 1 })).deliveries, 1);
});

test("an address conflict from before its addresses were stored is found by them", async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-migration-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "harbinger.db");
  const earlier = await open(file, migrations.slice(0, 12));
  await earlier[Symbol.asyncDispose]();
  const database = new DatabaseSync(file);
  const conflicts = [
    "192.168.1.5, 192.168.1.6, fe80::1%eth0 and 2 more are used by two devices: 52:54:00:00:00:01 and 52:54:00:00:00:02",
    "192.168.1.5 went from nas (52:54:00:00:00:01), which is still there, to 52:54:00:00:00:02",
  ];
  database.exec("insert into watches (name) values ('devices')");
  database.exec(`insert into scans (watch_id, ports, engine, started_at, ended_at, status, notes, sighted)
    values (1, '', 'devices', ${start}, ${start}, 'examined', '[]', 2)`);
  for (const detail of conflicts)
    database
      .prepare(`insert into discoveries (watch_id, scan_id, kind, at, device, detail, is_first_scan, is_quiet)
        values (1, 1, 'address-moved', ${start}, '52:54:00:00:00:02', ?, 0, 0)`)
      .run(detail);
  database.close();
  const store = await open(file, migrations);
  const found = async (host: string) =>
    (await store.discoveries.list({ address: address(host), limit: 9 })).rows.map(({ addresses }) => addresses);
  assert.deepEqual(await found("192.168.1.5"), [["192.168.1.5"], ["192.168.1.5", "192.168.1.6", "fe80::1%eth0"]]);
  assert.equal((await found("fe80::1%eth0")).length, 1);
  await store.prune({ before: start + 1 });
  await store[Symbol.asyncDispose]();
  const pruned = new DatabaseSync(file, { readOnly: true });
  const left = pruned.prepare("select count(*) as count from discovery_addresses").get();
  pruned.close();
  assert.equal(left?.["count"], 0, "they end with their discoveries");
});

test("a step that fails changes nothing", async (t) => {
  const file = await olderDatabase(t);
  const failing: Migration = {
    ...next,
    async up(transaction, dialect) {
      await next.up(transaction, dialect);
      throw new Error("power cut");
    },
  };
  await assert.rejects(open(file, [...migrations, failing]), /power cut/);
  assert.equal(version(file), String(migrations.length));
  const store = await open(file, [...migrations, next]);
  t.after(() => store[Symbol.asyncDispose]());
  assert.equal(await store.services.count(), 1);
});
