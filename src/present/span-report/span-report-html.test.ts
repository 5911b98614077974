import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ConnectionSummary } from "../../core/connection-store.ts";
import { parseMac } from "../../core/device.ts";
import type { StoredCertificate } from "../../core/examination.ts";
import type { Finding } from "../findings/finding.ts";
import { levelsOf } from "../map/map-levels.ts";
import { worldShapes } from "../map/world-shapes.ts";
import type { SpanReport } from "./span-report.ts";
import { spanReportHtml } from "./span-report-html.ts";

const day = 86_400_000;
const until = Date.UTC(2026, 10, 29, 12);
const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>"'\u0000\u001b[31m\u202e&amp;`;

const nothing: ConnectionSummary = {
  total: 0,
  sources: 0,
  hours: [],
  listeners: [],
  peers: [],
  countries: [],
  networks: [],
  protocols: [],
  ports: [],
  fingerprints: [],
};

const quiet: SpanReport = {
  since: until - 7 * day,
  until,
  generatedAt: until,
  timeZone: "UTC",
  version: "1.2.3",
  computer: "watcher",
  findings: [],
  firstScans: { hosts: 0, ports: 0, devices: 0 },
  areFindingsCut: false,
  watches: [],
  connections: nothing,
  hasListeners: true,
  deliveries: { sent: 0, waiting: 0, failed: 0, failures: [] },
  certificates: [],
};

const scan = {
  id: 1,
  watch: "lan",
  engine: "connect",
  startedAt: until - day,
  status: "complete",
  notes: [],
  sighted: 3,
} as const;
const noScans = { running: 0, complete: 0, partial: 0, failed: 0, abandoned: 0 };

/** Everything as long and as hostile as it can be. */
function largest(): SpanReport {
  const long = hostile.repeat(2000);
  const many = <Row>(count: number, row: (i: number) => Row) => Array.from({ length: count }, (_, i) => row(i));
  const finding: Omit<Finding, "type"> = {
    isUrgent: false,
    addresses: ["10.0.0.1" as Finding["addresses"][number]],
    name: long,
    products: [long],
    ports: many(1000, (port) => ({ port: port + 1, label: long })),
    details: [long, long],
    at: until,
    isFirstScan: false,
    watches: [long],
    evidence: [],
  };
  const types = ["exposed", "certificate-expiring", "new-host", "host-returned", "host-gone", "changed"] as const;
  const certificate: StoredCertificate = {
    sha256: long,
    keySha256: long,
    subject: long,
    issuer: long,
    serial: long,
    validFrom: 0,
    validTo: until,
    names: [long],
    selfSigned: false,
    firstSeen: 0,
    lastSeen: 0,
    services: [],
    serviceCount: 0,
    currentCount: 0,
  };
  const delivery = {
    id: 1,
    label: long,
    channel: long,
    recipient: long,
    state: "dead",
    createdAt: until,
    attempts: 1,
    lastError: long,
    uncertain: false,
    message: { messageId: long, date: until, subject: long },
  } as const;
  const count = 1_000_000;
  return {
    ...quiet,
    findings: types.flatMap((type) => many(1000, () => ({ ...finding, type }))),
    watches: many(1000, () => ({
      name: long,
      scans: noScans,
      stopped: 0,
      last: { ...scan, coverage: long },
      trouble: long,
    })),
    connections: {
      total: count,
      sources: count,
      hours: many(8784, (i) => ({ hour: Math.floor((until - 366 * day) / 3_600_000) + i, count })),
      listeners: many(1000, () => ({ listener: long, count, hours: [] })),
      peers: many(100, () => ({
        address: "10.0.0.1" as Finding["addresses"][number],
        count,
        lastAt: until,
        holder: { macs: [parseMac("00:11:32:00:00:10") ?? assert.fail()], name: long, approved: true },
        origin: { hostname: long, organization: long },
      })),
      countries: worldShapes.map(([countryCode], i) => ({ countryCode, country: long, count: i + 1 })),
      networks: many(100, (asn) => ({ asn, organization: long, count })),
      protocols: many(100, () => ({ protocol: long, count })),
      ports: many(100, (port) => ({ port, count })),
      fingerprints: many(300, () => ({ kind: "userAgent", value: long, count })),
    },
    since: until - 366 * day,
    deliveries: { sent: 1, waiting: 1, failed: 1000, failures: many(1000, () => delivery) },
    certificates: many(1000, () => certificate),
  };
}

describe("the HTML report of a time span", () => {
  test("says of what nothing is known, and what is known to be quiet", () => {
    const unknown = spanReportHtml({ ...quiet, hasListeners: false });
    assert.match(unknown, /Nothing is known: no scan ran in this time\./);
    assert.match(unknown, /No decoy port is configured, so nothing is known\./);
    const watches = [{ name: "lan", scans: { ...noScans, complete: 4 }, stopped: 0, last: scan }];
    const known = spanReportHtml({ ...quiet, watches });
    assert.match(known, /Nothing changed in what was scanned\.</);
    assert.match(known, /Nobody connected\./);
    const partial = spanReportHtml({
      ...quiet,
      watches: [{ name: "lan", scans: { ...noScans, partial: 1 }, stopped: 0, last: scan }],
    });
    assert.match(partial, /but not all scans were complete/);
  });

  test("does not warn of scans that somebody stopped, and says what of them is not known", () => {
    const last = { ...scan, status: "partial", reason: "stopped by ann on the pages" } as const;
    const report = (partial: number, stopped: number) =>
      spanReportHtml({
        ...quiet,
        findings: [finding({})],
        watches: [{ name: "lan", scans: { ...noScans, partial }, stopped, last, trouble: last.reason }],
      });
    const warnings = (html: string) => [...html.matchAll(/<(?:p|span) class="(?:warn|bad)">/g)].length;
    assert.equal(warnings(report(1, 1)), 0);
    assert.match(report(1, 1), /Some scans were stopped before their end: see/);
    assert.match(report(1, 1), /, stopped; 3 open ports/);
    assert.equal(warnings(report(2, 1)), 2, "above the findings, and in the table");
    assert.match(report(2, 1), /Some scans were not complete, so there may be more/);
  });

  test("says of first scans that they were in this time", () => {
    const html = spanReportHtml({ ...quiet, firstScans: { hosts: 1, ports: 2, devices: 3 } });
    assert.match(
      html,
      /First scans in this time found 2 open ports on 1 host and 3 devices\. These are not listed below\./,
    );
  });

  const finding = (more: Partial<Finding>): Finding => ({
    type: "new-port",
    isUrgent: false,
    addresses: ["10.0.0.1" as Finding["addresses"][number]],
    products: [],
    ports: [{ port: 22 }],
    details: [],
    at: until,
    isFirstScan: false,
    watches: ["lan"],
    evidence: [],
    ...more,
  });

  test("lists what is over with its end, apart from what is urgent", () => {
    const ended = { of: "all", ends: [{ by: "protected", at: until, ports: [22] }] } as const;
    const html = spanReportHtml({ ...quiet, findings: [{ ...finding({ ended }), type: "exposed" }] });
    assert.match(html, /<dt>Urgent findings<\/dt><dd>0<\/dd>/);
    assert.match(html, /No longer urgent \(1\)/);
    assert.match(html, /was exposed on 10\.0\.0\.1:22.*found protected at 11-29 12:00/);
  });

  test("counts as urgent what still needs somebody", () => {
    const urgent = (findings: readonly Partial<Finding>[]) => {
      const html = spanReportHtml({ ...quiet, findings: findings.map((more) => finding({ isUrgent: true, ...more })) });
      return /<dt>Urgent findings<\/dt><dd(?: class="bad")?>\d+<\/dd>(?:<dd class="more">[^<]*<\/dd>)?/.exec(html)?.[0];
    };
    const seen = { at: until, by: "ada", note: "" };
    assert.equal(urgent([]), "<dt>Urgent findings</dt><dd>0</dd>");
    assert.equal(urgent([{}, {}]), '<dt>Urgent findings</dt><dd class="bad">2</dd>');
    assert.equal(
      urgent([{}, { muted: "all" }, { acknowledged: { ...seen, of: "all" } }]),
      '<dt>Urgent findings</dt><dd class="bad">1</dd><dd class="more">and 2 acknowledged or muted</dd>',
    );
    assert.equal(
      urgent([{ muted: "some" }, { acknowledged: { ...seen, of: "some" } }]),
      '<dt>Urgent findings</dt><dd class="bad">2</dd>',
    );
  });

  test("marks what was muted and what somebody acknowledged", () => {
    const marksOf = (more: Partial<Finding>) => {
      const [line] = /<li>.*10\.0\.0\.1.*<\/li>/.exec(spanReportHtml({ ...quiet, findings: [finding(more)] })) ?? [];
      return [
        ...(line ?? assert.fail("it is not listed")).matchAll(/<span class="(?:warn|good)">, (.*?)<\/span>/g),
      ].map(([, text]) => text);
    };
    const seen = { at: until, by: "ada", note: "a <printer>" };
    assert.deepEqual(marksOf({}), []);
    assert.deepEqual(marksOf({ muted: "all" }), ["muted, not reported"]);
    assert.deepEqual(marksOf({ muted: "some", acknowledged: { ...seen, of: "all" } }), [
      "partly muted, not reported",
      "acknowledged by ada: a &lt;printer&gt;",
    ]);
    assert.deepEqual(marksOf({ acknowledged: { at: until, by: "", note: "", of: "some" } }), ["partly acknowledged"]);
  });

  test("is at most 4 MB and contains no markup of others, however much there is", () => {
    const html = spanReportHtml(largest());
    assert.ok(Buffer.byteLength(html) < 4_000_000, `${Buffer.byteLength(html)} bytes`);
    assert.doesNotMatch(html, /<script|<img/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.doesNotMatch(html, /[\u0000\u001b\u202e]/);
    assert.match(html, /&lt;script&gt;/);
    assert.doesNotMatch(html, /<[^>]* (?:style|src|href)=|url\(/);
  });
});

describe("the levels of the map", () => {
  test("give the highest count the highest one, and each count above none at least the lowest", () => {
    const { level, from } = levelsOf([1, 90, 100_000]);
    assert.deepEqual(from, [1, 10, 100, 1000, 10_000]);
    assert.deepEqual([0, 1, 9, 10, 999, 100_000].map(level), [0, 1, 1, 2, 3, 5]);
    assert.equal(levelsOf([1]).level(1), 1);
  });
});
