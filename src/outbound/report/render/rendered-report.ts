import type { Finding } from "../../../present/findings/finding.ts";
import { plainSubject } from "../../../present/findings/headline.ts";
import { mergeFindings } from "../../../present/findings/merge-findings.ts";
import type { Report } from "../../../present/findings/report.ts";
import { legacySubject } from "./legacy-words.ts";

/** A report with what is worked out of it once for all its forms. */
export interface RenderedReport {
  readonly report: Report;
  readonly findings: readonly Finding[];
  /** Of a mail and a file, in the words of the report's style. */
  readonly subject: string;
}

export function renderedReport(report: Report): RenderedReport {
  const findings = mergeFindings(report);
  const subject = report.style === "legacy" ? legacySubject(report) : plainSubject(report, findings);
  return { report, findings, subject };
}
