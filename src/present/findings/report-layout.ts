import type { Report } from "./report.ts";

/** Subject and plain text of a report in a layout other than the current one. */
export interface ReportLayout {
  readonly subject: (report: Report) => string;
  readonly mailText: (report: Report) => string;
  /** The text of a report file, which contains `subject`. */
  readonly fileText: (report: Report, subject: string) => string;
}
