/**
 * The report as text in its own words: the headline, what cannot wait, failed scans, the rest by what became of it, the
 * output of checks, and how each watch went. What comes from outside stands behind our own words. The output of checks
 * stands as it was printed; where a line of it could pass for one of ours, all of it is indented.
 */
import { safeText } from "../../../core/safe-text.ts";
import type { Finding } from "../../../present/findings/finding.ts";
import { type FindingGroup, groupFindings } from "../../../present/findings/finding-groups.ts";
import {
  approvalRemark,
  type DetailContext,
  detailContext,
  detailLines,
  evidencePlace,
  lineOf,
  watchesWords,
} from "../../../present/findings/finding-words.ts";
import { firstScanRemark, isOfFirstScan } from "../../../present/findings/first-scan.ts";
import { headlineOf, hiddenFindings } from "../../../present/findings/headline.ts";
import type { Report, Section } from "../../../present/findings/report.ts";
import { doubtLines, failureLines, watchLine, whereToReadThese } from "../../../present/findings/watch-words.ts";
import { capitalised } from "../../../present/text/capitalised.ts";
import { localTime } from "../../../present/text/local-time.ts";
import { lookOf } from "../../../present/text/look-of.ts";
import { line } from "../../../present/text/short-text.ts";

/** Evidence longer than this is cut, in UTF-16 units; its source bounds it before. */
const evidenceLimit = 100_000;

export function renderPlainText(report: Report, findings: readonly Finding[]): string {
  const time = localTime(report.timeZone);
  const context = detailContext(report, findings);
  const groups = groupFindings(findings);
  const groupLines = (group: FindingGroup) => [
    "",
    `${group.title}:`,
    ...group.findings.flatMap((finding) => entry(finding, context)),
    ...[approvalRemark(group.findings, context) ?? []].flat().map((said) => `  ${said}`),
  ];
  const out = [
    capitalised(headlineOf(report, findings)),
    `${line(report.label)}, ${time.stamp(report.generatedAt)}`,
    ...(isOfFirstScan(report, findings) ? [firstScanRemark] : []),
    ...doubtLines(report),
    ...groups.filter(({ isUrgent }) => isUrgent).flatMap(groupLines),
    ...block(
      "Failed scans:",
      report.sections.flatMap((section) => failureLines(section, report).map((said) => `- ${said}`)),
    ),
    ...groups.filter(({ isUrgent }) => !isUrgent).flatMap(groupLines),
    ...leftOut(report, findings),
    ...block("Output of checks:", outputOfChecks(findings)),
    ...block("Watches:", report.sections.filter(({ isOfDevices }) => isOfDevices !== true).flatMap(watchEntry)),
  ];
  return `${out.join("\n")}\n`;
}

/** The report as it is kept in a file. */
export function renderPlainFile(report: Report, findings: readonly Finding[], subject: string): string {
  return `Subject: ${line(subject)}\n\n${renderPlainText(report, findings)}`;
}

function entry(finding: Finding, context: DetailContext): string[] {
  const watches = watchesWords(finding, context);
  const foundBy = watches === undefined ? "" : ` [${watches}]`;
  return [
    `- ${lineOf(finding, context.length)}${foundBy}`,
    ...detailLines(finding, context).map((said) => `  ${said}`),
  ];
}

function leftOut(report: Report, findings: readonly Finding[]): string[] {
  const hidden = hiddenFindings(report);
  if (hidden === 0) return [];
  return ["", `And ${hidden}${findings.length === 0 ? "" : " more"}: ${whereToReadThese(report)}`];
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

/** Indented all, or none: a report whose outputs differ in that looks broken. */
function outputOfChecks(findings: readonly Finding[]): string[] {
  const outputs = findings.flatMap(({ evidence }) =>
    evidence.map(({ address, port, text }) => ({
      place: `- ${evidencePlace(address, port)}`,
      lines: safeText(text, { limit: evidenceLimit, multiline: true })
        .trim()
        .split("\n")
        .map((each) => each.trimEnd()),
    })),
  );
  const isIndented = outputs.some(({ lines }) => lines.some((each) => ours.test(lookOf(each))));
  return outputs.flatMap(({ place, lines }) => [
    place,
    ...(isIndented ? lines.map((each) => `    ${each}`.trimEnd()) : lines),
  ]);
}

/** How lines of this text begin, but for the headline and the label. */
const ours =
  /^(?:- | {2}|Subject: |First scan|Urgent:|Expiring:|New:|Back:|Gone:|Changed:|Failed scans:|Output of checks:|Watches:|And \d)/;

function watchEntry(section: Section): string[] {
  return [`- ${watchLine(section)}`, ...section.notes.map((note) => `  ${line(note)}`)];
}
