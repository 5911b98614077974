import assert from "node:assert/strict";
import { test } from "node:test";
import { contractMessage, never } from "../../test/notify/channel-contract.ts";
import type { Channel } from "../core/delivery.ts";
import { NamedChannels } from "./named-channels.ts";

function answering(detail: string): Channel {
  return { send: async () => ({ kind: "delivered", detail }) };
}

const channels = new NamedChannels(
  "webhook",
  new Map([
    ["ops", answering("from ops")],
    ["security", answering("from security")],
  ]),
);

test("a message is sent to the entry that its recipient names", async () => {
  const outcome = await channels.send(contractMessage, "security", never());

  assert.deepEqual(outcome, { kind: "delivered", detail: "from security" });
});

test("a recipient without an entry is retried in an hour, and named safely", async () => {
  const outcome = await channels.send(contractMessage, "secur\nity", never());

  assert.deepEqual(outcome, {
    kind: "retry",
    reason: "no webhook named secur ity is configured",
    retryAfterMs: 3_600_000,
    closed: true,
  });
});
