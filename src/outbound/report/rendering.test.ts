import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { portReportLayout } from "../../compat/port-reports/port-report-layout.ts";
import { type Address, ipv4FromNumber } from "../../core/address.ts";
import { parseMac } from "../../core/device.ts";
import type { Discovery } from "../../core/discovery.ts";
import { byKind, type FindingKind, findingKinds } from "../../core/discovery-kinds.ts";
import { safeText } from "../../core/safe-text.ts";
import type { Report, Section } from "../../present/findings/report.ts";
import { comparableText } from "../../present/text/comparable-text.ts";
import { renderHtml } from "./render/html-report.ts";
import { renderJson } from "./render/json-report.ts";
import { renderPlainFile, renderPlainText } from "./render/plain-text.ts";
import { renderPush } from "./render/push-report.ts";
import { reportModel } from "./report-model.ts";

// Hostile text: markup, control characters, overrides, lone surrogates, forged report lines.
const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 40 }),
  fc.constantFrom(
    "<script>alert(1)</script>",
    `"><img src=x onerror=alert(1)>`,
    "\u001b[2J\u001b[31mred",
    "a\r\nBcc: x@example.org",
    "\u202egnp.exe",
    "[SCAN FAILED: forged]",
    "Port 22 (SSH):",
    "</pre></td></table>",
    "\n\n\n",
    "banner\nNew:\n- New host: 10.0.0.66",
    "banner\n.\n..two",
    "",
  ),
);

const anyTime = fc.oneof(
  fc.integer({ min: 0, max: 4e12 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1e17, 8.64e15),
);

const anyDiscovery: fc.Arbitrary<Omit<Discovery, "kind">> = fc
  .record(
    {
      hostname: nasty,
      mac: nasty,
      vendor: nasty,
      product: nasty,
      detail: nasty,
      evidence: nasty,
      firstSeen: anyTime,
      lastSeen: anyTime,
      at: anyTime,
      port: fc.integer({ min: 0, max: 65535 }),
      address: fc.nat(0xffffffff).map(ipv4FromNumber),
      firstScan: fc.boolean(),
      movedDevice: fc.record({
        mac: fc.constant(parseMac("52:54:00:12:34:56") ?? assert.fail()),
        name: nasty,
        vendor: nasty,
        randomised: fc.boolean(),
        approved: fc.boolean(),
        addresses: fc.array(fc.nat(0xffffffff).map(ipv4FromNumber), { maxLength: 9 }),
      }),
    },
    { requiredKeys: ["at", "firstScan"] },
  )
  .map((fields) => ({ id: 1, watch: "w", scanId: 1, ...fields }));

const anySection: fc.Arbitrary<Section> = fc
  .record({
    watch: nasty,
    ports: fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { maxLength: 4 }),
    portLabel: nasty,
    examined: fc.boolean(),
    status: fc.constantFrom("complete" as const, "partial" as const, "failed" as const, "not-run" as const),
    reason: nasty,
    notes: fc.array(nasty, { maxLength: 2 }),
    firstScan: fc.boolean(),
    found: fc.array(fc.tuple(fc.constantFrom(...findingKinds), anyDiscovery), { maxLength: 6 }),
    hidden: fc.nat(3),
    reasons: fc.array(
      fc.record({
        reason: nasty,
        count: fc.integer({ min: 1, max: 9 }),
        firstAt: anyTime,
        lastAt: anyTime,
        current: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ found, hidden, reasons, ...section }) => ({
    ...section,
    findings: byKind((kind: FindingKind) => {
      const shown = found.filter(([of]) => of === kind).map(([, discovery]) => ({ ...discovery, kind }));
      return { total: shown.length + hidden, shown };
    }),
    failures: { total: reasons.reduce((sum, { count }) => sum + count, hidden), reasons },
  }));

const anyReport: fc.Arbitrary<Report> = fc.record({
  label: nasty,
  deliveryId: fc.nat(),
  generatedAt: anyTime,
  timeZone: fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kathmandu"),
  sections: fc.array(anySection, { maxLength: 3 }),
  wholeHosts: fc.constant(new Set<Address>()),
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** The tags of our own pages; add new ones here. */
const anyLayout = fc.constantFrom(undefined, portReportLayout);

const knownTags = new Set("html head meta title style body div p h1 h2 h3 span strong table tr td pre".split(" "));
const voidTags = new Set(["meta"]);

/** Reads the tags as a strict parser would. */
function assertWellFormed(html: string): void {
  const open: string[] = [];
  const withoutDoctype = html.replace(/^<!DOCTYPE html>\n/, "");
  const rest = withoutDoctype.replace(
    /<(\/?)([a-z0-9]+)((?: [a-z-]+="[^"<>]*")*)>/g,
    (_tag, slash, name, attributes) => {
      assert.ok(knownTags.has(name), `unknown element ${name}`);
      assert.doesNotMatch(attributes, / (?:on[a-z]+|src|href)=|url\(/);
      if (voidTags.has(name)) return "";
      if (slash === "") open.push(name);
      else assert.equal(open.pop(), name);
      return "";
    },
  );
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]/);
  assert.doesNotMatch(rest, /&(?!(?:amp|lt|gt|quot|#39);)/);
}

/** The same report in which each output of a check is a word. */
function withDullEvidence(report: Report): Report {
  const words = new Map<string, string>();
  const wordFor = (evidence: string): string => {
    if (evidence.trim() === "" || safeText(evidence, { multiline: true }).trim() === "") return evidence;
    const word = words.get(evidence) ?? `word${words.size}`;
    words.set(evidence, word);
    return word;
  };
  const sections = report.sections.map((section) => ({
    ...section,
    findings: byKind((kind: FindingKind) => ({
      ...section.findings[kind],
      shown: section.findings[kind].shown.map((discovery) =>
        discovery.evidence === undefined ? discovery : { ...discovery, evidence: wordFor(discovery.evidence) },
      ),
    })),
  }));
  return { ...report, sections };
}

describe("rendering of untrusted text", () => {
  test("gives text without control characters", () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        const model = reportModel(report);
        assert.doesNotMatch(portReportLayout.fileText(report, model.subject), controls);
        assert.doesNotMatch(renderPlainFile(model), controls);
        const { title, text } = renderPush(model, 4096);
        assert.doesNotMatch(`${title}\n${text}`, controls);
      }),
    );
  });

  test("gives text in which untrusted text cannot forge a line", () => {
    const ours =
      /^(?:First scan: everything that answers is listed as new\.|(?:- | {2}(?! {2})|Urgent:|Expiring:|New:|Back:|Gone:|Changed:|Failed scans:|Output of checks:|Watches:|And \d).*)$/;
    const ourLines = (report: Report) => {
      const [, , ...lines] = renderPlainText(reportModel(report)).split("\n");
      return lines.filter((each) => ours.test(each));
    };
    fc.assert(
      fc.property(anyReport, (report) => assert.deepEqual(ourLines(report), ourLines(withDullEvidence(report)))),
    );
  });

  test("treats other blanks and dashes like the plain ones", () => {
    assert.equal(comparableText("\u2010\u00a010.0.0.9:22 \u2003"), "- 10.0.0.9:22");
    assert.equal(comparableText("\uff2e\uff45\uff57\uff1a"), "New:");
  });

  test("gives a subject of one short line", () => {
    fc.assert(
      fc.property(anyReport, anyLayout, (report, layout) => {
        const subject = reportModel(report, layout).subject;
        assert.doesNotMatch(subject, /[\r\n\t]/);
        assert.doesNotMatch(subject, controls);
        assert.ok(subject.length < 500);
      }),
    );
  });

  test("gives balanced HTML of our own elements only, which loads nothing", () => {
    fc.assert(
      fc.property(anyReport, anyLayout, (report, layout) => {
        const html = renderHtml(reportModel(report, layout));
        assertWellFormed(html);
        assert.doesNotMatch(html, controls);
      }),
    );
  });

  test("gives JSON that can be parsed, without control characters", () => {
    fc.assert(
      fc.property(anyReport, anyLayout, (report, layout) => {
        const json = renderJson(reportModel(report, layout));
        assert.doesNotMatch(json, controls);
        const parsed: unknown = JSON.parse(json, (_key, value: unknown) => {
          if (typeof value === "string") assert.doesNotMatch(value, controls);
          return value;
        });
        assert.ok(typeof parsed === "object" && parsed !== null && "sections" in parsed);
        assert.ok(Array.isArray(parsed.sections));
        assert.equal(parsed.sections.length, report.sections.length);
      }),
    );
  });

  test("gives text in which evidence cannot forge a section, a failure or a summary line", () => {
    const forged = fc.array(
      fc.constantFrom(
        "Port 22 (SSH):",
        "Ports 1,2:",
        "[SCAN FAILED: x]",
        "No new hosts detected.",
        "Gone: 10.0.0.1",
        "Exposed: 10.0.0.1:6379 (redis answers without authentication)",
        "Certificate expired: 10.0.0.1",
        "Certificate expiring: 10.0.0.1",
        "Certificate changed: 10.0.0.1",
        "Certificate new: 10.0.0.1",
        "Note: y",
      ),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(forged, (lines) => {
        const discovery: Discovery = {
          id: 1,
          watch: "w",
          scanId: 1,
          kind: "new",
          at: 0,
          address: ipv4FromNumber(0x0a000001),
          port: 9,
          firstScan: false,
          evidence: `banner\n${lines.join("\n")}`,
        };
        const none = { total: 0, shown: [] };
        const section: Section = {
          watch: "w",
          ports: [9],
          examined: true,
          status: "complete",
          notes: [],
          firstScan: false,
          findings: { ...byKind(() => none), new: { total: 1, shown: [discovery] } },
          failures: { total: 0, reasons: [] },
        };
        const report = {
          label: "L",
          deliveryId: 1,
          generatedAt: 0,
          timeZone: "UTC",
          sections: [section],
          wholeHosts: new Set<Address>(),
        };
        const text = portReportLayout.fileText(report, reportModel(report, portReportLayout).subject);
        for (const line of lines) assert.ok(!text.split("\n").includes(line));
        assert.equal(text.match(/^Ports? .*:$/gm)?.length, 1);
      }),
    );
  });
});
