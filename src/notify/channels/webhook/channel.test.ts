import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { notifySchema } from "../../schema.ts";
import { webhookOf, webhookSchema } from "./channel.ts";

test("only a URL is required", () => {
  assert.deepEqual(webhookOf(webhookSchema.parse({ url: "https://hooks.example/abc" })), {
    url: new URL("https://hooks.example/abc"),
    preset: "generic",
    headers: {},
    token: undefined,
    signingSecret: undefined,
    chatId: undefined,
    priority: undefined,
    ca: undefined,
    expect: undefined,
    timeoutMs: 30_000,
  });
});

test("every key reaches the webhook", () => {
  const section = webhookSchema.parse({
    url: "https://api.telegram.org/bot1:A/sendMessage",
    preset: "telegram",
    headers: { "X-Team": "blue" },
    token: "t",
    signing_secret: "12345678",
    chat_id: -100,
    priority: 3,
    timeout: "2s",
  });
  const { url: _, ...rest } = webhookOf(section, "PEM");
  assert.deepEqual(rest, {
    preset: "telegram",
    headers: { "X-Team": "blue" },
    token: "t",
    signingSecret: "12345678",
    chatId: "-100",
    priority: 3,
    ca: "PEM",
    expect: undefined,
    timeoutMs: 2000,
  });
});

test("values that cannot be sent are rejected", () => {
  const url = "https://hooks.example/abc";
  for (const wrong of [
    {},
    { url: "hooks.example" },
    { url: "file:///etc/passwd" },
    { url: "https://me:pw@hooks.example" },
    { url, preset: "irc" },
    { url, preset: "telegram" },
    { url, headers: { "Content-Length": "1" } },
    { url, headers: { "a b": "1" } },
    { url, headers: { a: "x\r\ny: z" } },
    { url, signing_secret: "short" },
    { url, token: "a b" },
    { url, chat_id: "x y" },
    { url, uri: url },
  ]) {
    assert.equal(webhookSchema.safeParse(wrong).success, false, JSON.stringify(wrong));
  }
  assert.equal(notifySchema.safeParse({ webhooks: { "a,b": { url } } }).success, false);
});

test("keys that give access are marked as secrets", () => {
  const schema: unknown = z.toJSONSchema(webhookSchema, { io: "input" });
  const properties = new Map(Object.entries(Object(Object(schema).properties)));
  const secret = [...properties].filter(([, property]) => Object(property).secret === true).map(([name]) => name);
  assert.deepEqual(secret.sort(), ["signing_secret", "token", "url"]);
  assert.equal(Object(properties.get("headers")).additionalProperties.secret, true);
});
