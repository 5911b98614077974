/**
 * The report as text in its own words: the headline, what cannot wait, failed scans, the rest by what became of it, the
 * output of checks, and how each watch went. What comes from outside stands behind our own words. The output of checks
 * stands as it was printed; where a line of it could pass for one of ours, all of it is indented.
 */
import { reportSections } from "../../../core/discovery-kinds.ts";
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
import { lookOf } from "../../../present/text/look-of.ts";
import { line } from "../../../present/text/short-text.ts";
import { leftOutRemark, type ReportModel } from "../report-model.ts";

/** Evidence longer than this is cut, in UTF-16 units; its source bounds it before. */
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

/** The report as it is kept in a file. */
export function renderPlainFile(model: ReportModel): string {
  return `Subject: ${line(model.subject)}\n\n${renderPlainText(model)}`;
}

function entry(finding: Finding, context: DetailContext): string[] {
  const watches = watchesWords(finding, context);
  const foundBy = watches === undefined ? "" : ` [${watches}]`;
  return [
    `- ${lineOf(finding, context.length)}${foundBy}`,
    ...detailLines(finding, context).map((said) => `  ${said}`),
  ];
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

const titles = Object.values(reportSections).map(({ title }) => `${title}:`);

/** How lines of this text begin, apart from the headline and the label. */
const ours = new RegExp(
  `^(?:- | {2}|Subject: |First scan|${titles.join("|")}|Failed scans:|Output of checks:|Watches:|And \\d)`,
);
