import type { Audience, MessageForm } from "../../core/delivery.ts";
import type { DeliveryStore } from "../../core/store.ts";
import { composeReport, type ReportRequest } from "./compose-report.ts";
import { distinctName } from "./file-name.ts";
import type { WatchRun } from "./gather/gather-sections.ts";

export interface QueueReportsOptions extends Omit<ReportRequest, "audience" | "deliveryId" | "deliveries" | "limits"> {
  readonly audiences: readonly Audience[];
  readonly deliveries: Pick<DeliveryStore, "hasUnfinished" | "gather" | "tally" | "announced" | "compose" | "discard">;
  /** Add an HTML part to mails. */
  readonly html: boolean;
  /** Write a JSON file beside each report file. */
  readonly json: boolean;
}

/**
 * Composes one report for each audience of the watches that ran, with everything that was not yet delivered to it, and puts
 * it into the outbox. Without new findings there is no report for a watch that reports only changes, and no short message: a
 * report that was given up is then left as it is, because sending its content after each run would fail each time.
 * @returns how many reports were composed
 */
export async function queueReports(options: QueueReportsOptions): Promise<number> {
  const { deliveries, at } = options;
  let composed = 0;
  const fileNames = new Set<string>();
  for (const audience of options.audiences) {
    const runs = options.ran.filter((run) => audience.watches.includes(run.watch.name));
    if (runs.length === 0) continue;
    const isRequired = isExpected(options.formOf(audience), runs);
    if (!isRequired && !(await deliveries.hasUnfinished(audience))) continue;
    const { deliveryId } = await deliveries.gather(audience, at);
    if (!isRequired && (await deliveries.tally(deliveryId)).length === 0) {
      await deliveries.discard(deliveryId);
      continue;
    }
    const message = await composeReport({ ...options, audience, deliveryId });
    const fileName = message.fileName && distinctName(message.fileName, fileNames);
    if (fileName !== undefined) fileNames.add(fileName.toLowerCase());
    await deliveries.compose(deliveryId, {
      ...message,
      fileName,
      html: options.html ? message.html : undefined,
      json: options.json ? message.json : undefined,
    });
    composed += 1;
  }
  return composed;
}

/** Whether a report is sent even if nothing was found. */
function isExpected({ kind }: MessageForm, runs: readonly WatchRun[]): boolean {
  if (kind === "short") return runs.some(({ watch }) => watch.alwaysPush === true);
  return runs.some(({ watch, summary }) => watch.reportOn === "always" || summary.firstScan);
}
