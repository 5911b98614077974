import assert from "node:assert/strict";
import { test } from "node:test";
import type { Origin } from "../../src/core/connection.ts";
import type { Alert } from "../../src/inbound/alert/alert.ts";
import { AlertComposer, alertMessageId } from "../../src/inbound/announce/compose-alert.ts";
import { AlertGate } from "../../src/inbound/decide/alert-gate.ts";
import { alertSettings, alertsSchema } from "../../src/inbound/decide/schema.ts";
import { NtfyChannel } from "../../src/notify/channels/ntfy/ntfy-channel.ts";
import { identify } from "../../src/wire/identify.ts";
import { HttpServer } from "../harness/http-server.ts";
import { address, at, connection, linkoping, minute, second } from "./samples.ts";

test("connections of two thousand addresses lead to a few short push messages that count all of them", async () => {
  await using server = await HttpServer.start();
  const settings = alertSettings(alertsSchema.parse({ time_zone: "Europe/Berlin" }));
  const gate = new AlertGate({ cooldown: settings.cooldown, ...(settings.budget && { budget: settings.budget }) });
  const composer = new AlertComposer(settings.text);
  const ntfy = new NtfyChannel({ topic: "topic", server: new URL(server.url), clock: { now: () => at } });
  const payload = Buffer.from("SSH-2.0-Go\r\n");
  const identification = identify(payload);
  let reported = 0;
  let sent = 0;

  async function deliver(alert: Alert): Promise<void> {
    sent += 1;
    const envelope = { messageId: alertMessageId([alert.kind, String(sent)], "harbinger.test"), at };
    const outcome = await ntfy.send(composer.compose(alert, envelope), "topic", new AbortController().signal);
    assert.equal(outcome.kind, "delivered");
    if (alert.kind === "connection") reported += 1 + alert.suppressedBefore;
    else reported += alert.kind === "digest" ? alert.digest.connections : alert.burst.connections;
  }
  async function tellDue(now: number): Promise<void> {
    for (const due of gate.due(now)) await deliver(due.kind === "summary" ? { ...due, origin: linkoping } : due);
  }

  const connections = 20_000;
  let now = at;
  for (let i = 0; i < connections; i++) {
    now = at + Math.floor(i / 100) * second;
    const peer = { address: address(`198.18.${(i % 2000) >> 8}.${(i % 2000) & 255}`), port: 1024 + (i % 60_000) };
    const local = { address: address("192.0.2.1"), port: 1 + (i % 65_535) };
    const input = { ...connection(payload, identification), id: `c${i}`, at: now, peer, local };
    const decision = gate.decide(input, now);
    const origin: Origin = linkoping;
    if (decision.kind === "alert")
      await deliver({ kind: "connection", connection: input, origin, suppressedBefore: decision.suppressedBefore });
    if (i % 100 === 0) await tellDue(now);
  }
  for (let next = gate.nextDueAt(now); next !== undefined; next = gate.nextDueAt(now)) {
    now = Math.max(now, next);
    await tellDue(now);
  }

  assert.equal(reported, connections);
  assert.equal(server.accepted.length, sent);
  assert.ok(sent <= 25, `${sent} pushes in ${(now - at) / minute} minutes`);
  for (const { body } of server.accepted)
    assert.ok(Buffer.byteLength(body) <= 4096 && !body.includes("more characters]"));
  assert.match(server.accepted[0]?.headers["title"]?.toString() ?? "", /^=\?UTF-8\?B\?/);
  assert.ok(
    server.accepted.some(({ headers }) =>
      /^[\d,]+ addresses knocked in \d+ (?:seconds|minutes) \(most: port \d+\)$/.test(String(headers["title"])),
    ),
  );
});
