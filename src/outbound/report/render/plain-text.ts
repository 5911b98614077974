/**
 * The report as plain text in the current layout: the headline, urgent findings, failed scans, the other findings by section,
 * the output of checks, and the state of each watch. Text from the network never begins a line: the output of checks is indented.
 */
import { safeText } from "../../../core/safe-text.ts";
import type { Finding } from "../../../present/findings/finding.ts";
import type { FindingGroup } from "../../../present/findings/finding-groups.ts";
import {
  approvalRemark,
  type DetailContext,
  detailLines,
  evidencePlace,
  lineOf,
  watchesWords,
} from "../../../present/findings/finding-words.ts";
import { firstScanRemark } from "../../../present/findings/first-scan.ts";
import { capitalised } from "../../../present/text/capitalised.ts";
import { outdented } from "../../../present/text/indented.ts";
import { line } from "../../../present/text/short-text.ts";
import { leftOutRemark, type ReportModel } from "../report-model.ts";

/** Maximum length of one piece of evidence, in UTF-16 units; its source has a lower limit. */
const evidenceLimit = 100_000;

export function renderPlainText(model: ReportModel): string {
  const { groups, context, headline, label, time, isFirstScan, doubts, failures, findings, watches } = model;
  const groupLines = (group: FindingGroup) => [
    "",
    `${group.title}:`,
    ...group.findings.flatMap((finding) => entry(finding, context)),
    ...[approvalRemark(group.findings, context) ?? []].flat().map((remark) => `  ${remark}`),
  ];
  const remark = leftOutRemark(model);
  const out = [
    capitalised(headline),
    `${label}, ${time}`,
    ...(isFirstScan ? [firstScanRemark] : []),
    ...doubts,
    ...groups.filter(({ isUrgent }) => isUrgent).flatMap(groupLines),
    ...block(
      "Failed scans:",
      failures.map((failure) => `- ${failure}`),
    ),
    ...groups.filter(({ isUrgent }) => !isUrgent).flatMap(groupLines),
    ...(remark === undefined ? [] : ["", remark]),
    ...block("Output of checks:", outputOfChecks(findings)),
    ...block(
      "Watches:",
      watches.flatMap(({ name, state, notes }) => [`- ${name}: ${state}`, ...notes.map((note) => `  ${note}`)]),
    ),
  ];
  return `${out.join("\n")}\n`;
}

/** The report as a file. */
export function renderPlainFile(model: ReportModel): string {
  return `Subject: ${line(model.subject)}\n\n${renderPlainText(model)}`;
}

function entry(finding: Finding, context: DetailContext): string[] {
  const watches = watchesWords(finding, context);
  const foundBy = watches === undefined ? "" : ` [${watches}]`;
  return [
    `- ${lineOf(finding, context.length)}${foundBy}`,
    ...detailLines(finding, context).map((detail) => `  ${detail}`),
  ];
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

/** Indented, so that no line of it looks like one of the report. */
function outputOfChecks(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ evidence }) =>
    evidence.flatMap(({ address, port, text }) => [
      `- ${evidencePlace(address, port)}`,
      ...outdented(safeText(text, { limit: evidenceLimit, multiline: true }))
        .split("\n")
        .map((each) => `    ${each}`.trimEnd()),
    ]),
  );
}
