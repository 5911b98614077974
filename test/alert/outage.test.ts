import assert from "node:assert/strict";
import { test } from "node:test";
import { SmtpChannel } from "../../src/notify/channels/mail/smtp/smtp-channel.ts";
import { NtfyChannel } from "../../src/notify/channels/ntfy/ntfy-channel.ts";
import { WebhookChannel } from "../../src/notify/channels/webhook/webhook-channel.ts";
import { HttpServer } from "../harness/http-server.ts";
import { MailServer } from "../harness/smtp-server.ts";
import { ManualClock, passTime } from "../notify/manual-clock.ts";
import { TemporaryDatabase } from "../notify/temporary-store.ts";
import { InboundLab } from "./inbound-lab.ts";

const minute = 60_000;
/** The step of the clock. */
const stepMs = 5000;

interface SentMessage {
  readonly subject: string;
  readonly text: string;
}

/** `127.9.0.1 2`: the peer of a message, and its number of suppressed connections. */
function gist({ subject, text }: SentMessage): string {
  const [, more, peer = ""] = /^(?:(\d+) more connections from )?(127\.\S+) /.exec(subject) ?? [];
  const before = /^Since the last alert: (\d+) more connections? /m.exec(text)?.[1];
  return more === undefined ? `${peer} ${before ?? "0"}` : `${peer} summary ${more}`;
}

test("mail, push and webhook are down for an hour: afterwards each alert arrives once, in order, with the right counts", async () => {
  using database = new TemporaryDatabase();
  await using store = await database.open();
  await using mail = await MailServer.start();
  await using http = await HttpServer.start();
  const clock = new ManualClock();
  const hook = { url: new URL(`${http.url}/hook`), preset: "generic" } as const;
  await using lab = await InboundLab.start({
    store,
    clock,
    channels: {
      mail: new SmtpChannel({ host: "127.0.0.1", port: mail.port, tls: "none", from: "harbinger@example.org" }),
      ntfy: new NtfyChannel({ topic: "topic", server: new URL(http.url), clock }),
      webhook: new WebhookChannel({ webhook: hook, name: "hook", clock }),
    },
    routes: [
      { channel: "mail", recipients: ["ann@example.org", "bob@example.org"] },
      { channel: "ntfy", recipients: ["knocks"] },
      { channel: "webhook", recipients: ["hook"] },
    ],
  });
  const ways = 4;
  let alerts = 0;
  /** Waits until this many more alerts were raised and have become messages. */
  const expect = (more: number) => {
    alerts += more;
    return lab.composed(alerts * ways, () => clock.advance(50));
  };
  const begin = clock.now();
  const until = (minutes: number) => passTime(clock, lab.outbox, () => clock.now() >= begin + minutes * minute, stepMs);

  await mail.stop();
  await http.stop();
  // One connects three times, one again during its cooldown and once after it, others once.
  for (const peer of [1, 2, 3, 1, 1]) await lab.connectFrom(`127.9.0.${peer}`);
  await expect(3);
  await until(10);
  await lab.connectFrom("127.9.0.2");
  await until(28);
  await lab.connectFrom("127.9.0.2");
  await until(31);
  await lab.connectFrom("127.9.0.2");
  // The first one is silent by now.
  await expect(2);
  await until(45);
  await lab.connectFrom("127.9.0.4");
  await expect(1);
  await until(60);
  assert.deepEqual([mail.received, http.received], [[], []]);

  await mail.start();
  await http.start();
  const isConnected = () => mail.accepted.length >= 2 * alerts && http.accepted.length >= 2 * alerts;
  await passTime(clock, lab.outbox, isConnected, stepMs);
  // Much later, nothing more has arrived.
  await until(60 + 29);
  await lab.stop();

  const expected = ["127.9.0.1 0", "127.9.0.2 0", "127.9.0.3 0", "127.9.0.1 summary 2", "127.9.0.2 2", "127.9.0.4 0"];
  for (const recipient of ["ann@example.org", "bob@example.org"]) {
    const mails = mail.received.filter(({ to }) => to.includes(recipient));
    assert.deepEqual(
      mails.map(({ mail: { subject = "", text = "" } }) => gist({ subject, text })),
      expected,
    );
  }
  const pushes = http.received.filter(({ path }) => path === "/topic");
  assert.deepEqual(
    pushes.map(({ headers, body }) => gist({ subject: String(headers["title"]), text: body })),
    expected,
  );
  const posts = http.received.filter(({ path }) => path === "/hook").map(({ body }): SentMessage => JSON.parse(body));
  assert.deepEqual(posts.map(gist), expected);
  const deliveries = (await store.deliveries.list({ limit: 1000 })).rows;
  assert.deepEqual(new Set(deliveries.map(({ state }) => state)), new Set(["delivered"]));
  assert.equal(deliveries.length, alerts * ways);
});
