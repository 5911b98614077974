import { statSync } from "node:fs";
import type { Config } from "../config/config.ts";
import type { Diagnosis } from "../core/diagnosis.ts";
import { messageOf } from "../core/errors.ts";
import { sizeText } from "../core/size-text.ts";
import { measureReportFiles } from "../notify/channels/file/prune-report-files.ts";
import { plural } from "../present/text/plural.ts";

/** The size of the database and its limit. */
export function examineLimit({ used, maxBytes }: { readonly used: number; readonly maxBytes: number }): Diagnosis {
  const subject = "limit";
  const finding = `${sizeText(used)} of ${sizeText(maxBytes)} (retention.max_size)`;
  if (used <= maxBytes) return { state: "ok", subject, finding };
  const remedy = "A running harbinger prunes old records every hour. If this stays, raise the limit.";
  return { state: "warning", subject, finding, remedy };
}

/** The sizes of our other files and their limits. */
export async function* examineFileSizes({ reports, retention, logging }: Config): AsyncGenerator<Diagnosis> {
  try {
    const { atMost, maxBytes } = retention.reportFiles;
    const there = await measureReportFiles(reports.directory);
    const number = atMost === undefined ? "" : ` of ${atMost}`;
    const size = maxBytes === undefined ? "" : ` of ${sizeText(maxBytes)}`;
    if (there.reports > 0) {
      const finding = `${plural(there.reports, "report", "reports")}${number} in ${reports.directory}, ${sizeText(there.bytes)}${size}`;
      yield { state: "ok", subject: "report files", finding };
    }
  } catch (error) {
    yield { state: "warning", subject: "report files", finding: `cannot be counted: ${messageOf(error)}` };
  }
  if (logging.file === undefined) return;
  const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  const bytes = sizeOf(logging.file) + sizeOf(`${logging.file}.1`);
  if (bytes === 0) return;
  yield {
    state: "ok",
    subject: "log size",
    finding: `${sizeText(bytes)} of ${sizeText(logging.maxBytes)} (logging.max_size)`,
  };
}
