import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { readAlertContent } from "../../src/inbound/alert/alert-content.ts";
import { ManualClock } from "../notify/manual-clock.ts";
import { TemporaryDatabase } from "../notify/temporary-store.ts";
import { InboundLab } from "./inbound-lab.ts";
import { address, connection } from "./samples.ts";

const total = 8000;
/** The maximum number of waiting alerts. */
const waiting = 5000;

test("without a budget, while the store fails, 5000 alerts wait; the other connections are in one digest", async () => {
  using database = new TemporaryDatabase();
  await using store = await database.open();
  const { connections } = store;
  let fails = true;
  const clock = new ManualClock();
  await using lab = await InboundLab.start({
    store: {
      connections: {
        newBatch: () => connections.newBatch(),
        record: (batch, alerts) =>
          fails ? Promise.reject(new Error("disk I/O error")) : connections.record(batch, alerts),
        setOrigins: (origins) => connections.setOrigins(origins),
        list: (query) => connections.list(query),
        get: (id) => connections.get(id),
        payloads: (ids) => connections.payloads(ids),
        count: () => connections.count(),
        source: (peer) => connections.source(peer),
        sources: (query) => connections.sources(query),
        summary: (query) => connections.summary(query),
        prune: (options) => connections.prune(options),
      },
      alerts: store.alerts,
      deliveries: store.deliveries,
      devices: store.devices,
    },
    clock,
    routes: [{ channel: "ntfy", recipients: ["topic"] }],
    alerts: { budget: false, ignore: { loopback: false } },
  });
  const sample = connection("GET / HTTP/1.0\r\n\r\n", { protocol: "http", complete: true });
  for (let index = 0; index < total; index++) {
    const peer = { address: address(`198.51.${index >> 8}.${index & 255}`), port: 40_000 };
    lab.hear({ ...sample, id: `c${index}`, at: clock.now(), peer });
    if (index % 1000 === 0) {
      clock.advance(50);
      await nextTurn();
    }
  }
  assert.equal(lab.counters.waitingAlerts, waiting);
  assert.equal(lab.counters.waiting, total);
  fails = false;
  const stored = () => store.alerts.recent({ since: 0, limit: 2 * total });
  for (let rows = await stored(); rows.length <= waiting; rows = await stored()) clock.advance(1000);
  // What a reader of the store sees is counted only after the answer to the write has arrived.
  await lab.stop();
  const decoded = (await stored()).flatMap(({ data }) => readAlertContent(data) ?? []);
  assert.equal(decoded.filter(({ kind }) => kind === "connection").length, waiting);
  const digests = decoded.flatMap((due) => (due.kind === "digest" ? [due.digest.connections] : []));
  assert.deepEqual(digests, [total - waiting]);
  assert.equal(lab.counters.waitingAlerts, 0);
  assert.equal(lab.counters.stored, total);
});
