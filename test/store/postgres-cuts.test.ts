import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import type { Clock } from "../../src/core/clock.ts";
import { parseMac } from "../../src/core/device.ts";
import { HarbingerError } from "../../src/core/errors.ts";
import { parseRange } from "../../src/core/network.ts";
import type { ScanSession } from "../../src/core/scan-store.ts";
import type { Store } from "../../src/core/store.ts";
import { systemClock } from "../../src/platform/system-clock.ts";
import { openStore } from "../../src/store/open-store.ts";
import { type Cut, type CuttingProxy, cuttingProxy } from "../harness/cutting-proxy.ts";
import { type PostgresServer, startPostgres } from "../harness/postgres-server.ts";
import { alert, connection, record } from "./inbound-sample.ts";
import { whyNoPostgres } from "./postgres-server.ts";
import { address, announcedBy, message, minute, operators, policy, sighting, start } from "./sample.ts";

const skip = whyNoPostgres;
const patienceMs = 20_000;
const options = skip === undefined ? {} : { skip };

describe("a PostgreSQL server whose connection is cut during a transaction", options, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  async function freshDatabase(): Promise<string> {
    const name = `cut_${randomBytes(6).toString("hex")}`;
    await query(server.url, `create database ${name}`);
    return name;
  }

  const urlOf = (port: number, name: string) => `postgres://harbinger@127.0.0.1:${port}/${name}`;

  for (const cut of [
    { kind: "before", text: "commit" },
    { kind: "after", text: "commit" },
    { kind: "after", text: "last write" },
  ] satisfies readonly Cut[]) {
    test(`does everything once if the connection ends ${cut.kind} "${cut.text}" of each of them`, async () => {
      const name = await freshDatabase();
      await using proxy = await cuttingProxy(server.port);
      await using store = await openStore({ location: urlOf(proxy.port, name), patienceMs });
      assert.equal((await store.lock("test")).kind, "held");
      await live(store, (step) => cutOnce(proxy, cut, step));
      await checkLife(store, (sql) => query(urlOf(server.port, name), sql));
    });
  }

  test("does everything once if the server restarts or crashes in each of them", async () => {
    const name = await freshDatabase();
    const url = urlOf(server.port, name);
    await using store = await openStore({ location: url, patienceMs: 60_000 });
    assert.equal((await store.lock("test")).kind, "held");
    let isCrash = false;
    await live(store, async (step) => {
      const done = step();
      isCrash = !isCrash;
      await server.restart(isCrash ? "crash" : "fast");
      return await done;
    });
    await checkLife(store, (sql) => query(url, sql));
  });

  test("adds each batch of a running scan once, whichever reply is lost", async () => {
    const name = await freshDatabase();
    await using proxy = await cuttingProxy(server.port);
    await using store = await openStore({ location: urlOf(proxy.port, name), patienceMs });
    for (const cut of [
      { kind: "before", text: "commit" },
      { kind: "after", text: "commit" },
    ] satisfies readonly Cut[]) {
      const session = await store.scans.begin({ watch: cut.kind, ports: [22], engine: "connect", at: start });
      await cutOnce(proxy, cut, () => session.add([sighting("10.0.0.1"), sighting("fd00::1", 22, { hostname: "a" })]));
      await session.add([sighting("10.0.0.2")]);
      assert.equal((await finish(session)).counts.present, 3);
    }
  });

  test("does not repeat what may have been committed if no process has the lock", async () => {
    const name = await freshDatabase();
    await using proxy = await cuttingProxy(server.port);
    await using store = await openStore({ location: urlOf(proxy.port, name), patienceMs });
    await assert.rejects(
      cutOnce(proxy, { kind: "after", text: "commit" }, () => store.deliveries.gather(operators, start)),
      (error) => error instanceof HarbingerError && error.code === "store",
    );
    await cutOnce(proxy, { kind: "before", text: "insert into" }, () =>
      store.deliveries.gather({ ...operators, label: "b" }, start),
    );
    assert.equal((await store.deliveries.list({ limit: 9 })).rows.length, 2);
  });

  test("detects a silently dead connection, and continues with another one", async () => {
    const name = await freshDatabase();
    await using proxy = await cuttingProxy(server.port);
    const clock = fastClock(30);
    await using store = await openStore({ location: urlOf(proxy.port, name), patienceMs: 600_000, clock });
    assert.equal((await store.lock("test")).kind, "held");
    await cutOnce(proxy, { kind: "silence", text: "alerts" }, () =>
      record(store, [connection("a")], [alert("a", start)]),
    );
    assert.equal(await store.connections.count(), 1);
  });

  test("logs once that the server does not answer, and once that it answers again", async () => {
    const name = await freshDatabase();
    const logged: string[] = [];
    const note = (text: string) => void logged.push(text);
    await using store = await openStore({
      location: urlOf(server.port, name),
      patienceMs: 60_000,
      log: { debug() {}, info() {}, warn: note, error: note },
    });
    const restarting = server.restart("fast", 500);
    await Promise.all(Array.from({ length: 20 }, () => store.services.count()));
    await restarting;
    await Promise.all(Array.from({ length: 20 }, () => store.services.count()));
    const about = logged.filter((text) => /database server/.test(text));
    assert.ok(about.length <= 4, about.join("\n"));
    assert.equal(about.at(-1), about.length === 0 ? undefined : "the database server is available again");
  });
});

/** Prepares the cut, performs the step, and verifies that it was cut. */
async function cutOnce<Result>(proxy: CuttingProxy, cut: Cut, step: () => Promise<Result>): Promise<Result> {
  let wasCut = false;
  void proxy.cutAt(cut).then(() => {
    wasCut = true;
  });
  try {
    return await step();
  } finally {
    assert.ok(wasCut, "the step was not cut");
  }
}

type Step = <Result>(step: () => Promise<Result>) => Promise<Result>;

function finish(session: ScanSession) {
  return session.finish({
    at: start + 1,
    status: "complete",
    engine: "connect",
    notes: [],
    coverage: { kind: "all" },
    policy,
    audiences: [operators],
  });
}

const phone = parseMac("52:54:00:00:00:01");
const lan = parseRange("10.0.0.0/24");

/** One of each kind of transaction in the two flows. */
async function live(store: Store, step: Step): Promise<void> {
  await step(() => store.scans.knownSince({ name: "ssh", ports: [22] }, start));
  const session = await step(() => store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start }));
  await session.add([sighting("10.0.0.1"), sighting("10.0.0.2")]);
  await step(() => finish(session));
  await step(() =>
    store.examinations.record({
      watch: "ssh",
      at: start + 2,
      audiences: [operators],
      services: [
        { address: address("10.0.0.1"), port: 22, results: [], memory: "{}", news: [{ kind: "changed", detail: "a" }] },
      ],
    }),
  );
  if (phone === undefined || lan === undefined) throw new Error("not an address");
  await step(() =>
    store.devices.record({
      watch: "ssh",
      at: start + 3,
      present: [{ address: address("10.0.0.9"), mac: phone, link: "eth0" }],
      probed: [lan],
      names: new Map(),
      vendors: new Map(),
      policy,
      audiences: [operators],
    }),
  );
  const { deliveryId } = await step(() => store.deliveries.gather(operators, start + 4));
  await step(() => store.deliveries.compose(deliveryId, message("report", start + 5)));
  const claimed = await step(() => store.deliveries.claim({ at: start + minute, limit: 5 }));
  assert.deepEqual(
    claimed.map(({ id }) => id),
    [deliveryId],
  );
  await step(() =>
    store.deliveries.recordOutcome(
      deliveryId,
      { kind: "retry", reason: "later" },
      { at: start + 6, nextAttemptAt: start + 7 },
    ),
  );
  await store.deliveries.claim({ at: start + minute, limit: 5 });
  await step(() => store.deliveries.release(deliveryId));
  await store.deliveries.claim({ at: start + minute, limit: 5 });
  await step(() => store.deliveries.recordOutcome(deliveryId, { kind: "delivered" }, { at: start + 8 }));
  await step(() => record(store, [connection("a"), connection("b")], [alert("a", start), alert("b", start)]));
  await step(() =>
    store.alerts.compose(
      ["a", "b"].map((id) => ({ id, message: message(id, start + 9) })),
      start + 9,
    ),
  );
  await step(() => store.connections.setOrigins([{ address: address("198.51.100.7"), origin: {}, at: start }]));
  await store.deliveries.claim({ at: start + minute, limit: 1 });
  assert.equal(await step(() => store.deliveries.recover(start + minute)), 1);
  await step(() => store.prune({ before: start - 1 }));
}

/** Exactly what {@link live} leaves behind without a cut. */
async function checkLife(
  store: Store,
  ask: (sql: string) => Promise<readonly Record<string, unknown>[]>,
): Promise<void> {
  const [report] = (await store.deliveries.list({ states: ["delivered"], limit: 9 })).rows;
  assert.equal(report?.attempts, 2);
  assert.deepEqual(
    (await announcedBy(store, report?.id ?? 0)).toSorted(),
    ["changed 10.0.0.1", "device-new", "new 10.0.0.1", "new 10.0.0.2"].toSorted(),
  );
  const alerts = (await store.deliveries.list({ states: ["queued"], limit: 9 })).rows;
  assert.deepEqual(alerts.map(({ message: sent, attempts }) => `${sent?.subject} ${attempts}`).toSorted(), [
    "Report a 1",
    "Report b 0",
  ]);
  assert.equal(await store.connections.count(), 2);
  const [counts] = await ask(`
    select (select count(*)::int from scans where status = 'complete') as complete,
      (select count(*)::int from scans where status = 'examined') as examined,
      (select count(*)::int from scans) as scans, (select count(*)::int from discoveries) as discoveries,
      (select count(*)::int from deliveries) as deliveries, (select count(*)::int from announcements) as announcements`);
  assert.deepEqual(counts, { complete: 1, examined: 2, scans: 3, discoveries: 4, deliveries: 3, announcements: 3 });
}

async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Runs this many times faster than real time. */
function fastClock(factor: number): Clock {
  return {
    now: () => systemClock.now(),
    monotonic: () => systemClock.monotonic() * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}
