import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type HttpFault, HttpServer } from "../../../test/harness/http-server.ts";
import { contractMessage, never } from "../../../test/notify/channel-contract.ts";
import type { Channel, SendOutcome } from "../../core/delivery.ts";
import { NtfyChannel } from "./ntfy/ntfy-channel.ts";
import { type PresetName, presetNames } from "./webhook/presets.ts";
import { WebhookChannel } from "./webhook/webhook-channel.ts";

const services = ["ntfy", ...presetNames] as const;
type Service = (typeof services)[number];

interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly text?: string;
}

/** The documented answer of each service to an accepted message. */
const successes: Readonly<Record<Service, readonly Answer[]>> = {
  ntfy: [json({ id: "sPs71M8A2T", time: 1, expires: 2, event: "message", topic: "t", message: "m" })],
  generic: [
    { status: 200 },
    { status: 204 },
    { status: 202, type: "text/plain", text: "queued" },
    json({ error: null }),
    json({ code: 0 }),
    json({ code: 200, message: "done" }),
    json([]),
    json([{ error: "no such user" }, { ok: true }]),
  ],
  slack: [{ status: 200, type: "text/plain", text: "ok" }, json({ success: true }), json({ ok: true })],
  discord: [json({ id: "1109", type: 0, content: "c", channel_id: "123", webhook_id: "77" }), { status: 204 }],
  teams: [{ status: 202 }, { status: 200, type: "text/plain", text: "1" }],
  gotify: [json({ id: 25, appid: 5, message: "m", title: "t", priority: 2, date: "2026-01-31T07:00:00Z" })],
  telegram: [json({ ok: true, result: { message_id: 4, chat: { id: 1 }, text: "t" } })],
};

function json(value: object, status = 200): Answer {
  return { status, type: "application/json", text: JSON.stringify(value) };
}

function channelOf(service: Service, server: HttpServer, expect?: string): { channel: Channel; recipient: string } {
  const clock = { now: () => 0 };
  if (service === "ntfy") {
    return {
      channel: new NtfyChannel({ server: new URL(server.url), topic: "topic", timeoutMs: 2000, clock }),
      recipient: "topic",
    };
  }
  const webhook = {
    url: new URL("/hook", server.url),
    preset: service satisfies PresetName,
    chatId: "1",
    timeoutMs: 2000,
    expect,
  };
  return { channel: new WebhookChannel({ webhook, name: "hook", clock }), recipient: "hook" };
}

async function answered(service: Service, { status, type, text }: Answer, expect?: string): Promise<SendOutcome> {
  await using server = await HttpServer.start();
  const headers = type === undefined ? {} : { "content-type": type };
  const fault: HttpFault = { kind: "reply", status, headers, ...(text === undefined ? {} : { text }) };
  server.fault = fault;
  const { channel, recipient } = channelOf(service, server, expect);
  return await channel.send(contractMessage, recipient, never());
}

const page = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>...</body></html>";
const pages: readonly Answer[] = [
  { status: 200, type: "text/html; charset=utf-8", text: page },
  { status: 200, type: "text/html", text: "" },
  { status: 200, type: "application/json", text: page },
  { status: 202, text: `\ufeff\r\n  <?xml version="1.0"?><!-- portal --> ${page}` },
  { status: 200, text: "<html lang=de>" },
];

for (const service of services) {
  test(`${service}: its documented answer is a delivery`, async () => {
    for (const answer of successes[service]) {
      const outcome = await answered(service, answer);
      assert.equal(outcome.kind, "delivered", JSON.stringify([answer, outcome]));
    }
  });

  test(`${service}: a web page with a success status is retried, and so is a 404 page`, async () => {
    for (const answer of [...pages, { status: 404, type: "text/html", text: page }]) {
      const outcome = await answered(service, answer);
      assert.ok(outcome.kind === "retry", JSON.stringify([answer, outcome]));
      assert.equal(outcome.closed, true, "another message would meet the same page");
      assert.match(outcome.reason, /web page/);
    }
  });

  test(`${service}: JSON that reports a failure is retried`, async () => {
    for (const body of [
      { ok: false, description: "later" },
      { success: false },
      { error: "no such user" },
      { errors: ["application token is invalid"], status: 0 },
      { errcode: 310000, errmsg: "keywords not in content" },
      { status: 0 },
      { status: "error" },
      { status: false },
      { result: "error", msg: "stream does not exist" },
      { code: 500, message: "the database failed" },
      { status: 503, title: "Service Unavailable" },
      [{ error: "no such user" }],
    ]) {
      const outcome = await answered(service, json(body));
      assert.equal(outcome.kind, "retry", JSON.stringify([body, outcome]));
    }
  });

  if (service === "generic") continue;

  test(`${service}: an empty answer with 200 is not a delivery`, async () => {
    const outcome = await answered(service, { status: 200 });
    assert.ok(outcome.kind === "retry");
    assert.match(outcome.reason, /answered \(HTTP 200\), but with an empty answer/);
  });

  test(`${service}: another service's answer is not a delivery`, async () => {
    const isShared = (one: Answer) =>
      successes[service].some(({ text, status }) => text === one.text && status === one.status) ||
      // Slack's workflows and Mattermost give the same answers as others.
      (service === "slack" && /"ok":true/.test(one.text ?? "")) ||
      (service === "discord" && (one.text === "ok" || one.status === 204)) ||
      (service === "teams" && one.status === 202);
    for (const other of services.flatMap((name) => (name === service ? [] : successes[name]))) {
      if (isShared(other)) continue;
      const outcome = await answered(service, other);
      assert.equal(outcome.kind, "retry", JSON.stringify([other, outcome]));
    }
  });
}

test("Teams: the status of its endpoint within a 200 answer decides", async () => {
  const refusedBy = (code: number) => ({
    status: 200,
    type: "text/plain",
    text: `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${code} with ContextId tcid=0,server=x,cv=y.0`,
  });

  const [busy, broken, large, unknown] = await Promise.all(
    [429, 502, 413, 404].map((code) => answered("teams", refusedBy(code))),
  );

  assert.ok(busy?.kind === "retry" && busy.closed === true);
  assert.match(busy.reason, /accepts no more messages now \(HTTP 429\)/);
  assert.equal(broken?.kind, "retry");
  assert.equal(large?.kind, "rejected", "the message itself is too large");
  assert.equal(unknown?.kind, "retry");
});

test("a wait in the body of a 200 answer is observed", async () => {
  const outcome = await answered(
    "telegram",
    json({ ok: false, error_code: 429, description: "Too Many Requests", parameters: { retry_after: 35 } }),
  );

  assert.ok(outcome.kind === "retry");
  assert.equal(outcome.retryAfterMs, 35_000);
});

test("with expect: any, a success status is enough; with a text, that text is required", async () => {
  for (const service of presetNames) {
    for (const answer of [{ status: 200 }, ...pages.slice(0, 1)]) {
      assert.equal((await answered(service, answer, "any")).kind, "delivered", service);
    }
  }
  const queued = json({ queued: true });
  assert.equal((await answered("generic", queued, '"queued":true')).kind, "delivered");
  assert.equal((await answered("generic", json({ queued: false }), '"queued":true')).kind, "retry");
  assert.equal((await answered("generic", { status: 500, text: '"queued":true' }, "any")).kind, "retry");
});

test("any 200 answer has an outcome with a safe reason", async () => {
  await using server = await HttpServer.start();
  const channels = services.map((service) => channelOf(service, server));
  const text = fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.json({ maxDepth: 3 }));
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(...channels), async (body, { channel, recipient }) => {
      server.fault = { kind: "reply", status: 200, text: body };
      const outcome = await channel.send(contractMessage, recipient, never());
      assert.notEqual(outcome.kind, "rejected");
      if (outcome.kind === "retry") assert.match(outcome.reason, /^[^\p{Cc}]{10,1000}$/u);
    }),
    { numRuns: 150 },
  );
});
