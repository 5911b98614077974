import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { type HttpFault, HttpServer } from "../../../../test/harness/http-server.ts";
import { certificatePath } from "../../../../test/harness/smtp-server.ts";
import { contractMessage, never } from "../../../../test/notify/channel-contract.ts";
import type { SendOutcome } from "../../../core/delivery.ts";
import { type Webhook, WebhookChannel } from "./webhook-channel.ts";

const now = Date.UTC(2026, 0, 31, 7, 0, 0, 900);
const secretPath = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";

function channelTo(server: { readonly url: string }, more: Partial<Webhook> = {}, path = secretPath): WebhookChannel {
  const webhook: Webhook = { url: new URL(path, server.url), preset: "generic", timeoutMs: 5000, ...more };
  return new WebhookChannel({ webhook, name: "security", clock: { now: () => now } });
}

async function sendTo(fault: HttpFault | undefined, more: Partial<Webhook> = {}, path = secretPath) {
  await using server = await HttpServer.start();
  server.fault = fault;
  const outcome = await channelTo(server, more, path).send(contractMessage, "security", never());
  return { outcome, server };
}

function reasonOf(outcome: SendOutcome): string {
  return outcome.kind === "delivered" ? "" : outcome.reason;
}

test("a message is posted as JSON to the URL, with the configured headers and an idempotency key", async () => {
  const { server, outcome } = await sendTo(
    undefined,
    { headers: { Authorization: "Bearer abcdef", "X-Team": "blue" } },
    "/hook?key=k123",
  );

  assert.equal(outcome.kind, "delivered");
  const [posted] = server.accepted;
  assert.equal(posted?.method, "POST");
  assert.equal(posted?.path, "/hook?key=k123");
  assert.equal(posted?.headers["content-type"], "application/json");
  assert.equal(posted?.headers["idempotency-key"], contractMessage.messageId);
  assert.equal(posted?.headers.authorization, "Bearer abcdef");
  assert.equal(posted?.headers["x-team"], "blue");
  assert.equal(Object(JSON.parse(posted?.body ?? "")).subject, contractMessage.subject);
});

test("a signature lets the receiver verify sender, content and time", async () => {
  const signingSecret = "correct horse";
  const { server } = await sendTo(undefined, { signingSecret });

  const [posted] = server.accepted;
  const timestamp = String(posted?.headers["x-harbinger-timestamp"]);
  const expected = createHmac("sha256", signingSecret).update(`${timestamp}.${posted?.body}`).digest("hex");
  assert.equal(timestamp, "1769842800");
  assert.equal(posted?.headers["x-harbinger-signature"], `sha256=${expected}`);
});

test("Gotify's token is in a header, Telegram's chat in the body", async () => {
  const gotify = await sendTo(undefined, { preset: "gotify", token: "A1b2C3" }, "/message");
  const telegram = await sendTo(undefined, { preset: "telegram", chatId: "@alerts" }, "/bot123:ABC-def/sendMessage");

  assert.equal(gotify.server.accepted[0]?.headers["x-gotify-key"], "A1b2C3");
  assert.equal(Object(JSON.parse(telegram.server.accepted[0]?.body ?? "")).chat_id, "@alerts");
});

test("a subject or identifier never becomes a header or more than one JSON string", async () => {
  await using server = await HttpServer.start();
  const channel = channelTo(server);
  await channel.send(contractMessage, "security", never());
  const usual = Object.keys(server.received[0]?.headers ?? {}).sort();
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.string({ unit: "binary", maxLength: 40 }),
      async (text, id) => {
        const message = {
          ...contractMessage,
          subject: `a\r\nX-Evil: 1${text}`,
          text,
          messageId: `<${id}\r\nX-Evil: 1>`,
        };
        const outcome = await channel.send(message, "security", never());
        assert.equal(outcome.kind, "delivered");
        const posted = server.received.at(-1);
        assert.deepEqual(Object.keys(posted?.headers ?? {}).sort(), usual);
        assert.equal(Object(JSON.parse(posted?.body ?? "")).text, text.toWellFormed());
      },
    ),
    { numRuns: 40 },
  );
});

const answers: readonly [HttpFault & { readonly kind: "reply" }, SendOutcome["kind"], number | undefined][] = [
  [{ kind: "reply", status: 204 }, "delivered", undefined],
  [{ kind: "reply", status: 202 }, "delivered", undefined],
  [{ kind: "reply", status: 408 }, "retry", undefined],
  [{ kind: "reply", status: 425 }, "retry", undefined],
  [{ kind: "reply", status: 429, headers: { "retry-after": "7" } }, "retry", 7000],
  [{ kind: "reply", status: 429, text: '{"message":"slow down","retry_after":1.25}' }, "retry", 1250],
  [{ kind: "reply", status: 429, text: '{"ok":false,"parameters":{"retry_after":35}}' }, "retry", 35_000],
  [{ kind: "reply", status: 503, headers: { "retry-after": "Sat, 31 Jan 2026 07:00:10 GMT" } }, "retry", 9100],
  [{ kind: "reply", status: 503, headers: { "retry-after": "soon" } }, "retry", undefined],
  [{ kind: "reply", status: 500 }, "retry", undefined],
  [{ kind: "reply", status: 302, headers: { location: "http://127.0.0.1:9/x" } }, "retry", 3_600_000],
  [{ kind: "reply", status: 401 }, "retry", 3_600_000],
  [{ kind: "reply", status: 400 }, "rejected", undefined],
  [{ kind: "reply", status: 404 }, "rejected", undefined],
  [{ kind: "reply", status: 410 }, "rejected", undefined],
  [{ kind: "reply", status: 413 }, "rejected", undefined],
  [{ kind: "reply", status: 422 }, "rejected", undefined],
];
for (const [fault, kind, retryAfterMs] of answers) {
  test(`HTTP ${fault.status} ${JSON.stringify(fault.headers ?? fault.text ?? "")} is ${kind}`, async () => {
    const { outcome, server } = await sendTo(fault);

    assert.equal(outcome.kind, kind, reasonOf(outcome));
    assert.equal(outcome.kind === "retry" ? outcome.retryAfterMs : undefined, retryAfterMs);
    assert.equal(server.received.length, 1);
  });
}

test("a redirect is not followed", async () => {
  await using elsewhere = await HttpServer.start();
  const { outcome } = await sendTo({ kind: "reply", status: 307, headers: { location: `${elsewhere.url}/took-it` } });

  assert.equal(outcome.kind, "retry");
  assert.match(reasonOf(outcome), /redirects are not followed/);
  assert.equal(elsewhere.received.length, 0);
});

test("no reason contains a secret, whatever the server repeats", async () => {
  const signingSecret = "signing-secret-1";
  const token = "gotify-token-1";
  const headers = { Authorization: "Bearer header-token-1" };
  const path = "/bot123456:AAE-long%2Dtoken/sendMessage?key=query-secret";
  for (const status of [400, 401, 404, 500]) {
    const text = `POST ${path} AAE-long-token bot123456:AAE-long-token query-secret ${signingSecret} ${token} Bearer header-token-1 header-token-1`;
    const { outcome } = await sendTo({ kind: "reply", status, text }, { signingSecret, token, headers }, path);
    assert.match(reasonOf(outcome), /^http:\/\/127\.0\.0\.1:\d+ /);
    for (const secret of ["bot123456", "AAE-long", "query-secret", signingSecret, token, "header-token-1"]) {
      assert.ok(!reasonOf(outcome).includes(secret), reasonOf(outcome));
    }
  }
});

test("an outage is reported with the origin only", async () => {
  const server = await HttpServer.start();
  await server.stop();

  const outcome = await channelTo(server).send(contractMessage, "security", never());

  assert.equal(reasonOf(outcome), `${server.url} refuses connections; is the server running, and is the port right?`);
});

test("TLS: a server without a valid certificate gets nothing", async () => {
  await using server = await HttpServer.start({ certificate: "localhost" });
  const ca = readFileSync(certificatePath("localhost"), "utf8");

  const trusted = await channelTo(server, { ca }).send(contractMessage, "security", never());
  const untrusted = await channelTo(server).send(contractMessage, "security", never());

  assert.equal(trusted.kind, "delivered");
  assert.match(reasonOf(untrusted), /not signed by a trusted authority/);
  assert.equal(server.received.length, 1);
});

test("a connection that breaks before the answer is uncertain, and the repeated message has the same key", async () => {
  await using server = await HttpServer.start();
  server.fault = { kind: "drop" };
  const channel = channelTo(server);

  const first = await channel.send(contractMessage, "security", never());
  server.fault = undefined;
  const second = await channel.send(contractMessage, "security", never());

  assert.ok(first.kind === "retry" && first.uncertain === true);
  assert.equal(second.kind, "delivered");
  const [one, other] = server.received.map(({ headers }) => headers["idempotency-key"]);
  assert.equal(one, other);
});

test("a Telegram chat that moved gets the message at once, and the required change is logged once", async () => {
  const groups = new Set(["-100"]);
  await using server = await HttpServer.start({
    answer: ({ body }) => {
      const chat = String(Object(JSON.parse(body)).chat_id);
      if (!groups.has(chat)) return { status: 200, text: '{"ok":true,"result":{"message_id":7}}' };
      const parameters = { migrate_to_chat_id: -1001234567890 };
      return { status: 400, text: JSON.stringify({ ok: false, error_code: 400, description: "upgraded", parameters }) };
    },
  });
  const logged: string[] = [];
  const webhook: Webhook = { url: new URL("/bot1:A/sendMessage", server.url), preset: "telegram", chatId: "-100" };
  const channel = new WebhookChannel({
    webhook,
    name: "family",
    clock: { now: () => now },
    log: { warn: (message) => logged.push(message) },
  });

  const outcomes = [];
  for (let time = 0; time < 3; time += 1) outcomes.push(await channel.send(contractMessage, "family", never()));

  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ["delivered", "delivered", "delivered"],
  );
  assert.deepEqual(
    server.received.map(({ body }) => Object(JSON.parse(body)).chat_id),
    ["-100", "-1001234567890", "-1001234567890", "-1001234567890"],
  );
  assert.equal(logged.length, 1);
  assert.match(logged[0] ?? "", /set chat_id: -1001234567890 at notify\.webhooks\.family/);
});

test("a chat that moves in a circle is requested at most twice", async () => {
  await using server = await HttpServer.start({
    answer: () => ({ status: 400, text: '{"ok":false,"parameters":{"migrate_to_chat_id":-5}}' }),
  });
  const channel = channelTo(server, { preset: "telegram", chatId: "-5" });

  const first = await channel.send(contractMessage, "security", never());
  const second = await channel.send(contractMessage, "security", never());

  assert.deepEqual([first.kind, second.kind], ["rejected", "rejected"]);
  assert.equal(server.received.length, 3);
});

test("Discord is requested to wait until the message is stored", async () => {
  const usual = await sendTo(undefined, { preset: "discord" }, "/api/webhooks/1/abcdef?thread_id=5");
  const given = await sendTo(undefined, { preset: "discord" }, "/api/webhooks/1/abcdef?wait=false");
  const asSlack = await sendTo(undefined, { preset: "discord" }, "/api/webhooks/1/abcdef/slack");

  assert.deepEqual(
    [usual, given, asSlack].map(({ server }) => server.received[0]?.path),
    [
      "/api/webhooks/1/abcdef?thread_id=5&wait=true",
      "/api/webhooks/1/abcdef?wait=false",
      "/api/webhooks/1/abcdef/slack",
    ],
  );
});
