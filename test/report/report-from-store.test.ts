// From scans in a real database to the message.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, type TestContext, test } from "node:test";
import { portReportLayout } from "../../src/compat/port-reports/port-report-layout.ts";
import { type Address, ipv4FromNumber, parseAddress } from "../../src/core/address.ts";
import type { Audience } from "../../src/core/delivery.ts";
import type { ExaminedService, News } from "../../src/core/examination.ts";
import type { ScanOutcome } from "../../src/core/scan-store.ts";
import type { Store } from "../../src/core/store.ts";
import type { Watch } from "../../src/core/watch.ts";
import { audiencesOf } from "../../src/outbound/discover/audiences.ts";
import { composeReport } from "../../src/outbound/report/compose-report.ts";
import type { WatchRun } from "../../src/outbound/report/gather/gather-sections.ts";
import { openStore } from "../../src/store/open-store.ts";
import { formOf } from "./form-of.ts";

const start = Date.UTC(2026, 0, 2, 8, 0, 0);
const hour = 3_600_000;

const ssh: Watch = {
  name: "port_ssh",
  label: "Lab",
  portLabel: "SSH",
  ports: [22],
  recipients: ["admin@example.org"],
  scan: { engine: "connect", targets: ["10.0.0.0/8"], exclude: [] },
  checks: [],
  goneAfter: 1,
  reportOn: "always",
  reportStyle: "legacy",
};
const [mail] = audiencesOf([ssh], { mail: "mail", file: "file", saveToFile: false });
assert.ok(mail !== undefined);
const audience: Audience = mail;

async function storeFor(t: TestContext): Promise<Store> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "harbinger-report-"));
  const store = await openStore({ location: `sqlite:${path.join(folder, "harbinger.db")}` });
  t.after(async () => {
    await store[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  return store;
}

function host(text: string): Address {
  const address = parseAddress(text);
  assert.ok(address !== undefined);
  return address;
}

async function scan(store: Store, at: number, hosts: readonly Address[], end: Partial<ScanOutcome> = {}) {
  const session = await store.scans.begin({ watch: ssh.name, ports: ssh.ports, engine: "connect", at });
  const batchSize = 10_000;
  for (let first = 0; first < hosts.length; first += batchSize) {
    await session.add(hosts.slice(first, first + batchSize).map((address) => ({ address, port: 22 })));
  }
  const summary = await session.finish({
    at,
    status: "complete",
    engine: "connect",
    notes: [],
    coverage: { kind: "all" },
    policy: { goneAfter: ssh.goneAfter, flapLimit: 4, flapWindowMs: 24 * hour, announceFailure: "always" },
    audiences: [audience],
    ...end,
  });
  const run: WatchRun = { watch: ssh, summary, status: end.status ?? "complete", notes: [] };
  return end.reason === undefined ? run : { ...run, reason: end.reason };
}

async function report(store: Store, at: number, run: WatchRun, to: Audience = audience) {
  const { deliveryId } = await store.deliveries.gather(to, at);
  const message = await composeReport({
    formOf,
    audience: to,
    ran: [run],
    watches: [ssh],
    deliveries: store.deliveries,
    services: store.services,
    portReportLayout,
    deliveryId,
    at,
    timeZone: "UTC",
    messageId: (id) => `<${id}@test.example>`,
  });
  await store.deliveries.compose(deliveryId, message);
  return message;
}

async function deliver(store: Store, at: number): Promise<void> {
  for (const { id } of await store.deliveries.claim({ at, limit: 10 })) {
    await store.deliveries.recordOutcome(id, { kind: "delivered" }, { at });
  }
}

function details(text: string): string {
  return text.slice(text.indexOf("Details:\n\n") + 10, text.indexOf("\n\n\nThis report was"));
}

describe("a report from the store", () => {
  test("lists the hosts of the first scan by address, and marks it as the first", async (t) => {
    const store = await storeFor(t);
    const run = await scan(store, start, [host("10.0.0.10"), host("fd00::1"), host("10.0.0.9")]);
    const message = await report(store, start, run);
    assert.equal(message.subject, "Harbinger Report for Lab: 3 new hosts detected");
    assert.equal(
      details(message.text),
      "Port 22 (SSH):\n10.0.0.9\n10.0.0.10\nfd00::1\nNote: First scan of this watch: every host is listed as new.",
    );
  });

  test("lists what is gone and what returned", async (t) => {
    const store = await storeFor(t);
    await report(store, start, await scan(store, start, [host("10.0.0.9"), host("10.0.0.10")]));
    await deliver(store, start);

    const second = start + hour;
    const gone = await report(store, second, await scan(store, second, [host("10.0.0.10")]));
    assert.equal(gone.subject, "Harbinger Report for Lab: No new hosts detected (1 gone)");
    assert.equal(
      details(gone.text),
      "Port 22 (SSH):\nNo new hosts detected.\nGone: 10.0.0.9 (last seen 2026-01-02 08:00:00)",
    );
    await deliver(store, second);

    const third = second + hour;
    const back = await report(store, third, await scan(store, third, [host("10.0.0.9"), host("10.0.0.10")]));
    assert.equal(
      details(back.text),
      "Port 22 (SSH):\nNo new hosts detected.\nReturned: 10.0.0.9 (first seen 2026-01-02 08:00:00)",
    );
  });

  test("includes what an undelivered report announced, failures and hosts", async (t) => {
    const store = await storeFor(t);
    await report(store, start, await scan(store, start, [host("10.0.0.9")]));
    const failed = { status: "failed", reason: "no route to 10.0.0.0/8", coverage: { kind: "none" } } as const;
    for (const hours of [1, 2]) {
      await report(store, start + hours * hour, await scan(store, start + hours * hour, [], failed));
    }
    const last = start + 3 * hour;
    const message = await report(store, last, await scan(store, last, [host("10.0.0.9"), host("10.0.0.11")]));
    assert.equal(message.subject, "Harbinger Report for Lab: 2 new hosts detected, 2 scan failures");
    assert.equal(
      details(message.text),
      "Port 22 (SSH):\n10.0.0.9\n10.0.0.11\n" +
        "[SCAN FAILED: no route to 10.0.0.0/8] (2 times, 2026-01-02 09:00:00 to 2026-01-02 10:00:00)\n" +
        "Note: First scan of this watch: every host is listed as new.",
    );
    const waiting = (await store.deliveries.list({ states: ["queued"], limit: 10 })).rows;
    assert.equal(waiting.length, 1);
  });

  test("counts exactly what a mail leaves out, with a failure beside it", async (t) => {
    const store = await storeFor(t);
    const failed = { status: "failed", reason: "no route", coverage: { kind: "none" } } as const;
    await report(store, start, await scan(store, start, [], failed));
    const hosts = Array.from({ length: 5_000 }, (_, index) => ipv4FromNumber(0x0a000000 + index));
    const at = start + hour;
    const message = await report(store, at, await scan(store, at, hosts));
    assert.equal(message.subject, "Harbinger Report for Lab: 5000 new hosts detected, 1 scan failures");
    assert.match(message.text, /^\.\.\. and 3000 more new hosts: harbinger reports show \d+$/m);
    assert.match(message.text, /^\[SCAN FAILED: no route\] \(2026-01-02 08:00:00\)$/m);
  });

  test("lists what checks found since the last report, and nothing twice", async (t) => {
    const store = await storeFor(t);
    const hosts = Array.from({ length: 2_100 }, (_, index) => ipv4FromNumber(0x0a000000 + index));
    await report(store, start, await scan(store, start, hosts));
    await deliver(store, start);

    const second = start + hour;
    const run = await scan(store, second, hosts);
    const news = (index: number): News[] => [
      { kind: "exposed", detail: "redis 7.0.15: answers INFO without a password" },
      ...(index === 3 ? [{ kind: "certificate-expiring" as const, detail: "7 days or less: CN=a" }] : []),
    ];
    await store.examinations.record({
      watch: ssh.name,
      at: second + 1,
      services: hosts.map((address, index) => ({ address, port: 22, results: [], memory: "{}", news: news(index) })),
      audiences: [audience],
    });
    const message = await report(store, second + 2, run);
    assert.equal(
      message.subject,
      "Harbinger Report for Lab: No new hosts detected (2100 exposed, 1 certificate expiring)",
    );
    assert.match(message.text, /^Hosts exposed: 2100\nCertificates expiring: 1$/m);
    assert.match(message.text, /^Exposed: 10\.0\.0\.0 \(redis 7\.0\.15: answers INFO without a password\)$/m);
    assert.match(message.text, /^\.\.\. and 100 more exposed hosts: harbinger reports show \d+$/m);
    assert.match(message.text, /^Certificate expiring: 10\.0\.0\.3 \(7 days or less: CN=a\)$/m);
    await deliver(store, second + 3);

    const third = await report(store, second + hour, await scan(store, second + hour, hosts));
    assert.equal(third.subject, "Harbinger Report for Lab: No new hosts detected");
  });

  test("tells what is over as over, and is not urgent for it", async (t) => {
    const store = await storeFor(t);
    const hosts = ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map(host);
    const record = (at: number, index: number, more: Partial<ExaminedService>) =>
      store.examinations.record({
        watch: ssh.name,
        at,
        services: hosts
          .slice(index, index + 1)
          .map((address) => ({ address, port: 22, results: [], memory: "{}", news: [], ...more })),
        audiences: [audience],
      });
    await scan(store, start, hosts);
    const news: News[] = [{ kind: "exposed", detail: "redis 7.0.15: answers INFO without a password" }];
    for (const index of hosts.keys()) await record(start + 1, index, { news });
    const isProtected = { check: "exposure", passed: false, verdict: "protected", output: "", facts: {} } as const;
    await record(start + 2, 0, { results: [isProtected] });
    const run = await scan(store, start + hour, hosts.slice(0, 2));
    const { text, urgency, subject } = await report(store, start + 2 * hour, run);
    assert.equal(urgency, "high", "one is exposed");
    assert.match(subject, /3 exposed/, "programs read the totals of this layout");
    assert.match(text, /^Exposed: 10\.0\.0\.1 \(redis [^()]*; found protected at 2026-01-02 08:00:00\)$/m);
    assert.match(text, /^Exposed: 10\.0\.0\.2 \(redis [^();]*\)$/m);
    assert.match(text, /^Exposed: 10\.0\.0\.3 \(redis [^()]*; gone since 2026-01-02 09:00:00\)$/m);

    await record(start + 3 * hour, 1, { results: [isProtected] });
    const later = await report(store, start + 3 * hour, run);
    assert.equal(later.urgency, undefined);
    assert.match(later.html ?? "", /3 were exposed/);
  });
});
