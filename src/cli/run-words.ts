import path from "node:path";
import type { Delivery } from "../core/delivery.ts";
import { safeText } from "../core/safe-text.ts";
import type { Harbinger } from "../daemon/compose.ts";
import type { RunSummary } from "../outbound/flow.ts";
import { findingLines, findingsHeading } from "./finding-lines.ts";
import { printText } from "./output.ts";
import { programName } from "./program-name.ts";

const findingsRead = 1000;
const linesShown = 25;
const reportsRead = 100;

/** Tells somebody at a terminal what a run found. It only reads; what it cannot read it leaves to the log. */
export async function tellFindings({ store, log }: Harbinger, summary: RunSummary): Promise<void> {
  try {
    for (const { watch, settled } of summary.ran) {
      const recent = await store.discoveries.recent({ watch: watch.name, limit: findingsRead });
      // What the checks found stands under a later row than the scan.
      const found = recent.filter(({ scanId }) => scanId >= settled.scanId);
      const lines = findingLines(found);
      const rest = lines.length - linesShown;
      printText(
        [
          `${capital(findingsHeading(watch.name, found))}.`,
          ...lines.slice(0, linesShown).map((line) => `  ${line}`),
          ...(rest > 0 ? [`  ... and ${rest} more: ${programName()} reports`] : []),
        ].join("\n"),
      );
    }
  } catch (error) {
    log.debug("cannot show what was found", { error: String(error) });
  }
}

/** Tells where the reports went that were composed since `since` (milliseconds since the epoch). */
export async function tellReports({ store, config, log }: Harbinger, since: number): Promise<void> {
  try {
    const deliveries = await store.deliveries.list({
      states: ["queued", "sending", "delivered", "dead"],
      limit: reportsRead,
    });
    const reports = deliveries.filter(({ message, createdAt }) => (message?.date ?? createdAt) >= since);
    for (const report of reports.reverse()) printText(reportLine(report, config.reports.directory));
  } catch (error) {
    log.debug("cannot show where the reports are", { error: String(error) });
  }
}

function reportLine({ label, channel, recipient, message, state, lastError }: Delivery, folder: string): string {
  const what = `Report for ${safeText(label, { limit: 100 })}`;
  const to = channel === "file" ? path.join(folder, message?.fileName ?? "") : `${channel} ${recipient}`;
  const where = safeText(to, { limit: 500 });
  if (state === "delivered") return channel === "file" ? `${what}: ${where}` : `${what}: sent by ${where}`;
  const why = lastError === undefined ? "" : `: ${safeText(lastError, { limit: 500 })}`;
  return `${what} to ${where} ${state === "dead" ? "could not be delivered" : "is not delivered yet"}${why}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
