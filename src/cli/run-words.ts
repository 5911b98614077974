import path from "node:path";
import type { DeliverySummary } from "../core/delivery.ts";
import { safeText } from "../core/safe-text.ts";
import type { Harbinger } from "../daemon/compose.ts";
import type { RunSummary } from "../outbound/flow.ts";
import { wholeHosts } from "../outbound/report/gather/whole-hosts.ts";
import { mergeFindings } from "../present/findings/merge-findings.ts";
import type { Report } from "../present/findings/report.ts";
import { findingLines, findingsHeading, runReport, runSections, withinRoom } from "../present/findings/run-lines.ts";
import { printText } from "./output.ts";
import { programName } from "./program-name.ts";

const findingsRead = 1000;
const reportsRead = 100;
const composed = ["queued", "sending", "delivered", "dead"] as const;

/** Prints on a terminal what a run found. Reads only; errors go to the log. */
export async function printFindings({ store, log }: Harbinger, summary: RunSummary): Promise<void> {
  if (summary.ran.length === 0) return;
  try {
    const report = await readRun(store, summary);
    const findings = mergeFindings(report);
    const { shown, rest } = withinRoom(findingLines(report, findings));
    printText(
      [
        `${findingsHeading(report, findings)}.`,
        ...shown.map((line) => `  ${line}`),
        ...(rest > 0 ? [`  ... and ${rest} more: ${await commandForAll(store, report)}`] : []),
      ].join("\n"),
    );
  } catch (error) {
    log.debug("cannot show what was found", { error: String(error) });
  }
}

async function readRun(store: Harbinger["store"], { ran }: RunSummary): Promise<Report> {
  const watches = await Promise.all(
    ran.map(async ({ watch, summary, result }) => {
      const recent = (await store.discoveries.list({ watch: watch.name, limit: findingsRead })).rows;
      const { status, reason } = result;
      return {
        run: { watch, summary, status, reason },
        // Check results have a later `scans` row than the scan.
        found: recent.filter(({ scanId }) => scanId >= summary.scanId).reverse(),
      };
    }),
  );
  const sections = runSections(watches);
  return runReport(sections, await wholeHosts(sections, store.services));
}

/** The command that shows all findings: the report if there is one. */
async function commandForAll(store: Harbinger["store"], { sections }: Report): Promise<string> {
  const [report] = (await store.deliveries.list({ states: composed, limit: 1 })).rows;
  const times = sections.flatMap(({ findings }) =>
    Object.values(findings).flatMap(({ shown }) => shown.map(({ at }) => at)),
  );
  const since = times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (report === undefined || (report.message?.date ?? report.createdAt) < since) return `${programName()} hosts`;
  return `${programName()} reports show ${report.id}`;
}

/** Prints the destinations of the reports composed since `since` (milliseconds since the epoch). */
export async function printDestinations({ store, config, log }: Harbinger, since: number): Promise<void> {
  try {
    const deliveries = (
      await store.deliveries.list({
        states: composed,
        limit: reportsRead,
      })
    ).rows;
    const reports = deliveries.filter(({ message, createdAt }) => (message?.date ?? createdAt) >= since);
    for (const report of reports.reverse()) printText(reportLine(report, config.reports.directory));
  } catch (error) {
    log.debug("cannot show where the reports are", { error: String(error) });
  }
}

function reportLine({ label, channel, recipient, message, state, lastError }: DeliverySummary, folder: string): string {
  const what = `Report for ${safeText(label, { limit: 100 })}`;
  const to = channel === "file" ? path.join(folder, message?.fileName ?? "") : `${channel} ${recipient}`;
  const where = safeText(to, { limit: 500 });
  if (state === "delivered") return channel === "file" ? `${what}: ${where}` : `${what}: sent by ${where}`;
  const why = lastError === undefined ? "" : `: ${safeText(lastError, { limit: 500 })}`;
  return `${what} to ${where} ${state === "dead" ? "could not be delivered" : "is not delivered yet"}${why}`;
}
