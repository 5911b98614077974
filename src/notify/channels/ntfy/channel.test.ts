import assert from "node:assert/strict";
import { test } from "node:test";
import { ntfyOptions, ntfySchema, parsePriority } from "./channel.ts";

test("only a topic is required", () => {
  assert.deepEqual(ntfyOptions(ntfySchema.parse({ topic: "my-topic" })), {
    server: new URL("https://ntfy.sh"),
    topic: "my-topic",
    priority: 3,
    tags: [],
    click: undefined,
    login: undefined,
    timeoutMs: 30_000,
  });
});

test("every key reaches the channel", () => {
  const given = {
    server: "http://127.0.0.1:8080/push",
    topic: "t",
    priority: "urgent",
    tags: ["shield"],
    click: "https://harbinger.example",
    timeout: "5s",
  };
  const options = ntfyOptions(ntfySchema.parse({ ...given, token: "tk_1" }));
  assert.deepEqual([options.priority, options.login, options.timeoutMs], [5, { kind: "token", token: "tk_1" }, 5000]);
  const other = ntfyOptions(ntfySchema.parse({ ...given, user: "me", password: "p w" }));
  assert.deepEqual(other.login, { kind: "password", user: "me", password: "p w" });
});

test("priorities are accepted by number or name", () => {
  for (const [given, expected] of [
    [1, 1],
    ["5", 5],
    [" Max ", 5],
    ["urgent", 5],
    ["high", 4],
    ["default", 3],
    ["low", 2],
    ["min", 1],
    [0, undefined],
    [6, undefined],
    ["loud", undefined],
    ["constructor", undefined],
  ] as const) {
    assert.equal(parsePriority(given), expected, String(given));
  }
});

test("values that ntfy would reject are rejected", () => {
  for (const wrong of [
    {},
    { topic: "a b" },
    { topic: "a", server: "ftp://x" },
    { topic: "a", server: "https://user:pw@x" },
    { topic: "a", priority: 9 },
    { topic: "a", tags: ["a,b"] },
    { topic: "a", token: "a b" },
    { topic: "a", token: "t", user: "u", password: "p" },
    { topic: "a", user: "u" },
    { topic: "a", password: "p" },
    { topic: "a", click: "not an address" },
    { topic: "a", topics: "b" },
    { topic: "a", timeout: "5" },
  ]) {
    assert.equal(ntfySchema.safeParse(wrong).success, false, JSON.stringify(wrong));
  }
});
