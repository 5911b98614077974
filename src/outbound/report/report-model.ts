/**
 * The content of a report, ordered and worded, before it becomes text, HTML, JSON or a push message. Renderers decide only
 * about layout and length; they do not import each other.
 */
import type { Finding } from "../../present/findings/finding.ts";
import { type FindingGroup, groupFindings } from "../../present/findings/finding-groups.ts";
import { type DetailContext, detailContext } from "../../present/findings/finding-words.ts";
import { isOfFirstScan } from "../../present/findings/first-scan.ts";
import { headlineOf, hiddenFindings, plainSubject } from "../../present/findings/headline.ts";
import { mergeFindings } from "../../present/findings/merge-findings.ts";
import { type Report, type Totals, totalsOf } from "../../present/findings/report.ts";
import type { ReportLayout } from "../../present/findings/report-layout.ts";
import {
  doubtLines,
  failureLines,
  watchName,
  watchState,
  whereToReadThese,
} from "../../present/findings/watch-words.ts";
import { localTime } from "../../present/text/local-time.ts";
import { line } from "../../present/text/short-text.ts";

export interface ReportModel {
  readonly report: Report;
  /** Urgent ones first. */
  readonly findings: readonly Finding[];
  /** The subject of a mail or file, as the layout words it. */
  readonly subject: string;
  /** `1 exposed, 2 new hosts`, without the label. */
  readonly headline: string;
  readonly label: string;
  /** When it was generated, as local time. */
  readonly time: string;
  readonly totals: Totals;
  readonly isFirstScan: boolean;
  /** Why new findings may not be hosts at all; one line each. */
  readonly doubts: readonly string[];
  /** The urgent findings, if there are any, then those of each section. */
  readonly groups: readonly FindingGroup[];
  /** Failed scans, one line for each reason. */
  readonly failures: readonly string[];
  /** How many discoveries are left out. */
  readonly hidden: number;
  /** The command that lists everything. */
  readonly whereToRead: string;
  readonly watches: readonly WatchSummary[];
  /** For the details of each finding. */
  readonly context: DetailContext;
}

interface WatchSummary {
  readonly name: string;
  readonly state: string;
  readonly notes: readonly string[];
}

/** @param layout of mails and files, if not the current one */
export function reportModel(report: Report, layout?: ReportLayout): ReportModel {
  const findings = mergeFindings(report);
  const headline = headlineOf(report, findings);
  return {
    report,
    findings,
    subject: layout === undefined ? plainSubject(report, headline) : layout.subject(report),
    headline,
    label: line(report.label),
    time: localTime(report.timeZone).stamp(report.generatedAt),
    totals: totalsOf(report),
    isFirstScan: isOfFirstScan(report, findings),
    doubts: doubtLines(report),
    groups: groupFindings(findings),
    failures: report.sections.flatMap((section) => failureLines(section, report)),
    hidden: hiddenFindings(report),
    whereToRead: whereToReadThese(report),
    watches: report.sections
      .filter(({ isOfDevices }) => isOfDevices !== true)
      .map((section) => ({
        name: watchName(section),
        state: watchState(section),
        notes: section.notes.map(line),
      })),
    context: detailContext(report, findings),
  };
}

/** `And 3 more: harbinger reports show 17 --all`; `undefined` if nothing is left out. */
export function leftOutRemark({ hidden, findings, whereToRead }: ReportModel): string | undefined {
  if (hidden === 0) return undefined;
  return `And ${hidden}${findings.length === 0 ? "" : " more"}: ${whereToRead}`;
}
