// A message for a push channel fits into it: no channel cuts it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ipv4FromNumber } from "../../src/core/address.ts";
import type { Message } from "../../src/core/delivery.ts";
import { findingKinds } from "../../src/core/discovery-kinds.ts";
import { ntfyTextBytes } from "../../src/notify/channels/ntfy/ntfy-channel.ts";
import { presetNames, presets, textBytes } from "../../src/notify/channels/webhook/presets.ts";
import { pushTitleLimit, renderPush } from "../../src/outbound/report/render/push-report.ts";
import { reportModel } from "../../src/outbound/report/report-model.ts";
import type { Report } from "../../src/present/findings/report.ts";
import { failed, found, ofDevice, phone, report, section } from "./report-sample.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.constantFrom(
    "&<>".repeat(100),
    "```".repeat(80),
    "\u{1f4a9}".repeat(150),
    '\\"'.repeat(150),
    "*_~`|>#".repeat(40),
    "ä".repeat(300),
    "",
  ),
);

const anyDiscovery = fc
  .record({
    kind: fc.constantFrom(...findingKinds),
    address: fc.nat(0xffffffff),
    port: fc.integer({ min: 0, max: 65535 }),
    hostname: anyText,
    detail: anyText,
    known: fc.boolean(),
    absent: fc.nat(30 * 86_400_000),
  })
  .map(({ kind, address, port, hostname, detail, known, absent }) => {
    const more = { hostname, detail, isKnownHost: known };
    if (kind.startsWith("device-") || kind === "address-moved")
      return ofDevice(kind, { ...phone, name: hostname }, { detail });
    const discovery = found(kind, ipv4FromNumber(address), port, more);
    return { ...discovery, lastSeen: discovery.at - absent };
  });

const anyReport: fc.Arbitrary<Report> = fc
  .record({
    label: anyText,
    reason: anyText,
    isFailed: fc.boolean(),
    hidden: fc.nat(5),
    discoveries: fc.oneof(
      fc.array(anyDiscovery, { maxLength: 5 }),
      fc.array(anyDiscovery, { minLength: 50, maxLength: 150 }),
    ),
  })
  .map(({ label, reason, isFailed, hidden, discoveries }) => {
    const whole = section(isFailed ? failed(reason) : {}, ...discoveries);
    const { new: found } = whole.findings;
    const findings = { ...whole.findings, new: { ...found, total: found.total + hidden } };
    return report([{ ...whole, findings }], { label });
  });

function messageOf({ title, text }: { readonly title: string; readonly text: string }): Message {
  return { messageId: "<1@example>", date: 0, subject: title, text };
}

/** The limit of each service: https://... in presets.ts. */
const limits: Readonly<Record<string, (body: object) => number>> = {
  slack: (body) => lengthOf(body, "text") - 40_000,
  discord: (body) => lengthOf(body, "content") - 2000,
  teams: (body) => Buffer.byteLength(JSON.stringify(body)) - 28 * 1024,
  telegram: (body) => lengthOf(body, "text") - 4096,
};

function lengthOf(body: object, key: string): number {
  const value: unknown = Reflect.get(body, key);
  return typeof value === "string" ? value.length : assert.fail(`no ${key}`);
}

describe("a push", () => {
  test("fits into its channel, with every finding listed or counted", () => {
    const anyBytes = fc.constantFrom(500, ntfyTextBytes, ...Object.values(textBytes));
    fc.assert(
      fc.property(anyReport, anyBytes, (report, bytes) => {
        const model = reportModel(report);
        const { title, text } = renderPush(model, bytes);
        assert.ok(Buffer.byteLength(text) <= bytes, `${Buffer.byteLength(text)} bytes`);
        assert.ok(title.length > 0 && title.length <= pushTitleLimit);
        assert.doesNotMatch(title, /\n/);
        const lines = text.split("\n").slice(0, -1);
        const hidden = report.sections.reduce(
          (sum, { findings: { new: fresh } }) => sum + fresh.total - fresh.shown.length,
          0,
        );
        const total = model.findings.length + model.failures.length + hidden;
        if (total <= 1) return;
        const more = /^and (\d+) more: harbinger reports show 17 --all$/.exec(lines.at(-1) ?? "")?.[1];
        const listed = more === undefined ? lines.length : lines.length - 1 + Number(more);
        assert.equal(listed, total);
      }),
      { numRuns: 300 },
    );
  });

  test("is not cut by any service, whatever it contains", () => {
    fc.assert(
      fc.property(anyReport, fc.constantFrom(...presetNames), (report, preset) => {
        const push = renderPush(reportModel(report), textBytes[preset]);
        const body = presets[preset](messageOf(push), { chatId: "1" });
        assert.doesNotMatch(JSON.stringify(body), /more characters\]/);
        assert.ok((limits[preset]?.(body) ?? 0) <= 0, preset);
      }),
      { numRuns: 200 },
    );
  });
});
