import type { Finding } from "./finding.ts";
import { plainSubject } from "./headline.ts";
import { mergeFindings } from "./merge-findings.ts";
import type { Report } from "./report.ts";
import { legacySubject } from "./wording.ts";

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
