import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Audience, Message } from "../../src/core/delivery.ts";
import type { Store } from "../../src/core/store.ts";
import { alert, record } from "./inbound-sample.ts";
import { claimAll, hour, message, operators, start } from "./sample.ts";
import { type StoreKind, type TestDatabase, withStore } from "./store-contract.ts";

const body = { text: "one\n".repeat(1000), html: "<p>one</p>", json: '{"one":1}' };

function recipient(name: string): Audience {
  return { ...operators, recipient: `${name}@example.org` };
}

async function queue(store: Store, name: string, more: Partial<Message> = body): Promise<number> {
  const { deliveryId } = await store.deliveries.gather(recipient(name), start);
  await store.deliveries.compose(deliveryId, { ...message(name, start), ...more });
  return deliveryId;
}

async function deliverAll(store: Store, at: number): Promise<void> {
  for (const { id } of await claimAll(store, at))
    await store.deliveries.recordOutcome(id, { kind: "delivered" }, { at });
}

async function bodyCount(database: TestDatabase): Promise<number> {
  return (await database.query("select id from message_bodies")).length;
}

/** Storage of messages. */
export function messageBodyContract(kind: StoreKind): void {
  const t = (name: string, run: (store: Store, database: TestDatabase) => Promise<void>) =>
    test(name, withStore(kind, run));

  describe("the body of a message", () => {
    t("is stored once for all recipients, and each gets all of it with its own identifier", async (store, database) => {
      await Promise.all(["a", "b", "c"].map((name) => queue(store, name)));
      assert.equal(await bodyCount(database), 1);
      const sent = await claimAll(store, start);
      assert.equal(sent.length, 3);
      for (const { message: got, recipient: to } of sent) {
        assert.deepEqual(got, { ...message(to.slice(0, 1), start), ...body });
      }
    });

    t("is a different one if any part differs, and an absent part is not an empty one", async (store, database) => {
      const text = "same";
      for (const [index, more] of [{}, { html: "" }, { json: "" }, { html: "x" }, { html: "", json: "" }].entries()) {
        await queue(store, `r${index}`, { text, ...more });
      }
      assert.equal(await bodyCount(database), 5);
      const ids = (await store.deliveries.list({ limit: 9 })).rows.map(({ id }) => id).toReversed();
      const messages = (await Promise.all(ids.map((id) => store.deliveries.get(id)))).map((found) => found?.message);
      assert.deepEqual(
        messages.map((got) => [got?.html, got?.json]),
        [
          [undefined, undefined],
          ["", undefined],
          [undefined, ""],
          ["x", undefined],
          ["", ""],
        ],
      );
    });

    t("is deleted with the last delivery that has it", async (store, database) => {
      await queue(store, "a");
      await deliverAll(store, start);
      await queue(store, "b");
      await queue(store, "c", { text: "another" });
      const before = start + hour;
      assert.equal((await store.prune({ before })).deliveries, 1);
      assert.equal(await bodyCount(database), 2);
      await deliverAll(store, start);
      assert.equal((await store.prune({ before })).deliveries, 2);
      assert.equal(await bodyCount(database), 0);
    });

    t("counts once for all its recipients when the oldest messages are pruned by size", async (store, database) => {
      const text = "x".repeat(100_000);
      for (const name of ["a", "b", "c", "d"]) await queue(store, name, { text });
      await deliverAll(store, start);
      const forget = (bytes: number) => store.pruneOldest({ kind: "deliveries", bytes, before: start + hour });
      assert.equal(await forget(40_000), 2);
      assert.equal(await bodyCount(database), 1);
      assert.equal(await forget(1_000_000), 2);
      assert.equal(await bodyCount(database), 0);
    });

    t("of an alert is stored once, too, and pruned with the last of its deliveries", async (store, database) => {
      const ids = ["a", "b"];
      await record(
        store,
        [],
        ids.map((id) => alert(id, start, { recipient: `${id}@example.org` })),
      );
      const composed = ids.map((id) => ({ id, message: { ...message(id, start), ...body } }));
      await store.alerts.compose(composed, start);
      assert.equal(await bodyCount(database), 1);
      await deliverAll(store, start);
      assert.equal((await store.prune({ before: 0, alertsBefore: start + hour })).deliveries, 2);
      assert.equal(await bodyCount(database), 0);
    });
  });
}
