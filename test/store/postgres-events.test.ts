import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import pg from "pg";
import { openStore } from "../../src/store/open-store.ts";
import { connection, record } from "./inbound-sample.ts";
import { postgresServer, whyNoPostgres } from "./postgres-server.ts";

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
    // Another process has taken a number, and is about to commit.
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

/** Statements of this database that wait for a lock. */
async function waitingStatements(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    "select count(*)::text as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return Number(rows[0]?.count);
}
