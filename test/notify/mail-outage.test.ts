import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Message } from "../../src/core/delivery.ts";
import { silentLog } from "../../src/core/log.ts";
import { SmtpChannel } from "../../src/notify/channels/smtp/smtp-channel.ts";
import { DeliveryLoop } from "../../src/notify/outbox/delivery-loop.ts";
import { MailServer } from "../harness/smtp-server.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryOutbox } from "./memory-outbox.ts";

const recipients = ["security@example.org", "admin@example.org", "devops@example.org"];

function setUp(server: MailServer) {
  const clock = new ManualClock();
  const outbox = new MemoryOutbox();
  const channel = new SmtpChannel({ host: "127.0.0.1", port: server.port, tls: "none", from: "harbinger@example.org" });
  const loop = new DeliveryLoop({
    outbox,
    channels: { mail: channel },
    clock,
    random: { next: () => 0.5 },
    log: silentLog,
  });
  const ids = recipients.map((recipient, at) =>
    outbox.add({ message: messageOf(at), recipient, createdAt: clock.now() }),
  );
  const attempts = () => Math.min(...ids.map((id) => outbox.get(id).attempts));
  return { clock, outbox, loop, attempts };
}

function messageOf(number: number): Message {
  return {
    messageId: `<report.${number}@harbinger.test>`,
    date: Date.UTC(2026, 0, 5, 8),
    subject: `Harbinger Report for LAN: ${number + 1} new host(s) detected`,
    text: `10.0.0.${number}\n`,
  };
}

describe("while the mail server", () => {
  test("is down for three attempts, nothing is lost; when it is up again, each recipient hears once", async () => {
    await using server = await MailServer.start();
    await server.stop();
    const { clock, outbox, loop, attempts } = setUp(server);

    loop.start();
    await outbox.passTime(clock, () => attempts() === 3);
    assert.equal(outbox.count("queued"), 3);
    await server.start();
    await outbox.passTime(clock, () => outbox.count("delivered") === 3);
    await loop.stop();

    assert.deepEqual(server.accepted.map(({ to }) => to[0]).sort(), [...recipients].sort());
  });

  test("breaks off after the final dot, the repetition has the same identifier and the same content", async () => {
    await using server = await MailServer.start();
    server.fault = { stage: "content", kind: "drop" };
    const { clock, outbox, loop, attempts } = setUp(server);

    loop.start();
    await outbox.passTime(clock, () => attempts() === 1);
    server.fault = undefined;
    await outbox.passTime(clock, () => outbox.count("delivered") === 3);
    await loop.stop();

    assert.equal(server.received.length, 6);
    for (const [at, recipient] of recipients.entries()) {
      const copies = server.received.filter(({ to }) => to[0] === recipient);
      assert.deepEqual(
        copies.map(({ mail }) => mail.messageId),
        [messageOf(at).messageId, messageOf(at).messageId],
      );
      assert.equal(copies[0]?.raw, copies[1]?.raw);
    }
  });

  test("defers one recipient, the others are delivered at once, and it later", async () => {
    await using server = await MailServer.start();
    server.fault = { stage: "recipient", kind: "reply", code: 450, text: "greylisted" };
    const { clock, outbox, loop, attempts } = setUp(server);

    loop.start();
    await outbox.until(() => attempts() === 1);
    server.fault = undefined;
    await outbox.passTime(clock, () => outbox.count("delivered") === 3);
    await loop.stop();

    assert.equal(server.accepted.length, 3);
  });
});
