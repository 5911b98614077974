// Each case is a report and its exact text in golden/. After an intended change:
// UPDATE_GOLDEN=1 node --test src/outbound/report/golden.test.ts
// (JSON has another file extension, so that the source formatter does not rewrite it.)
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { portReportLayout } from "../../compat/port-reports/port-report-layout.ts";
import { parseAddress } from "../../core/address.ts";
import type { Discovery } from "../../core/discovery.ts";
import type { DiscoveryKind } from "../../core/discovery-kinds.ts";
import { byKind, type FindingKind } from "../../core/discovery-kinds.ts";
import type { FailureReason, Report, Section } from "../../present/findings/report.ts";
import { renderHtml } from "./render/html-report.ts";
import { renderJson } from "./render/json-report.ts";
import { reportModel } from "./report-model.ts";

const at = Date.UTC(2026, 0, 2, 7, 0, 0, 250);
const hour = 3_600_000;

function discovery(kind: DiscoveryKind, host: string, port: number, more: Partial<Discovery> = {}): Discovery {
  const address = parseAddress(host);
  assert.ok(address !== undefined);
  const seen = { firstSeen: at - 300 * hour, lastSeen: at - 30 * hour };
  return { id: 1, watch: "w", scanId: 1, kind, at, address, port, ...seen, firstScan: false, ...more };
}

function section(options: Partial<Section>, ...found: readonly Discovery[]): Section {
  return {
    watch: "port_ssh",
    ports: [22],
    examined: false,
    status: "complete",
    notes: [],
    firstScan: false,
    findings: byKind((kind: FindingKind) => {
      const shown = found.filter((entry) => entry.kind === kind);
      return { total: shown.length, shown };
    }),
    failures: { total: 0, reasons: [] },
    ...options,
  };
}

function failed(reason: string, more: Partial<FailureReason> = {}): Partial<Section> {
  const entry = { reason, count: 1, firstAt: at, lastAt: at, current: true, ...more };
  return { status: "failed", failures: { total: entry.count, reasons: [entry] } };
}

function report(label: string, ...sections: readonly Section[]): Report {
  return {
    label,
    deliveryId: 17,
    generatedAt: at,
    timeZone: "Europe/Berlin",
    sections,
    wholeHosts: new Set(),
  };
}

const ssh = { watch: "port_ssh", ports: [22], portLabel: "SSH" };
const http = { watch: "port_http", ports: [80], portLabel: "HTTP" };
const custom = { watch: "port_custom", ports: [8080], portLabel: "Custom Service" };
const newHosts = [discovery("new", "10.0.0.100", 22), discovery("new", "10.0.0.101", 22)];

const fingerprint = Array.from({ length: 32 }, (_, index) =>
  (index * 7).toString(16).padStart(2, "0").toUpperCase(),
).join(":");

const expiring = `7 days or less: CN=*.example.org; issued by CN=Example CA; until 2026-01-09 UTC, 6 days left; SHA-256 ${fingerprint}`;

const cases: Readonly<Record<string, Report>> = {
  "new-hosts": report("Network Security", section(ssh, ...newHosts), section(http, discovery("new", "10.0.0.102", 80))),
  "one-new-host": report("Network Security", section({ watch: "port_9", ports: [9] }, discovery("new", "fd00::10", 9))),
  "scan-failures": report(
    "Development",
    section({
      ...custom,
      ...failed(
        "Command failed with return code 2: python custom_scanner.py --subnet 10.0.0.0/24 --port 8080 - python: can't open file 'custom_scanner.py': [Errno 2] No such file or directory",
      ),
    }),
  ),
  "no-new-hosts": report("Admin Services", section(ssh), section(http)),
  mixed: report(
    "Network Security",
    section(ssh, ...newHosts),
    section({ watch: "port_https", ports: [443], portLabel: "HTTPS" }),
    section({
      ...custom,
      ...failed("Command failed with return code 127: custom_script.sh: command not found"),
    }),
  ),
  evidence: report(
    "Data Services",
    section(
      { watch: "port_kafka", ports: [9092], portLabel: "Kafka", examined: true },
      discovery("new", "10.0.0.5", 9092, { evidence: "port is open\nBroker 1 of 3, no authentication <none>" }),
      discovery("new", "10.0.0.6", 9092, { evidence: "" }),
      discovery("new", "10.0.0.7", 9092, { evidence: "[Command timed out]" }),
      discovery("new", "10.0.0.8", 9092, { evidence: "Port 22 (SSH):\n[SCAN FAILED: forged by a banner]\nplain" }),
    ),
  ),
  changes: report(
    "Web Services",
    section(
      { ...ssh, examined: true },
      discovery("new", "10.0.0.9", 22, {
        hostname: "backup.example.org",
        mac: "02:00:00:00:00:09",
        vendor: "Example Devices",
        product: "OpenSSH 9.9",
        evidence: "SSH-2.0-OpenSSH_9.9",
      }),
      discovery("gone", "10.0.0.7", 22),
      discovery("gone", "10.0.0.8", 22, { hostname: "printer.example.org" }),
      discovery("returned", "10.0.0.11", 22, { evidence: "SSH-2.0-dropbear" }),
      discovery("flapping", "10.0.0.12", 22),
      discovery("changed", "10.0.0.13", 22, { detail: "OpenSSH 8.4 became OpenSSH 9.9" }),
    ),
    section({ ...http, status: "complete" }, discovery("gone", "10.0.0.7", 80)),
  ),
  exposed: report(
    "Data Services",
    section(
      { watch: "data", ports: [6379, 9200], portLabel: "Data", examined: true },
      discovery("new", "10.0.0.7", 6379, {
        product: "redis 7.0.15",
        evidence:
          "service: redis 7.0.15\ncert: No certificate collected: the answer is no TLS\nexposure: exposed: redis 7.0.15: answers INFO without a password\n  evidence: redis_version:7.0.15; os:Linux 6.1.0-13-amd64 x86_64; process_id:1; tcp_port:6379\nExposed: 10.0.0.1 (forged)",
      }),
      discovery("exposed", "10.0.0.7", 6379, {
        detail: "redis 7.0.15: answers INFO without a password (redis_version:7.0.15)",
      }),
      discovery("exposed", "fd00::7", 9200, {
        detail: "elasticsearch 7.17.1: answers / without authentication, was protected",
      }),
      discovery("exposed", "10.0.0.9", 9200),
    ),
  ),
  certificates: report(
    "Web Services",
    section(
      { watch: "web", ports: [443, 8443], portLabel: "HTTPS" },
      discovery("certificate-expired", "10.0.0.5", 443, {
        hostname: "shop.example.org",
        detail: `CN=shop.example.org; issued by CN=Example CA; until 2025-12-30 UTC, ended 3 days ago; SHA-256 ${fingerprint}`,
      }),
      discovery("certificate-expiring", "10.0.0.6", 443, { detail: expiring }),
      discovery("certificate-expiring", "10.0.0.6", 8443, { detail: expiring }),
      discovery("certificate-changed", "10.0.0.8", 443, {
        detail: `another fingerprint and issuer: was CN=vpn.example.org, until 2026-01-30 UTC, SHA-256 ${fingerprint}; is CN=vpn.example.org; issued by CN=Example CA 2; until 2027-01-01 UTC; SHA-256 ${fingerprint}`,
      }),
      discovery("certificate-new", "10.0.0.9", 443, {
        detail: `CN=printer; self-signed; until 2035-01-01 UTC; SHA-256 ${fingerprint}`,
      }),
      discovery("certificate-new", "10.0.0.10", 443),
      discovery("gone", "10.0.0.3", 443),
    ),
    section({ watch: "mail", ports: [25] }, discovery("certificate-expired", "10.0.0.25", 25)),
  ),
  "left-out-findings": report("Web Services", {
    ...section({ watch: "web", ports: [443] }),
    findings: {
      ...byKind((kind) => ({ total: kind === "new" ? 0 : 2, shown: [] })),
      exposed: {
        total: 13,
        shown: [
          discovery("exposed", "10.0.0.7", 443, { detail: "grafana 9.5.2: answers /api/org without authentication" }),
        ],
      },
      "certificate-expired": { total: 2, shown: [discovery("certificate-expired", "10.0.0.5", 443)] },
    },
  }),
  "first-scan": report(
    "Web Services",
    section(
      {
        watch: "lan-web",
        ports: [80, 443, 8000, 8001, 8002],
        portLabel: "Web",
        firstScan: true,
        notes: ["nmap is not installed; the built-in scanner ran instead"],
      },
      discovery("new", "10.0.0.1", 443, { firstScan: true }),
      discovery("new", "fd00::10", 8001, { firstScan: true }),
    ),
    section({ watch: "quiet", ports: [23], firstScan: true }),
  ),
  partial: report(
    "Office",
    section({ ...ssh, status: "partial", reason: "out of file descriptors after 1200 of 65024 addresses" }),
    section({ ...http, status: "partial", reason: "10.1.0.0/16 has no route" }, discovery("new", "10.0.0.4", 80)),
  ),
  "earlier-failures": report(
    "Office",
    section({
      ...ssh,
      status: "complete",
      failures: {
        total: 6,
        reasons: [
          { reason: "network is unreachable", count: 4, firstAt: at - 9 * hour, lastAt: at - 3 * hour, current: false },
          { reason: "nmap: timed out after 300 s", count: 1, firstAt: at - hour, lastAt: at - hour, current: false },
        ],
      },
    }),
    section({ ...http, ...failed("network is unreachable", { count: 3, firstAt: at - 2 * hour }) }),
  ),
  "left-out": report(
    "Office",
    {
      ...section(ssh, ...newHosts, discovery("gone", "10.0.0.3", 22)),
      findings: {
        ...section(ssh).findings,
        new: { total: 250_000, shown: newHosts },
        gone: { total: 3, shown: [] },
        returned: { total: 2, shown: [discovery("returned", "10.0.0.4", 22)] },
      },
    },
    section({ watch: "old-lab", ports: [], status: "not-run" }, discovery("new", "10.9.0.1", 2222)),
  ),
};

const folder = path.join(import.meta.dirname, "golden");
const isUpdate = process.env["UPDATE_GOLDEN"] === "1";

function matches(name: string, actual: string): void {
  const file = path.join(folder, name);
  if (isUpdate) writeFileSync(file, actual);
  assert.equal(actual, readFileSync(file, "utf8"));
}

describe("a report looks as it did", () => {
  for (const [name, model] of Object.entries(cases)) {
    test(`${name}, as text`, () => {
      matches(`${name}.txt`, portReportLayout.fileText(model, reportModel(model, portReportLayout).subject));
      assert.ok(
        portReportLayout
          .fileText(model, reportModel(model, portReportLayout).subject)
          .includes(portReportLayout.mailText(model)),
      );
    });
    test(`${name}, as HTML`, () => matches(`${name}.html`, renderHtml(reportModel(model, portReportLayout))));
    test(`${name}, as JSON`, () => matches(`${name}.json.golden`, renderJson(reportModel(model, portReportLayout))));
  }
});

// The same bytes once more, written out here, so that rewriting the golden files cannot hide a change that breaks
// programs which read the earlier tool's reports.
describe("a plain report has the layout of the earlier tool", () => {
  const mixed = report(
    "Network Security",
    section(ssh, ...newHosts),
    section(http),
    section({ ...custom, ...failed("reason") }),
  );
  const body = [
    "Harbinger Network Monitoring Report",
    "Generated: 2026-01-02 08:00:00",
    "",
    "New hosts detected: 2",
    "Scan failures: 1",
    "",
    "Details:",
    "",
    "Port 22 (SSH):",
    "10.0.0.100",
    "10.0.0.101",
    "",
    "Port 80 (HTTP):",
    "No new hosts detected.",
    "",
    "Port 8080 (Custom Service):",
    "[SCAN FAILED: reason]",
    "",
    "",
    "This report was generated by Harbinger monitoring tool.",
    "",
  ].join("\n");

  test("as a mail", () => assert.equal(portReportLayout.mailText(mixed), body));

  test("as a file", () => {
    const subject = reportModel(mixed, portReportLayout).subject;
    const expected = [
      "HARBINGER NETWORK MONITORING REPORT",
      "=====================================",
      "Generated: 2026-01-02 08:00:00",
      "Label: Network Security",
      "Subject: Harbinger Report for Network Security: 2 new hosts detected, 1 scan failures",
      "",
      `${body}`,
      "",
      "Report saved: 2026-01-02T08:00:00.250000",
      "",
    ].join("\n");
    assert.equal(portReportLayout.fileText(mixed, subject), expected);
  });

  test("with the output of a post_command under each host", () => {
    const model = report(
      "L",
      section(
        { ...ssh, examined: true },
        discovery("new", "10.0.0.1", 22, { evidence: "one\ntwo\n" }),
        discovery("new", "10.0.0.2", 22),
      ),
    );
    assert.match(
      portReportLayout.mailText(model),
      /\n\nPort 22 \(SSH\):\n10\.0\.0\.1\none\ntwo\n\n10\.0\.0\.2\n\n\n\nThis report/,
    );
  });
});
