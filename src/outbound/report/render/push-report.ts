/**
 * A report as one short message for a telephone: what happened in the title, a line for each finding, what cannot wait
 * first. What does not fit is counted, and it is said where to read it.
 */

import { findingEntry } from "../../../core/discovery-kinds.ts";
import type { Finding } from "../../../present/findings/finding.ts";
import { approvalWords, foundLines, lineOf, portsWords, whoLines } from "../../../present/findings/finding-words.ts";
import { isArrival, isOfDevice } from "../../../present/findings/kind-words.ts";
import { capitalised } from "../../../present/text/capitalised.ts";
import { shortText } from "../../../present/text/short-text.ts";
import type { ReportModel } from "../report-model.ts";

/** A title is one line on a telephone. */
export const pushTitleLimit = 120;

const lineLimit = 300;

export interface Push {
  /** At most {@link pushTitleLimit} UTF-16 units. */
  readonly title: string;
  /** Never empty; at most as many bytes as asked for. */
  readonly text: string;
}

/** @param bytes room for the text in UTF-8; 500 or more */
export function renderPush(model: ReportModel, bytes: number): Push {
  const { headline, findings, doubts, hidden, time, whereToRead } = model;
  const failed = model.failures.map((failure) => `Scan failed: ${failure}`);
  const urgent = findings.filter(({ isUrgent }) => isUrgent);
  const others = findings.filter(({ isUrgent }) => !isUrgent);
  const [only] = findings;
  const isInTitle = findings.length + failed.length + hidden === 1 && headline.length <= pushTitleLimit;
  const lines =
    only !== undefined && isInTitle
      ? detailsOf(only)
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

function findingLine(finding: Finding): string {
  const approval = isArrival(finding) && isOfDevice(finding) ? approvalWords(finding, "short") : undefined;
  const ports = isArrival(finding) && !isOfDevice(finding) ? portsWords(finding, "short") : undefined;
  return [lineOf(finding, "short"), approval, ports].filter((said) => said !== undefined).join(", ");
}

/** What the title of a single finding does not say. */
function detailsOf(finding: Finding): string[] {
  const { type, ports } = finding;
  // Of these the title names the ports.
  const isInTitle = !["device", "host", "address"].includes(findingEntry(type).subject);
  return [
    ...foundLines(finding).map((said) => said.replaceAll(fingerprint, "")),
    ...(isInTitle || ports.length === 0 ? [] : [capitalised(portsWords(finding, "short") ?? "")]),
    ...whoLines(finding, "short"),
  ];
}

/** For comparing, and nobody does that on a telephone. */
const fingerprint = /[;,] SHA-256 (?:[0-9A-F]{2}:){31}[0-9A-F]{2}/g;

interface Within {
  /** Findings that have no line at all. */
  readonly hidden: number;
  readonly footer: string;
  readonly bytes: number;
  readonly rest: (count: number) => string;
}

/** As many lines as fit before the footer, and the number of the others. */
function fitted(lines: readonly string[], { hidden, footer, bytes, rest }: Within): string {
  const worst = [rest(lines.length + hidden), footer];
  let room = bytes - worst.reduce((sum, said) => sum + sizeOf(said), 0);
  const whole = lines.reduce((sum, said) => sum + sizeOf(said), sizeOf(footer));
  const isWhole = hidden === 0 && whole <= bytes;
  const kept: string[] = [];
  for (const said of lines) {
    room -= sizeOf(said);
    if (!isWhole && room < 0) break;
    kept.push(said);
  }
  const missing = lines.length - kept.length + hidden;
  return [...kept, ...(missing === 0 ? [] : [rest(missing)]), footer].join("\n");
}

/** With the line feed behind it. */
function sizeOf(text: string): number {
  return Buffer.byteLength(text) + 1;
}
