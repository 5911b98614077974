import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HarbingerError } from "../../src/core/errors.ts";
import type { DeliveryQuery } from "../../src/core/store.ts";
import { alert, connection, record } from "./inbound-sample.ts";
import {
  announcedBy,
  archive,
  claimAll,
  hour,
  look,
  message,
  minute,
  operators,
  send,
  sighting,
  start,
} from "./sample.ts";
import { type StoreKind, withStore } from "./store-contract.ts";

const isMisuse = (error: unknown) => error instanceof HarbingerError && error.code === "internal";

/** The outbox. */
export function deliveryContract(kind: StoreKind): void {
  const t = (name: string, body: Parameters<typeof withStore>[1]) => test(name, withStore(kind, body));
  describe("deliveries", () => {
    t("a summary scan leaves an open delivery for each audience, and the next one joins it", async (store) => {
      const both = { audiences: [operators, archive] };
      await look(store, { at: start, sees: [sighting("10.0.0.1")], outcome: both });
      await look(store, { at: start + 1, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")], outcome: both });
      const open = (await store.deliveries.list({ states: ["open"], limit: 10 })).rows;
      assert.deepEqual(open.map(({ channel }) => channel).sort(), ["file", "mail"]);
      for (const { id } of open) assert.deepEqual(await announcedBy(store, id), ["new 10.0.0.1", "new 10.0.0.2"]);
    });

    t("a scan without news leaves no delivery", async (store) => {
      await look(store, { at: start, sees: [] });
      assert.deepEqual((await store.deliveries.list({ limit: 10 })).rows, []);
    });

    t("a composed message is due at once, sent as it was composed, and delivered", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const { deliveryId } = await store.deliveries.gather(operators, start + 1);
      const composed = { ...message("one", start + 2), html: "<p>one</p>", json: "{}", fileName: "one.txt" };
      await store.deliveries.compose(deliveryId, composed);
      assert.equal(await store.deliveries.nextDueAt(), start + 2);
      assert.deepEqual(await store.deliveries.claim({ at: start + 1, limit: 9 }), []);
      const [claimed] = await store.deliveries.claim({ at: start + 2, limit: 9 });
      assert.equal(claimed?.state, "sending");
      assert.deepEqual(claimed?.message, composed);
      assert.deepEqual(await store.deliveries.claim({ at: start + 2, limit: 9 }), []);
      await store.deliveries.recordOutcome(deliveryId, { kind: "delivered" }, { at: start + 3 });
      const delivered = await store.deliveries.get(deliveryId);
      assert.equal(delivered?.state, "delivered");
      assert.equal(delivered?.deliveredAt, start + 3);
      assert.equal(delivered?.attempts, 1);
      assert.equal(await store.deliveries.nextDueAt(), undefined);
    });

    t(
      "a report that replaces refused ones is as old as the first and was tried as often; one that was given up is not continued",
      async (store) => {
        const seen: string[] = [];
        const queue = async (at: number) => {
          seen.push(`10.0.0.${seen.length + 1}`);
          await look(store, { at, sees: seen.map((each) => sighting(each)) });
          return await send(store, operators, `at ${at}`, at + 1);
        };
        const refused = { kind: "retry", reason: "450 try again later" } as const;
        const isAs = async (id: number, expected: readonly [state: string, createdAt: number, attempts: number]) => {
          const { state, createdAt, attempts } = (await store.deliveries.get(id)) ?? assert.fail();
          assert.deepEqual([state, createdAt, attempts], expected);
        };
        const first = await queue(start);
        await store.deliveries.recordOutcome(first, refused, { at: start + 2, nextAttemptAt: start + hour });
        const second = await queue(start + minute);
        await isAs(first, ["superseded", start, 1]);
        await isAs(second, ["sending", start, 1]);
        await store.deliveries.recordOutcome(second, refused, { at: start + minute + 2, nextAttemptAt: start + hour });
        const third = await queue(start + 2 * minute);
        await isAs(third, ["sending", start, 2]);
        assert.deepEqual(await announcedBy(store, third), ["new 10.0.0.1", "new 10.0.0.2", "new 10.0.0.3"]);
        await store.deliveries.recordOutcome(third, refused, { at: start + 2 * minute + 2 });
        await isAs(third, ["dead", start, 3]);
        await isAs(await queue(start + 3 * minute), ["sending", start + 3 * minute, 0]);
      },
    );

    t("what is discovered while a report is composed belongs to the next report", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const { deliveryId } = await store.deliveries.gather(operators, start);
      await look(store, { at: start + 1, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      await store.deliveries.compose(deliveryId, message("one", start));
      assert.deepEqual(await announcedBy(store, deliveryId), ["new 10.0.0.1"]);
      const [next] = (await store.deliveries.list({ states: ["open"], limit: 9 })).rows;
      assert.deepEqual(await announcedBy(store, next?.id ?? 0), ["new 10.0.0.2"]);
    });

    t("waiting deliveries can be held: nothing replaces or repeats them until they are retried", async (store) => {
      const claimedId = await send(store, operators, "claimed", start);
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const { deliveryId } = await store.deliveries.gather(operators, start);
      await store.deliveries.compose(deliveryId, message("queued", start));
      await look(store, { at: start + 1, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      await record(store, [], [alert("a", start)]);
      const [open] = (await store.deliveries.list({ states: ["open"], limit: 9 })).rows;
      assert.equal(await store.deliveries.withhold({ how: "hold", reason: "perhaps sent", at: start + 2 }), 4);
      const held = (await store.deliveries.list({ limit: 9 })).rows;
      assert.deepEqual(
        held.map(({ state, uncertain, lastError, nextAttemptAt }) => [state, uncertain, lastError, nextAttemptAt]),
        Array.from({ length: 4 }, () => ["dead", true, "perhaps sent", undefined]),
      );
      assert.deepEqual(await store.alerts.pending({ limit: 9 }), []);
      // The next report has only later discoveries.
      await look(store, { at: start + 3, sees: [1, 2, 3].map((host) => sighting(`10.0.0.${host}`)) });
      const next = await store.deliveries.gather(operators, start + 3);
      assert.deepEqual(await announcedBy(store, next.deliveryId), ["new 10.0.0.3"]);
      await store.deliveries.compose(next.deliveryId, message("next", start + 3));
      assert.deepEqual(
        (await claimAll(store, start + 4)).map(({ id }) => id),
        [next.deliveryId],
      );
      // Composed messages are sent unchanged; the rest is composed again.
      assert.equal(await store.deliveries.retry([claimedId], start + 5), 1);
      assert.equal(await store.deliveries.retry("all", start + 5), 3);
      const sent = await claimAll(store, start + 5);
      assert.deepEqual(
        sent.map(({ id }) => id),
        [claimedId, deliveryId],
      );
      assert.deepEqual(
        (await store.alerts.pending({ limit: 9 })).map(({ id }) => id),
        ["a"],
      );
      const again = await store.deliveries.gather(operators, start + 6);
      assert.equal(again.deliveryId, open?.id);
      assert.deepEqual(await announcedBy(store, again.deliveryId), ["new 10.0.0.2"]);
    });

    t("are listed by channel, label, time, and whether they may have arrived, without their text", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")], outcome: { audiences: [operators, archive] } });
      const mailed = await send(store, operators, "mailed", start + minute);
      await store.deliveries.recordOutcome(
        mailed,
        { kind: "retry", reason: "cut off", uncertain: true },
        { at: start + minute, nextAttemptAt: start + hour },
      );
      await look(store, { at: start + hour, sees: [], outcome: { audiences: [operators] } });
      const listed = async (query: Omit<DeliveryQuery, "limit">) =>
        (await store.deliveries.list({ ...query, limit: 9 })).rows.map(({ id, channel }) => `${id} ${channel}`);
      const all = await listed({});
      assert.equal(all.length, 3);
      const [latest, ...others] = all;
      assert.deepEqual(
        await listed({ channel: "file" }),
        others.filter((text) => text.endsWith(" file")),
      );
      assert.deepEqual(await listed({ channel: "mail", label: "Other" }), []);
      assert.deepEqual(await listed({ label: "nETWORK" }), await listed({ label: "Network" }));
      assert.notDeepEqual(await listed({ label: "network" }), []);
      assert.deepEqual(await listed({ since: start + hour }), [latest]);
      assert.deepEqual(await listed({ until: start + hour }), others);
      assert.deepEqual(await listed({ since: start, until: start }), []);
      assert.deepEqual(await listed({ uncertain: true }), [`${mailed} mail`]);
      assert.deepEqual(
        await listed({ uncertain: false }),
        all.filter((text) => text !== `${mailed} mail`),
      );
      const { message } = (await store.deliveries.list({ uncertain: true, limit: 1 })).rows[0] ?? {};
      assert.deepEqual(message, {
        messageId: "<mailed@test>",
        date: start + minute,
        subject: "Report mailed",
        fileName: undefined,
      });
    });

    t(
      "waiting deliveries can be dropped: they are never sent, and the next report has only later changes",
      async (store) => {
        const claimedId = await send(store, operators, "claimed", start);
        await look(store, { at: start, sees: [sighting("10.0.0.1")] });
        await record(store, [], [alert("a", start)]);
        assert.equal(await store.deliveries.withhold({ how: "drop", reason: "too old", at: start + 2 }), 3);
        assert.equal(await store.deliveries.retry("all", start + 3), 0);
        assert.deepEqual(await store.alerts.pending({ limit: 9 }), []);
        assert.deepEqual(
          (await store.deliveries.list({ limit: 9 })).rows.map(({ id, state, lastError }) => [id, state, lastError]),
          [[claimedId, "superseded", "too old"]],
        );
        await look(store, { at: start + 3, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
        const { deliveryId } = await store.deliveries.gather(operators, start + 3);
        assert.deepEqual(await announcedBy(store, deliveryId), ["new 10.0.0.2"]);
      },
    );

    t("an alert that was held and pruned meanwhile stays dead", async (store) => {
      await record(store, [], [alert("a", start)]);
      await store.deliveries.withhold({ how: "hold", reason: "perhaps sent", at: start });
      await record(store, [connection("c", { at: start + hour })], []);
      await store.connections.prune({ before: start + hour });
      assert.equal(await store.deliveries.retry("all", start + 1), 0);
      assert.deepEqual(
        (await store.deliveries.list({ limit: 9 })).rows.map(({ state }) => state),
        ["dead"],
      );
    });

    t("gathering again replaces a report that was never composed, which then cannot be composed", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const first = await store.deliveries.gather(operators, start);
      const second = await store.deliveries.gather(operators, start + 1);
      assert.notEqual(first.deliveryId, second.deliveryId);
      await assert.rejects(store.deliveries.compose(first.deliveryId, message("lost", start)), isMisuse);
      assert.deepEqual(await announcedBy(store, second.deliveryId), ["new 10.0.0.1"]);
    });

    t("a newer report includes what earlier ones could not deliver, and supersedes them", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const first = await send(store, operators, "one", start);
      await store.deliveries.recordOutcome(
        first,
        { kind: "retry", reason: "down" },
        { at: start, nextAttemptAt: start + hour },
      );
      await look(store, { at: start + 1, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      const second = await send(store, operators, "two", start + 1);
      await store.deliveries.recordOutcome(second, { kind: "rejected", reason: "no such user" }, { at: start + 1 });
      assert.equal((await store.deliveries.get(first))?.state, "superseded");
      assert.equal((await store.deliveries.get(second))?.state, "dead");
      assert.equal((await store.deliveries.get(second))?.lastError, "no such user");
      const third = await send(store, operators, "three", start + 2);
      assert.deepEqual(await announcedBy(store, third), ["new 10.0.0.1", "new 10.0.0.2"]);
      assert.equal((await store.deliveries.get(second))?.state, "superseded");
      assert.deepEqual(await announcedBy(store, second), []);
    });

    t("a report is unfinished while it is open or waits for a retry, and finished when it is dead", async (store) => {
      const unfinished = () => store.deliveries.hasUnfinished(operators);
      assert.equal(await unfinished(), false);
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      assert.equal(await unfinished(), true);
      assert.equal(await store.deliveries.hasUnfinished(archive), false);
      const id = await send(store, operators, "one", start);
      assert.equal(await unfinished(), false, "it is being sent");
      await store.deliveries.recordOutcome(
        id,
        { kind: "retry", reason: "busy" },
        { at: start, nextAttemptAt: start + hour },
      );
      assert.equal(await unfinished(), true);
      await store.deliveries.claim({ at: start + hour, limit: 9 });
      await store.deliveries.recordOutcome(id, { kind: "rejected", reason: "no such user" }, { at: start + hour });
      assert.equal(await unfinished(), false);
    });

    t("audiences do not share discoveries", async (store) => {
      const outcome = { audiences: [operators, archive] };
      await look(store, { at: start, sees: [sighting("10.0.0.1")], outcome });
      const mail = await send(store, operators, "mail", start);
      await store.deliveries.recordOutcome(mail, { kind: "delivered" }, { at: start });
      const file = await store.deliveries.gather(archive, start + 1);
      assert.deepEqual(await announcedBy(store, file.deliveryId), ["new 10.0.0.1"]);
    });

    t("a message that may have arrived is repeated unchanged and never merged", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const first = await send(store, operators, "one", start);
      assert.equal(await store.deliveries.recover(start + 1), 1);
      await look(store, { at: start + 2, sees: [sighting("10.0.0.1"), sighting("10.0.0.2")] });
      const { deliveryId } = await store.deliveries.gather(operators, start + 3);
      assert.deepEqual(await announcedBy(store, deliveryId), ["new 10.0.0.2"]);
      const [again] = await store.deliveries.claim({ at: start + 3, limit: 9 });
      assert.equal(again?.id, first);
      assert.equal(again?.uncertain, true);
      assert.equal(again?.attempts, 1);
      assert.deepEqual(again?.message, message("one", start));
      await store.deliveries.recordOutcome(first, { kind: "rejected", reason: "no" }, { at: start + 4 });
      const later = await store.deliveries.gather(operators, start + 5);
      assert.deepEqual(await announcedBy(store, first), ["new 10.0.0.1"]);
      assert.deepEqual(await announcedBy(store, later.deliveryId), ["new 10.0.0.2"]);
    });

    t("a message that is being sent keeps its discoveries", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const first = await send(store, operators, "one", start);
      const { deliveryId } = await store.deliveries.gather(operators, start + 1);
      assert.deepEqual(await announcedBy(store, deliveryId), []);
      assert.deepEqual(await announcedBy(store, first), ["new 10.0.0.1"]);
      await store.deliveries.discard(deliveryId);
      assert.equal(await store.deliveries.get(deliveryId), undefined);
    });

    t("an open delivery that announces something cannot be dropped", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const { deliveryId } = await store.deliveries.gather(operators, start);
      await assert.rejects(store.deliveries.discard(deliveryId), isMisuse);
      assert.deepEqual(await announcedBy(store, deliveryId), ["new 10.0.0.1"]);
    });

    t("an attempt that was released before it began changes nothing", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const id = await send(store, operators, "one", start);
      await store.deliveries.release(id);
      const [again] = await store.deliveries.claim({ at: start, limit: 9 });
      assert.equal(again?.attempts, 0);
      assert.equal(again?.uncertain, false);
    });

    t("of a closed lane only the testing delivery is due, and other lanes are open", async (store) => {
      const others = [operators, archive, { ...operators, label: "Other" }];
      await look(store, { at: start, sees: [sighting("10.0.0.1")], outcome: { audiences: others } });
      const ids: number[] = [];
      for (const audience of others) {
        const { deliveryId } = await store.deliveries.gather(audience, start);
        await store.deliveries.compose(deliveryId, message(audience.label, start));
        ids.push(deliveryId);
      }
      const [first = 0, other = 0, second = 0] = ids;
      await store.deliveries.claim({ at: start, limit: 1 });
      await store.deliveries.recordOutcome(
        first,
        { kind: "retry", reason: "away" },
        { at: start, nextAttemptAt: start + hour },
      );
      const waiting = async (waitingAt: number) =>
        (await store.deliveries.list({ limit: 9, waitingAt })).rows.flatMap(({ id, waitsFor }) =>
          waitsFor === undefined ? [] : [[id, waitsFor]],
        );
      assert.deepEqual(await waiting(start), [[second, first]]);
      assert.deepEqual(await waiting(start + hour), []);
      const closed = [{ channel: "mail" as const, recipient: operators.recipient, scout: first }];
      assert.equal(await store.deliveries.nextDueAt({ closed }), start);
      const claimed = await store.deliveries.claim({ at: start, limit: 9, closed });
      assert.deepEqual(
        claimed.map(({ id }) => id),
        [other],
      );
      assert.deepEqual(await waiting(start), [[second, first]]);
      await store.deliveries.recordOutcome(other, { kind: "delivered" }, { at: start });
      assert.equal(await store.deliveries.nextDueAt({ closed }), start + hour);
      assert.deepEqual(
        (await store.deliveries.claim({ at: start + hour, limit: 9, closed })).map(({ id }) => id),
        [first],
      );
      assert.deepEqual(
        (await store.deliveries.claim({ at: start, limit: 9 })).map(({ id }) => id),
        [second],
      );
    });

    t("dead and waiting deliveries can be made due now", async (store) => {
      const outcome = { audiences: [operators, archive] };
      await look(store, { at: start, sees: [sighting("10.0.0.1")], outcome });
      const dead = await send(store, operators, "dead", start);
      await store.deliveries.recordOutcome(dead, { kind: "retry", reason: "gave up" }, { at: start });
      assert.equal((await store.deliveries.get(dead))?.state, "dead");
      const waiting = await send(store, archive, "waiting", start);
      await store.deliveries.recordOutcome(
        waiting,
        { kind: "retry", reason: "later" },
        { at: start, nextAttemptAt: start + hour },
      );
      assert.equal(await store.deliveries.nextDueAt(), start + hour);
      assert.equal(await store.deliveries.retry([dead], start + minute), 1);
      assert.equal(await store.deliveries.retry([dead], start + minute), 0);
      assert.equal(await store.deliveries.retry([], start + minute), 0);
      assert.equal(await store.deliveries.retry("all", start + minute), 1);
      const due = await store.deliveries.claim({ at: start + minute, limit: 9 });
      assert.deepEqual(
        due.map(({ id }) => id),
        [dead, waiting].sort((a, b) => a - b),
      );
    });

    t("a claim takes the oldest of each lane, and nothing of a lane that is held", async (store) => {
      const queue = async (recipient: string, label: string) => {
        const { deliveryId } = await store.deliveries.gather({ ...operators, recipient, label }, start);
        await store.deliveries.compose(deliveryId, message(label, start));
        return deliveryId;
      };
      const slow = [await queue("slow@example.org", "a"), await queue("slow@example.org", "b")];
      const others = [await queue("b@example.org", "a"), await queue("c@example.org", "a")];
      const held = { channel: operators.channel, recipient: "c@example.org" };
      const claimed = await store.deliveries.claim({ at: start, limit: 9, closed: [held] });
      assert.deepEqual(
        claimed.map(({ id }) => id),
        [slow[0], others[0]],
      );
      assert.equal(
        await store.deliveries.nextDueAt({ closed: [held, { ...held, recipient: "slow@example.org" }] }),
        undefined,
      );
    });

    t(
      "a process that lost the lock records later that it delivered, and otherwise overwrites nothing",
      async (store) => {
        const { deliveryId: id } = await store.deliveries.gather(operators, start);
        await store.deliveries.compose(id, message("a", start));
        await store.deliveries.claim({ at: start, limit: 1 });
        assert.equal(await store.deliveries.recover(start + 1, [id]), 0);
        // Another process takes over the delivery, and fails.
        assert.equal(await store.deliveries.recover(start + 1), 1);
        const later = { at: start + 2, nextAttemptAt: start + hour };
        await store.deliveries.recordOutcome(id, { kind: "retry", reason: "the first" }, later);
        await store.deliveries.recordOutcome(id, { kind: "rejected", reason: "the first" }, later);
        assert.deepEqual(
          [(await store.deliveries.get(id))?.state, (await store.deliveries.get(id))?.nextAttemptAt],
          ["queued", start + 1],
        );
        await store.deliveries.recordOutcome(id, { kind: "delivered" }, { at: start + 2 });
        assert.equal((await store.deliveries.get(id))?.deliveredAt, start + 2);
        await store.deliveries.recordOutcome(id, { kind: "delivered" }, { at: start + 3 });
        await store.deliveries.recordOutcome(id, { kind: "retry", reason: "late" }, later);
        assert.equal((await store.deliveries.get(id))?.deliveredAt, start + 2);
      },
    );

    t("a step that does not fit the state of a delivery is rejected and changes nothing", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const [open] = (await store.deliveries.list({ states: ["open"], limit: 1 })).rows;
      const id = open?.id ?? 0;
      await assert.rejects(store.deliveries.recordOutcome(id, { kind: "delivered" }, { at: start }), isMisuse);
      await assert.rejects(store.deliveries.release(id), isMisuse);
      await assert.rejects(store.deliveries.compose(12_345, message("none", start)), isMisuse);
      await store.deliveries.discard(12_345);
      assert.equal((await store.deliveries.get(id))?.state, "open");
    });

    t("announced discoveries are sorted by watch, address and port, in pages", async (store) => {
      const outcome = { audiences: [{ ...operators, watches: ["b", "a"] }] };
      const hosts = ["10.0.0.10", "fd00::1", "10.0.0.9", "fd00::10", "fd00::2"].map((host) => sighting(host));
      await look(store, { at: start, watch: "b", sees: hosts, outcome });
      await look(store, { at: start + 1, watch: "a", sees: hosts.slice(0, 2), outcome });
      await look(store, { at: start + 2, watch: "b", sees: hosts.slice(1), outcome });
      await look(store, { at: start + 3, watch: "a", sees: [], outcome: { ...outcome, status: "failed" } });
      const { deliveryId } = await store.deliveries.gather({ ...operators, watches: ["b", "a"] }, start + 4);
      const listed: string[] = [];
      for (let offset = 0; ; offset += 2) {
        const page = await store.deliveries.announced({ deliveryId, limit: 2, offset });
        if (page.length === 0) break;
        listed.push(...page.map(({ watch, kind, address }) => `${watch} ${kind} ${address ?? ""}`.trim()));
      }
      assert.deepEqual(listed, [
        "b new 10.0.0.9",
        "b new 10.0.0.10",
        "b gone 10.0.0.10",
        "b new fd00::1",
        "b new fd00::2",
        "b new fd00::10",
        "a scan-failed",
        "a new 10.0.0.10",
        "a new fd00::1",
      ]);
      const ofA = await store.deliveries.announced({ deliveryId, watch: "a", limit: 10, offset: 1 });
      assert.deepEqual(
        ofA.map(({ address }) => address),
        ["10.0.0.10", "fd00::1"],
      );
    });

    t("the backlog is counted by channel, by state and by whether an attempt has failed", async (store) => {
      assert.deepEqual(await store.deliveries.backlog(), []);
      await look(store, { at: start, sees: [sighting("10.0.0.1")], outcome: { audiences: [operators, archive] } });
      const failed = await send(store, operators, "one", start + 1);
      await store.deliveries.recordOutcome(
        failed,
        { kind: "retry", reason: "later" },
        { at: start + 2, nextAttemptAt: start + 3 },
      );
      assert.deepEqual(
        [...(await store.deliveries.backlog())].sort((a, b) => a.state.localeCompare(b.state)),
        [
          { channel: archive.channel, state: "open", wasTried: false, count: 1, reports: 1, oldestAt: start },
          { channel: operators.channel, state: "queued", wasTried: true, count: 1, reports: 1, oldestAt: start },
        ],
      );
      await store.deliveries.claim({ at: start + 3, limit: 9 });
      await store.deliveries.recordOutcome(failed, { kind: "delivered" }, { at: start + 4 });
      assert.deepEqual(
        (await store.deliveries.backlog()).map(({ state }) => state),
        ["open"],
      );
    });

    t("pruning deletes what was delivered long ago and nothing else", async (store) => {
      await look(store, { at: start, sees: [sighting("10.0.0.1")] });
      const first = await send(store, operators, "one", start);
      await store.deliveries.recordOutcome(first, { kind: "delivered" }, { at: start });
      await look(store, { at: start + 1, sees: [] });
      await send(store, operators, "two", start + 1);
      await look(store, { at: start + 2, sees: [] });
      const result = await store.prune({ before: start + hour });
      assert.deepEqual(result, { deliveries: 1, scans: 1, certificates: 0, services: 0 });
      assert.equal(await store.deliveries.get(first), undefined);
      const records = (await store.scans.list({ limit: 9 })).rows;
      assert.equal(records.length, 2);
      assert.equal(await store.deliveries.recover(start + 3), 1);
      const [kept] = await store.deliveries.claim({ at: start + 3, limit: 9 });
      assert.deepEqual(await announcedBy(store, kept?.id ?? 0), ["gone 10.0.0.1"]);
      assert.deepEqual(await store.prune({ before: start + hour }), {
        deliveries: 0,
        scans: 0,
        certificates: 0,
        services: 0,
      });
      const summary = await look(store, { at: start + 5, sees: [sighting("10.0.0.1")] });
      assert.equal(summary.counts.returned, 1);
    });
  });
}
