import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { alert, queueAlert, record } from "./inbound-sample.ts";
import { announcedBy, claimAll, hour, look, message, operators, send, sighting, start } from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

/** Alerts until they are in the outbox. */
export function alertContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));
  describe("alerts", () => {
    t("wait, oldest first, until they are composed", async (store) => {
      const all = [alert("b", start), alert("c", start), alert("a", start + 1), alert("d", start + 2)];
      await record(store, [], all.toReversed());
      assert.deepEqual(await store.alerts.pending({ limit: 9 }), all);
      assert.deepEqual(await store.alerts.pending({ limit: 2 }), all.slice(0, 2));
      assert.deepEqual(await store.alerts.pending({ limit: 2, after: { at: start, id: "b" } }), all.slice(1, 3));
      await store.alerts.compose([{ id: "c", message: message("c", start) }], start);
      assert.deepEqual(
        (await store.alerts.pending({ limit: 9 })).map(({ id }) => id),
        ["b", "a", "d"],
      );
    });

    t("become deliveries that are due at once", async (store) => {
      const whole = { ...message("a", start + 5), html: "<p>a</p>", json: "{}", fileName: "a.txt" };
      await record(store, [], [alert("a", start, { channel: "ntfy", recipient: "topic" })]);
      await store.alerts.compose([{ id: "a", message: whole }], start + 1);
      assert.equal(await store.deliveries.nextDueAt(), start + 1);
      const [listed] = (await store.deliveries.list({ label: "Network", limit: 9 })).rows;
      const [claimed] = await store.deliveries.claim({ at: start + 1, limit: 9 });
      assert.deepEqual(claimed, {
        id: listed?.id,
        label: "Network",
        channel: "ntfy",
        recipient: "topic",
        state: "sending",
        createdAt: start + 1,
        nextAttemptAt: start + 1,
        deliveredAt: undefined,
        lastError: undefined,
        attempts: 0,
        uncertain: false,
        message: whole,
      });
      await store.deliveries.recordOutcome(claimed.id, { kind: "delivered" }, { at: start + 2 });
      assert.equal((await store.deliveries.get(claimed.id))?.state, "delivered");
    });

    t("are announced once, however often they are composed or stored again", async (store) => {
      await queueAlert(store, "a", start);
      await store.alerts.compose(
        [
          { id: "a", message: message("again", start + 1) },
          { id: "unheard of", message: message("nobody", start + 1) },
        ],
        start + 1,
      );
      await record(store, [], [alert("a", start)]);
      assert.deepEqual(await store.alerts.pending({ limit: 9 }), []);
      const deliveries = (await store.deliveries.list({ limit: 9 })).rows;
      assert.deepEqual(
        deliveries.map(({ message }) => message?.subject),
        ["Report a"],
      );
    });

    t("can be read again, composed or not", async (store) => {
      await queueAlert(store, "a", start);
      await record(store, [], [alert("b", start + 1), alert("c", start + 2)]);
      assert.deepEqual(await store.alerts.recent({ since: start, limit: 2 }), [
        alert("c", start + 2),
        alert("b", start + 1),
      ]);
      assert.deepEqual((await store.alerts.recent({ since: start, limit: 9 })).at(-1), alert("a", start));
      assert.deepEqual(await store.alerts.recent({ since: start + 3, limit: 9 }), []);
    });

    t("are never merged into a report to the same audience, in any state", async (store) => {
      const waiting = await queueAlert(store, "waiting", start);
      const failing = await queueAlert(store, "failing", start);
      const dead = await queueAlert(store, "dead", start);
      await claimAll(store, start);
      await store.deliveries.release(waiting);
      const later = { at: start, nextAttemptAt: start + hour };
      await store.deliveries.recordOutcome(failing, { kind: "retry", reason: "down" }, later);
      await store.deliveries.recordOutcome(dead, { kind: "rejected", reason: "no such user" }, { at: start });
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });

      const { deliveryId } = await store.deliveries.gather(operators, start + 1);

      assert.deepEqual(await announcedBy(store, deliveryId), ["new 10.0.0.1"]);
      const states = await Promise.all([waiting, failing, dead].map(async (id) => store.deliveries.get(id)));
      assert.deepEqual(
        states.map((delivery) => delivery?.state),
        ["queued", "queued", "dead"],
      );
      await store.deliveries.compose(deliveryId, message("report", start + 1));
      assert.equal(await store.deliveries.retry([dead], start + 1), 1);
      const sent = await claimAll(store, start + hour);
      assert.deepEqual(
        sent.map(({ message }) => message?.subject),
        ["Report waiting", "Report failing", "Report dead", "Report report"],
      );
    });

    t("do not affect the reports to the same audience", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const report = await send(store, operators, "one", start);
      await store.deliveries.recordOutcome(report, { kind: "rejected", reason: "no" }, { at: start });
      await look(store, { at: start + 1, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      await queueAlert(store, "a", start + 2);
      assert.equal((await store.deliveries.get(report))?.state, "dead");
      const { deliveryId } = await store.deliveries.gather(operators, start + 3);
      assert.deepEqual(await announcedBy(store, deliveryId), ["new 10.0.0.1", "new 10.0.0.2"]);
      assert.equal((await store.deliveries.get(report))?.state, "superseded");
    });

    t("that were cut off during sending are repeated, like every message", async (store) => {
      const id = await queueAlert(store, "a", start);
      await store.deliveries.claim({ at: start, limit: 9 });
      assert.equal(await store.deliveries.recover(start + 1), 1);
      await store.deliveries.gather(operators, start + 2);
      const [again] = await store.deliveries.claim({ at: start + 2, limit: 9 });
      assert.equal(again?.id, id);
      assert.equal(again?.uncertain, true);
    });

    t("stay in the outbox until they are delivered, and are pruned from it like reports", async (store) => {
      const delivered = await queueAlert(store, "delivered", start);
      await store.deliveries.claim({ at: start, limit: 9 });
      await store.deliveries.recordOutcome(delivered, { kind: "delivered" }, { at: start });
      const queued = await queueAlert(store, "queued", start);
      assert.deepEqual(await store.prune({ before: start + hour }), {
        deliveries: 1,
        scans: 0,
        certificates: 0,
        services: 0,
      });
      assert.equal(await store.deliveries.get(delivered), undefined);
      assert.equal((await store.deliveries.get(queued))?.state, "queued");
    });

    t("have their own age limit, at which dead ones are pruned too; reports stay", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const report = await send(store, operators, "one", start);
      await store.deliveries.recordOutcome(report, { kind: "delivered" }, { at: start });
      const [delivered, dead, later] = [
        await queueAlert(store, "delivered", start),
        await queueAlert(store, "dead", start),
        await queueAlert(store, "later", start + hour),
      ];
      await claimAll(store, start + hour);
      await store.deliveries.recordOutcome(delivered, { kind: "delivered" }, { at: start });
      await store.deliveries.recordOutcome(dead, { kind: "rejected", reason: "no" }, { at: start });
      await store.deliveries.recordOutcome(later, { kind: "rejected", reason: "no" }, { at: start + hour });
      const result = await store.prune({ before: start, alertsBefore: start + 1 });
      assert.equal(result.deliveries, 2);
      const left = (await store.deliveries.list({ limit: 9 })).rows;
      assert.deepEqual(left.map(({ id }) => id).sort(), [report, later].sort());
    });
  });
}
