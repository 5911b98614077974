import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLog } from "../../src/core/log.ts";
import type { Store } from "../../src/core/store.ts";
import { SmtpChannel } from "../../src/notify/channels/mail/smtp/smtp-channel.ts";
import { DeliveryLoop } from "../../src/notify/outbox/delivery-loop.ts";
import { MailServer } from "../harness/smtp-server.ts";
import { ManualClock, passTime } from "./manual-clock.ts";
import { queueReport, TemporaryDatabase } from "./temporary-store.ts";
import { WatchedOutbox } from "./watched-outbox.ts";

const recipients = ["security@example.org", "admin@example.org", "devops@example.org"];

async function setUp(store: Store, server: MailServer) {
  const clock = new ManualClock();
  const outbox = new WatchedOutbox(store.deliveries);
  const mail = new SmtpChannel({ host: "127.0.0.1", port: server.port, tls: "none", from: "harbinger@example.org" });
  const loop = new DeliveryLoop({ outbox, channels: { mail }, clock, random: { next: () => 0.5 }, log: silentLog });
  const ids: number[] = [];
  for (const recipient of recipients) ids.push(await queueReport(store, recipient, clock.now()));
  const hasAttempts = (count: number) => () => ids.every((id) => outbox.outcomes(id).length >= count);
  const isDelivered = () => ids.every((id) => outbox.outcomes(id).at(-1) === "delivered");
  return { clock, outbox, loop, ids, hasAttempts, isDelivered };
}

describe("while the mail server", () => {
  test("is down for three attempts nothing is lost; when it is up again, each recipient gets the mail once", async () => {
    using database = new TemporaryDatabase();
    await using store = await database.open();
    await using server = await MailServer.start();
    await server.stop();
    const { clock, outbox, loop, ids, hasAttempts, isDelivered } = await setUp(store, server);

    loop.start();
    await passTime(clock, outbox, hasAttempts(3));
    await server.start();
    await passTime(clock, outbox, isDelivered);
    await loop.stop();

    assert.deepEqual(server.accepted.map(({ to }) => to[0]).sort(), [...recipients].sort());
    for (const id of ids) {
      assert.deepEqual(outbox.outcomes(id), ["retry", "retry", "retry", "delivered"]);
      assert.equal((await store.deliveries.get(id))?.state, "delivered");
    }
  });

  test("closes the connection after the final dot, the repeated mail has the same identifier and content", async () => {
    using database = new TemporaryDatabase();
    await using store = await database.open();
    await using server = await MailServer.start();
    server.fault = { stage: "content", kind: "drop" };
    const { clock, outbox, loop, hasAttempts, isDelivered } = await setUp(store, server);

    loop.start();
    await passTime(clock, outbox, hasAttempts(1));
    server.fault = undefined;
    await passTime(clock, outbox, isDelivered);
    await loop.stop();

    assert.equal(server.received.length, 6);
    for (const recipient of recipients) {
      const copies = server.received.filter(({ to }) => to[0] === recipient);
      assert.equal(copies[0]?.mail.messageId, `<report.${recipient}>`);
      assert.equal(copies[0]?.raw, copies[1]?.raw);
    }
  });

  test("defers one recipient, the others get the mail at once, and that one later", async () => {
    using database = new TemporaryDatabase();
    await using store = await database.open();
    await using server = await MailServer.start();
    const [deferred = ""] = recipients;
    server.fault = { stage: "recipient", recipient: deferred, kind: "reply", code: 450, text: "greylisted" };
    const { clock, outbox, loop, hasAttempts, isDelivered } = await setUp(store, server);

    loop.start();
    await outbox.until(hasAttempts(1));
    assert.equal(server.accepted.length, 2);
    server.fault = undefined;
    await passTime(clock, outbox, isDelivered);
    await loop.stop();

    assert.deepEqual(server.accepted.map(({ to }) => to[0]).at(-1), deferred);
    assert.equal(server.accepted.length, 3);
  });

  test("permanently refuses one recipient, that delivery is dead, with the reason, and the others are delivered", async () => {
    using database = new TemporaryDatabase();
    await using store = await database.open();
    await using server = await MailServer.start();
    const [refused = ""] = recipients;
    server.fault = { stage: "recipient", recipient: refused, kind: "reply", code: 550, text: "user unknown" };
    const { outbox, loop, ids, hasAttempts } = await setUp(store, server);

    loop.start();
    await outbox.until(hasAttempts(1));
    await loop.stop();

    assert.equal(server.accepted.length, 2);
    const dead = await store.deliveries.get(ids[0] ?? 0);
    assert.equal(dead?.state, "dead");
    assert.match(dead?.lastError ?? "", /refused the recipient.*user unknown/);
  });
});
