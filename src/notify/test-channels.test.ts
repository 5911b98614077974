import assert from "node:assert/strict";
import { test } from "node:test";
import { MailServer } from "../../test/harness/smtp-server.ts";
import { never } from "../../test/notify/channel-contract.ts";
import { isReportFileName } from "./channels/file/report-file-name.ts";
import { SmtpChannel } from "./channels/mail/smtp/smtp-channel.ts";
import { testChannels, testMessage } from "./test-channels.ts";

const at = Date.UTC(2026, 0, 5, 8);
const targets = [
  { channel: "mail", recipient: "security@example.org" },
  { channel: "mail", recipient: "not an address" },
  { channel: "ntfy", recipient: "topic" },
] as const;

test("each target has its own result: what works, what is refused, what is not configured", async () => {
  await using server = await MailServer.start();
  const mail = new SmtpChannel({ host: "127.0.0.1", port: server.port, tls: "none", from: "harbinger@example.org" });

  const results = await testChannels({ mail }, testMessage({ at, host: "sensor", id: "1" }), {
    targets,
    signal: never(),
  });

  assert.deepEqual(
    results.map(({ channel, recipient, outcome }) => [channel, recipient, outcome.kind]),
    [
      ["mail", "security@example.org", "delivered"],
      ["mail", "not an address", "rejected"],
      ["ntfy", "topic", "retry"],
    ],
  );
  assert.equal(server.accepted[0]?.mail.subject, "Harbinger test message from sensor");
});

test("a channel that throws is a result, and the next target is still tried", async () => {
  const broken = {
    send: async () => {
      throw new Error("bug");
    },
  };

  const results = await testChannels({ mail: broken }, testMessage({ at, host: "sensor", id: "1" }), {
    targets,
    signal: never(),
  });

  assert.equal(results.length, targets.length);
  assert.deepEqual(results[0]?.outcome, { kind: "retry", reason: "internal error: bug" });
});

test("a test message has a valid identifier and file name, whatever this machine's name", () => {
  for (const host of ["sensor.example.org", "", "a b\r\nX: y", "büro>"]) {
    const message = testMessage({ at, host, id: "5f3a/1" });

    assert.match(message.messageId, /^<[A-Za-z0-9.-]+@[A-Za-z0-9.-]+>$/);
    assert.ok(isReportFileName(message.fileName ?? ""));
  }
});
