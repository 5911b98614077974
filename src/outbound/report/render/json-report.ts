import type { DeviceBrief } from "../../../core/device.ts";
import type { Discovery, DiscoveryEnd } from "../../../core/discovery.ts";
import { findingKinds, jsonName } from "../../../core/discovery-kinds.ts";
import { everyPort, formatPorts } from "../../../core/ports.ts";
import { safeText } from "../../../core/safe-text.ts";
import { endLines, lineOf } from "../../../present/findings/finding-words.ts";
import { isOver } from "../../../present/findings/kind-words.ts";
import { leftOut, leftOutFailures, type Section } from "../../../present/findings/report.ts";
import { utcTime } from "../../../present/text/local-time.ts";
import { line } from "../../../present/text/short-text.ts";
import type { ReportModel } from "../report-model.ts";

/** Maximum number of findings in the summary; the sections contain the discoveries of all. */
const summaryLimit = 1000;

/** Changes when a field is removed or gets another meaning; fields may be added at any time. */
const jsonReportFormat = "harbinger-report/1";

/**
 * The report for programs. Times are ISO 8601 in UTC; `ports` is a port list in the syntax of the configuration; unknown
 * values are absent; `left_out` counts what did not fit. A host on which every tried port answers has `every_port` and
 * port 0. `summary` has the findings that people read, urgent ones first.
 */
export function renderJson({ report, findings, subject, totals }: ReportModel): string {
  const document = {
    format: jsonReportFormat,
    label: line(report.label),
    delivery: report.deliveryId,
    generated: utcTime(report.generatedAt),
    subject,
    urgency: findings.some(({ isUrgent }) => isUrgent) ? "high" : "normal",
    summary: findings.slice(0, summaryLimit).map((finding) => ({
      type: jsonName(finding.type),
      urgent: finding.isUrgent,
      text: [lineOf(finding, "full"), ...endLines(finding, utcTime)].join(", "),
      over: isOver(finding) ? true : undefined,
    })),
    totals: {
      ...Object.fromEntries(findingKinds.map((kind) => [jsonName(kind), totals[kind]])),
      scan_failures: totals.failures,
      partial_scans: totals.partial,
    },
    sections: report.sections.map(sectionJson),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function sectionJson(section: Section): object {
  const findings = Object.fromEntries(
    findingKinds.map((kind) => [jsonName(kind), section.findings[kind].shown.map(discoveryJson)]),
  );
  return {
    watch: line(section.watch),
    ports: formatPorts(section.ports),
    port_label: optional(section.portLabel),
    status: section.status,
    reason: optional(section.reason),
    failures: section.failures.reasons.map(({ reason, count, firstAt, lastAt }) => ({
      reason: line(reason),
      count,
      first: utcTime(firstAt),
      last: utcTime(lastAt),
    })),
    notes: section.notes.map(line),
    first_scan: section.firstScan,
    ...findings,
    left_out: leftOutJson(section),
  };
}

function discoveryJson(discovery: Discovery): object {
  return {
    address: optional(discovery.address),
    port: discovery.port,
    every_port: discovery.port === everyPort ? true : undefined,
    hostname: optional(discovery.hostname),
    mac: optional(discovery.mac),
    vendor: optional(discovery.vendor),
    product: optional(discovery.product),
    discovered: utcTime(discovery.at),
    first_seen: discovery.firstSeen === undefined ? undefined : utcTime(discovery.firstSeen),
    last_seen: discovery.lastSeen === undefined ? undefined : utcTime(discovery.lastSeen),
    known_host: discovery.isKnownHost,
    device: discovery.device === undefined ? undefined : deviceJson(discovery.device),
    moved_device: discovery.movedDevice === undefined ? undefined : deviceJson(discovery.movedDevice),
    detail: optional(discovery.detail),
    ended: discovery.ended === undefined ? undefined : endedJson(discovery.ended),
    evidence:
      discovery.evidence === undefined ? undefined : safeText(discovery.evidence, { limit: 100_000, multiline: true }),
  };
}

function endedJson({ by, at }: DiscoveryEnd): object {
  return { by, at: at === undefined ? undefined : utcTime(at) };
}

function deviceJson({ mac, name, vendor, randomised, approved, addresses }: DeviceBrief): object {
  return { mac: line(mac), name: optional(name), vendor: optional(vendor), randomised, approved, addresses };
}

function leftOutJson(section: Section): Record<string, number> | undefined {
  const entries = findingKinds.map((kind): [string, number] => [jsonName(kind), leftOut(section.findings[kind])]);
  entries.push(["failures", leftOutFailures(section.failures)]);
  const some = entries.filter(([, count]) => count > 0);
  return some.length === 0 ? undefined : Object.fromEntries(some);
}

function optional(text: string | undefined): string | undefined {
  return text === undefined ? undefined : line(text);
}
