import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { HarbingerError } from "../../src/core/errors.ts";
import type { Store } from "../../src/core/store.ts";
import { openStore } from "../../src/store/open-store.ts";
import { postgresServer, whyNoPostgres } from "./postgres-server.ts";
import { announcedBy, look, operators, policy, sighting, start } from "./sample.ts";

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("an unreachable server is reported by name, without the password, and with the remedy", async () => {
  const location = `postgres://me:s3cret@127.0.0.1:${await closedPort()}/harbinger`;
  await assert.rejects(openStore({ location }), (error) => {
    assert.ok(error instanceof HarbingerError);
    assert.equal(error.code, "store");
    assert.ok(error.remedy !== undefined);
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /s3cret/);
    return true;
  });
});

const skip = whyNoPostgres;
const name = `harbinger_test_${randomBytes(6).toString("hex")}`;

/** Ends every connection to the database, as a restart of the server would. */
function cutConnections(): Promise<void> {
  return postgresServer.run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
}

describe("a server whose connections break", skip === undefined ? {} : { skip }, () => {
  before(() => postgresServer.run(`create database ${name}`));
  after(() => postgresServer.run(`drop database ${name} with (force)`));

  test("keeps the sightings of a running scan, and answers the next call", async () => {
    await using store = await openStore({ location: postgresServer.url(name) });
    const session = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start });
    await session.add([sighting("10.0.0.1")]);
    await cutConnections();
    await eventually(() => session.add([sighting("10.0.0.2"), sighting("fd00::1")]));
    await cutConnections();
    const summary = await eventually(() =>
      session.finish({
        at: start,
        status: "complete",
        engine: "connect",
        notes: [],
        coverage: { kind: "all" },
        policy,
        audiences: [operators],
      }),
    );
    assert.equal(summary.counts.new, 3);
  });

  test("fails the call whose transaction it cuts, and answers the next one", async () => {
    await using store = await openStore({ location: postgresServer.url(name) });
    for (let round = 0; round < 3; round += 1) {
      const blocker = new pg.Client({ connectionString: postgresServer.url(name) });
      const cut = new Promise<void>((resolve) => blocker.on("error", () => resolve()));
      await blocker.connect();
      await blocker.query("begin; lock table deliveries in access exclusive mode");
      const failed = assert.rejects(
        store.deliveries.gather({ ...operators, label: "Cut" }, start),
        (error) => error instanceof HarbingerError && error.code === "store",
      );
      await someoneWaits(blocker);
      await cutConnections();
      await Promise.all([failed, cut]);
      await eventually(() => store.deliveries.gather({ ...operators, label: "Cut" }, start));
    }
    assert.equal((await store.deliveries.list({ label: "Cut", limit: 9 })).rows.length, 1);
  });

  test("takes the lock again, unless another process was faster", async () => {
    await using store = await openStore({ location: postgresServer.url(name) });
    await using other = await openStore({ location: postgresServer.url(name) });
    assert.equal((await store.lock("first")).kind, "held");
    await cutConnections();
    await eventually(() => look(store, { at: start + 1, watch: "lock", sees: [sighting("10.0.0.1")] }));
    const busy = await eventually(() => other.lock("second"));
    assert.match(busy.kind === "busy" ? busy.holder : "", /^first \(process \d+ on .+\), since 20/);
    // A session that waits for a lock gets it as soon as it is free.
    await using waiting = await waitForLock("second");
    await endHolder();
    await waiting.taken;
    await assert.rejects(
      eventually(() => store.deliveries.gather(operators, start + 2)),
      (error) => error instanceof HarbingerError && error.code === "store-busy" && /second/.test(error.message),
    );
    const { deliveryId } = await eventually(() =>
      other.deliveries.gather({ ...operators, label: "Nobody" }, start + 2),
    );
    assert.deepEqual(await announcedBy(other, deliveryId), []);
  });

  test("takes the lock again by itself if no process writes", async () => {
    await using store = await openStore({ location: postgresServer.url(name) });
    await using _lock = await held(store);
    await endHolder();
    const asking = new pg.Client({ connectionString: postgresServer.url(name) });
    await asking.connect();
    for (let holders = 0; holders === 0; ) {
      const { rowCount } = await asking.query(`
        select from pg_locks l join pg_stat_activity a on a.pid = l.pid
        where l.locktype = 'advisory' and l.granted and a.application_name like 'first (%'`);
      holders = rowCount ?? 0;
    }
    await asking.end();
  });
});

async function held(store: Store): Promise<AsyncDisposable> {
  const lock = await store.lock("first");
  if (lock.kind === "busy") throw new Error(lock.holder);
  return lock;
}

const lockKey = `${0x48726267}, hashtext(current_schema() || ' process')`;

/** Another session that waits for the lock, in the queue of the server itself. */
async function waitForLock(application: string): Promise<AsyncDisposable & { readonly taken: Promise<unknown> }> {
  const client = new pg.Client({ connectionString: postgresServer.url(name), application_name: application });
  client.on("error", () => {});
  await client.connect();
  const taken = client.query(`select pg_advisory_lock(${lockKey})`);
  await someoneWaits(undefined);
  return { taken, [Symbol.asyncDispose]: () => client.end() };
}

function endHolder(): Promise<void> {
  return postgresServer.run(
    `select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
     where d.datname = '${name}' and l.locktype = 'advisory' and l.granted`,
  );
}

/** Until another connection waits for the lock that `blocker` has. */
async function someoneWaits(blocker: pg.Client | undefined): Promise<void> {
  const asking = blocker ?? new pg.Client({ connectionString: postgresServer.url(name) });
  if (blocker === undefined) await asking.connect();
  for (;;) {
    const { rows } = await asking.query("select 1 from pg_locks where not granted");
    if (rows.length > 0) break;
  }
  if (blocker === undefined) await asking.end();
}

/** A call on a cut connection fails with `store`; the next one gets a new connection. */
async function eventually<Result>(call: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= 6 || !(error instanceof HarbingerError) || error.code !== "store") throw error;
    }
  }
}
