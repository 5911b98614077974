import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import pg from "pg";
import { openStore } from "../../src/store/open-store.ts";
import { connection, record } from "./inbound-sample.ts";
import { postgresServer, whyNoPostgres } from "./postgres-server.ts";
import { look, sighting, start } from "./sample.ts";

test("a transaction that is committed late is not skipped by the feed of events", {
  skip: whyNoPostgres ?? false,
}, async () => {
  const name = `harbinger_test_${randomBytes(6).toString("hex")}`;
  await postgresServer.run(`create database ${name}`);
  const client = new pg.Client({ connectionString: postgresServer.url(name) });
  try {
    await using store = await openStore({ location: postgresServer.url(name) });
    await using other = await openStore({ location: postgresServer.url(name) });
    await record(store, [connection("first")], []);
    const after = await store.events.latest();
    // Another process has a number, and is about to commit.
    await client.connect();
    await client.query("begin");
    await client.query("update meta set value = (value::bigint + 1)::text where key = 'last connection'");
    await client.query(
      `insert into connections
       select 'slow', at, listener, peer, peer_port, local, local_port, via, via_port, ending, duration_ms, bytes, phase,
         protocol, identification, payload, content, rowid + 1 from connections where id = 'first'`,
    );
    const recording = record(other, [connection("quick")], []);
    while ((await waitingStatements(client)) === 0) await store.events.list({ after, limit: 9 });
    assert.deepEqual(await store.events.list({ after, limit: 9 }), []);
    await client.query("commit");
    await recording;
    const events = await store.events.list({ after, limit: 9 });
    assert.deepEqual(
      events.map((event) => event.kind === "connection" && event.connection.id),
      ["slow", "quick"],
    );
  } finally {
    await client.end();
    await postgresServer.run(`drop database ${name} with (force)`);
  }
});

test("a scan that changes while its deliveries are read is in the next page", {
  skip: whyNoPostgres ?? false,
}, async () => {
  const name = `harbinger_test_${randomBytes(6).toString("hex")}`;
  await postgresServer.run(`create database ${name}`);
  const client = new pg.Client({ connectionString: postgresServer.url(name) });
  try {
    await using store = await openStore({ location: postgresServer.url(name) });
    await using reader = await openStore({ location: postgresServer.url(name) });
    await look(store, { at: start, sees: [sighting("10.0.0.1")] });
    const after = await reader.events.latest();
    await client.connect();
    // Scans are read before deliveries: the reader has read no scan, and waits for the deliveries.
    await client.query("begin");
    await client.query("lock table deliveries in access exclusive mode");
    const listing = reader.events.list({ after, limit: 9 });
    while ((await waitingStatements(client)) === 0);
    const { id } = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start + 5 });
    await client.query("update meta set value = (value::bigint + 1)::text where key = 'last change'");
    await client.query(
      `update deliveries set changed = (select value::bigint from meta where key = 'last change')
       where id = (select max(id) from deliveries)`,
    );
    await client.query("commit");
    const first = await listing;
    const next = await reader.events.list({ after: first.at(-1)?.id ?? after, limit: 9 });
    const scans = [...first, ...next].flatMap((event) => (event.kind === "scan" ? [event.scan.id] : []));
    assert.deepEqual(scans, [id]);
  } finally {
    await client.end();
    await postgresServer.run(`drop database ${name} with (force)`);
  }
});

/** Statements of this database that wait for a lock. */
async function waitingStatements(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    "select count(*)::text as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return Number(rows[0]?.count);
}
