/**
 * A report as one short message for a phone: what happened as the title, then a line for each finding, urgent ones first.
 * Findings that do not fit are counted, with the command that lists them.
 */

import { findingEntry } from "../../../core/discovery-kinds.ts";
import type { Finding } from "../../../present/findings/finding.ts";
import {
  approvalWords,
  endLines,
  foundLines,
  identityLines,
  lineOf,
  portsWords,
} from "../../../present/findings/finding-words.ts";
import { isNewHostOrDevice, isOfDevice } from "../../../present/findings/kind-words.ts";
import { capitalised } from "../../../present/text/capitalised.ts";
import { shortText } from "../../../present/text/short-text.ts";
import type { ReportModel } from "../report-model.ts";

/** A title is one line on a phone. */
export const pushTitleLimit = 120;

const lineLimit = 300;

export interface Push {
  /** At most {@link pushTitleLimit} UTF-16 units. */
  readonly title: string;
  /** Never empty; at most the requested number of bytes. */
  readonly text: string;
}

/** @param bytes limit of the text in UTF-8; 500 or more */
export function renderPush(model: ReportModel, bytes: number): Push {
  const { headline, findings, doubts, hidden, time, whereToRead, context } = model;
  const endsOf = (finding: Finding) => endLines(finding, (at) => context.time.stamp(at));
  const findingLine = (finding: Finding) => [eventLine(finding), ...endsOf(finding)].join(", ");
  const failed = model.failures.map((failure) => `Scan failed: ${failure}`);
  const urgent = findings.filter(({ isUrgent }) => isUrgent);
  const others = findings.filter(({ isUrgent }) => !isUrgent);
  const [only] = findings;
  const isInTitle = findings.length + failed.length + hidden === 1 && headline.length <= pushTitleLimit;
  const lines =
    only !== undefined && isInTitle
      ? [...detailsOf(only), ...endsOf(only)]
      : [...doubts, ...urgent.map(findingLine), ...failed, ...others.map(findingLine)];
  const footer = `${shortText(model.report.label, 100)}, ${time}`;
  const rest = (count: number) => `and ${count} more: ${whereToRead}`;
  return {
    title: capitalised(shortText(headline, pushTitleLimit)),
    text: fitted(
      lines.map((each) => shortText(each, lineLimit)),
      { hidden, footer, bytes, rest },
    ),
  };
}

function eventLine(finding: Finding): string {
  const approval = isNewHostOrDevice(finding) && isOfDevice(finding) ? approvalWords(finding, "short") : undefined;
  const ports = isNewHostOrDevice(finding) && !isOfDevice(finding) ? portsWords(finding, "short") : undefined;
  return [lineOf(finding, "short"), approval, ports].filter((part) => part !== undefined).join(", ");
}

/** What the title of a single finding does not contain. */
function detailsOf(finding: Finding): string[] {
  const { type, ports } = finding;
  // The title of these names the ports.
  const isInTitle = !["device", "host", "address"].includes(findingEntry(type).subject);
  return [
    ...foundLines(finding).map((found) => found.replaceAll(fingerprint, "")),
    ...(isInTitle || ports.length === 0 ? [] : [capitalised(portsWords(finding, "short") ?? "")]),
    ...identityLines(finding, "short"),
  ];
}

/** Fingerprints are for comparing, which is not done on a phone. */
const fingerprint = /[;,] SHA-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g;

interface TextLimits {
  /** How many findings have no line. */
  readonly hidden: number;
  readonly footer: string;
  readonly bytes: number;
  readonly rest: (count: number) => string;
}

/** The lines that fit before the footer, and how many are left out. */
function fitted(lines: readonly string[], { hidden, footer, bytes, rest }: TextLimits): string {
  const longestEnd = [rest(lines.length + hidden), footer];
  let room = bytes - longestEnd.reduce((sum, end) => sum + sizeOf(end), 0);
  const total = lines.reduce((sum, each) => sum + sizeOf(each), sizeOf(footer));
  const allFit = hidden === 0 && total <= bytes;
  const kept: string[] = [];
  for (const each of lines) {
    room -= sizeOf(each);
    if (!allFit && room < 0) break;
    kept.push(each);
  }
  const missing = lines.length - kept.length + hidden;
  return [...kept, ...(missing === 0 ? [] : [rest(missing)]), footer].join("\n");
}

/** Bytes, including the line feed after it. */
function sizeOf(text: string): number {
  return Buffer.byteLength(text) + 1;
}
