import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type EventId, type EventKind, parseEventId, type StoreEvent } from "../../src/core/event.ts";
import type { Store } from "../../src/core/store.ts";
import { connection, queueAlert, record } from "./inbound-sample.ts";
import { claimAll, hour, look, message, operators, policy, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

/** The feed of events. */
export function eventContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));
  describe("the feed of events", () => {
    t("contains connections, discoveries, beginning and ended scans, and deliveries", async (store) => {
      const first = await store.events.latest();
      await record(store, [connection("c1", { at: start })], []);
      const session = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start + 1 });
      const begun = await readAll(store, first);
      assert.deepEqual(begun.map(inWords), ["connection c1", `scan ${session.id} running`]);
      await session.add([sighting("10.0.0.1")]);
      const at = start + 2;
      const coverage = { kind: "all" } as const;
      const outcome = {
        at,
        status: "complete",
        engine: "connect",
        notes: [],
        coverage,
        policy,
        audiences: [operators],
      };
      await session.finish(outcome as Parameters<typeof session.finish>[0]);
      const [open] = (await store.deliveries.list({ limit: 1 })).rows;
      const ended = await readAll(store, begun.at(-1)?.id);
      assert.deepEqual(ended.map(inWords).sort(), [
        `delivery ${open?.id} open`,
        "discovery new 10.0.0.1",
        `scan ${session.id} complete`,
      ]);
    });

    t("continues after each event, in pages of any size, also after a restart", async (store, database) => {
      await fill(store);
      const all = await readAll(store, undefined);
      assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
      for (const { id } of all) assert.equal(parseEventId(id), id);
      for (const limit of [1, 2, 7]) assert.deepEqual(await readAll(store, undefined, { limit }), all);
      const restarted = await database.open();
      try {
        for (const [index, { id }] of all.entries()) {
          assert.deepEqual(await restarted.events.list({ after: id, limit: 500 }), all.slice(index + 1));
        }
      } finally {
        await restarted[Symbol.asyncDispose]();
      }
    });

    t("contains the requested kinds", async (store) => {
      await fill(store);
      const all = await readAll(store, undefined);
      for (const wanted of ["connection", "discovery", "delivery", "scan"] as const) {
        const some = await readAll(store, undefined, { kinds: [wanted], limit: 2 });
        assert.deepEqual(some.map(inWords), all.filter((event) => event.kind === wanted).map(inWords));
        assert.ok(some.length > 0, wanted);
      }
      assert.deepEqual(await store.events.list({ kinds: [], limit: 9 }), []);
    });

    t("follows the order of recording, whatever the times of connections are", async (store) => {
      await record(store, [connection("late", { at: start + hour })], []);
      const after = await store.events.latest();
      await record(store, [connection("b", { at: start }), connection("a", { at: start - hour })], []);
      assert.deepEqual((await readAll(store, after)).map(inWords), ["connection b", "connection a"]);
    });

    t("misses nothing if everything that was read has been pruned", async (store) => {
      await record(store, [connection("a"), connection("b")], []);
      const after = (await readAll(store, undefined)).at(-1)?.id;
      await store.connections.prune({ before: start + 1 });
      await record(store, [connection("c")], []);
      assert.deepEqual((await readAll(store, after)).map(inWords), ["connection c"]);
    });

    t("rejects an id of a later copy of the database", async (store) => {
      await fill(store);
      for (const text of ["zzzzzzzzzz-0-0-1", "0-0-zzzzzzzzzz-1"]) {
        const after = parseEventId(text);
        assert.ok(after !== undefined);
        await assert.rejects(store.events.list({ after, limit: 9 }), { code: "usage" }, text);
      }
      assert.deepEqual(await store.events.list({ after: await store.events.latest(), limit: 9 }), []);
    });

    t("rejects an invalid number of events", async (store) => {
      for (const limit of [0, -1, 1.5, Number.NaN]) {
        await assert.rejects(store.events.list({ limit }), { code: "usage" }, String(limit));
      }
    });

    t("contains a connection once that is recorded twice", async (store) => {
      await record(store, [connection("a")], []);
      await record(store, [connection("a"), connection("b")], []);
      assert.deepEqual((await readAll(store, undefined)).map(inWords), ["connection a", "connection b"]);
    });

    t("contains each state of a delivery that is read in time", async (store) => {
      const seen: string[] = [];
      let after = await store.events.latest();
      const read = async () => {
        for (const event of await readAll(store, after, { kinds: ["delivery"] })) {
          seen.push(inWords(event));
          after = event.id;
        }
      };
      const id = await queueAlert(store, "a", start);
      await read();
      await claimAll(store, start);
      await read();
      await store.deliveries.recordOutcome(
        id,
        { kind: "retry", reason: "busy" },
        { at: start, nextAttemptAt: start + 1 },
      );
      await read();
      await claimAll(store, start + 1);
      await store.deliveries.recordOutcome(id, { kind: "rejected", reason: "no" }, { at: start + 1 });
      await read();
      await store.deliveries.retry("all", start + 2);
      await read();
      await claimAll(store, start + 2);
      await store.deliveries.release(id);
      await read();
      await claimAll(store, start + 2);
      await store.deliveries.recover(start + 3);
      await read();
      await store.deliveries.withhold({ how: "hold", reason: "restored", at: start + 4 });
      await read();
      const states = ["queued", "sending", "queued", "dead", "queued", "queued", "queued", "dead"];
      assert.deepEqual(
        seen,
        states.map((state) => `delivery ${id} ${state}`),
      );
    });

    t("contains every delivery that one call changed", async (store) => {
      const ids: number[] = [];
      for (let index = 0; index < 5; index++) ids.push(await queueAlert(store, `a${index}`, start));
      const after = await store.events.latest();
      assert.deepEqual(await readAll(store, after), []);
      await store.deliveries.withhold({ how: "hold", reason: "restored", at: start });
      const changed = await readAll(store, after, { limit: 2 });
      assert.deepEqual(
        changed.map(inWords),
        ids.map((id) => `delivery ${id} dead`),
      );
    });

    t("contains the subject of a message without its text", async (store) => {
      await queueAlert(store, "a", start);
      const [event] = await store.events.list({ kinds: ["delivery"], limit: 1 });
      const { messageId, date, subject } = message("a", start);
      assert.ok(event?.kind === "delivery");
      assert.deepEqual(event.delivery.message, { messageId, date, subject, fileName: undefined });
    });

    t("contains abandoned scans", async (store) => {
      const session = await store.scans.begin({ watch: "ssh", ports: [22], engine: "connect", at: start });
      const after = await store.events.latest();
      await session.abandon();
      assert.deepEqual((await readAll(store, after)).map(inWords), [`scan ${session.id} abandoned`]);
    });

    t("notifies its subscribers after a record", async (store) => {
      let calls = 0;
      const subscription = store.events.subscribe(() => {
        calls += 1;
      });
      await record(store, [connection("a")], []);
      assert.equal(calls, 1);
      await store.deliveries.retry("all", start);
      assert.equal(calls, 2);
      await store.connections.list({ limit: 1 });
      await store.events.latest();
      assert.equal(calls, 2);
      subscription[Symbol.dispose]();
      await record(store, [connection("b")], []);
      assert.equal(calls, 2);
    });

    const skip = kind.hasSessions ? false : "one session alone";
    test(
      "shows every connection once to a reader while two processes record in turn",
      { skip },
      withStore(kind, async (store, database) => {
        const other = await database.open();
        try {
          const batches = 25;
          // In turn: two SQLite connections in one thread would wait for each other.
          const write = async () => {
            for (let index = 0; index < batches; index++) {
              await record(store, [connection(`x${index}a`), connection(`x${index}b`)], []);
              await record(other, [connection(`y${index}a`), connection(`y${index}b`)], []);
            }
          };
          const seen: string[] = [];
          let isWriting = true;
          const read = async () => {
            let after: EventId | undefined;
            for (let isLast = false; ; ) {
              const events = await store.events.list({ after, limit: 3 });
              seen.push(...events.map(inWords));
              after = events.at(-1)?.id ?? after;
              if (events.length > 0) continue;
              if (isLast) return;
              isLast = !isWriting;
            }
          };
          const reading = read();
          await write();
          isWriting = false;
          await reading;
          assert.equal(seen.length, batches * 4);
          assert.equal(new Set(seen).size, batches * 4);
        } finally {
          await other[Symbol.asyncDispose]();
        }
      }),
    );
  });
}

async function fill(store: Store): Promise<void> {
  await record(store, [connection("c1", { at: start }), connection("c2", { at: start + 5 })], []);
  await look(store, { at: start + 1, sees: [sighting("10.0.0.1"), sighting("fd00::1")] });
  await look(store, { at: start + 3, sees: [sighting("10.0.0.1")] });
  await queueAlert(store, "a", start + 2);
  const { deliveryId } = await store.deliveries.gather(operators, start + 4);
  await store.deliveries.compose(deliveryId, message("r", start + 4));
}

async function readAll(
  store: Store,
  after: EventId | undefined,
  { limit = 500, kinds }: { readonly limit?: number; readonly kinds?: readonly EventKind[] } = {},
): Promise<readonly StoreEvent[]> {
  const events: StoreEvent[] = [];
  for (;;) {
    const page = await store.events.list({ after: events.at(-1)?.id ?? after, kinds, limit });
    events.push(...page);
    if (page.length < limit) return events;
  }
}

function inWords(event: StoreEvent): string {
  switch (event.kind) {
    case "connection":
      return `connection ${event.connection.id}`;
    case "discovery":
      return `discovery ${event.discovery.kind} ${event.discovery.address ?? ""}`;
    case "delivery":
      return `delivery ${event.delivery.id} ${event.delivery.state}`;
    case "scan":
      return `scan ${event.scan.id} ${event.scan.status}`;
  }
}
