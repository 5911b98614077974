import { type Audience, isPush, type PushForm } from "../../core/delivery.ts";
import type { DeliveryStore, ServiceStore } from "../../core/store.ts";
import type { Watch } from "../../core/watch.ts";
import { composeReport } from "./compose-report.ts";
import { distinctName } from "./file-name.ts";
import type { WatchRun } from "./gather/gather-sections.ts";

export interface QueueReportsOptions {
  readonly audiences: readonly Audience[];
  readonly ran: readonly WatchRun[];
  /** All configured watches. */
  readonly watches: readonly Watch[];
  readonly deliveries: Pick<DeliveryStore, "gather" | "tally" | "announced" | "compose" | "discard">;
  readonly services: Pick<ServiceStore, "list">;
  /** What a push channel takes. */
  readonly pushForm?: (audience: Audience) => PushForm;
  /** Milliseconds since the epoch; the same for all reports of a run. */
  readonly at: number;
  readonly timeZone?: string;
  /** Mails carry an HTML part beside the text. */
  readonly html: boolean;
  /** Report files have a JSON file beside them. */
  readonly json: boolean;
  readonly messageId: (deliveryId: number) => string;
}

/**
 * Composes one report for each audience of the watches that ran, of everything that has not yet reached it, and puts it
 * into the outbox. A watch that reports changes only stays silent where there are none, and so do channels that push.
 * @returns how many reports were composed
 */
export async function queueReports(options: QueueReportsOptions): Promise<number> {
  const { deliveries, at } = options;
  let composed = 0;
  const fileNames = new Set<string>();
  for (const audience of options.audiences) {
    const runs = options.ran.filter((run) => audience.watches.includes(run.watch.name));
    if (runs.length === 0) continue;
    const { deliveryId } = await deliveries.gather(audience, at);
    if (!isExpected(audience, runs) && (await deliveries.tally(deliveryId)).length === 0) {
      await deliveries.discard(deliveryId);
      continue;
    }
    const { html, json, fileName, ...plain } = await composeReport({ ...options, audience, deliveryId });
    const ownName = fileName === undefined ? undefined : distinctName(fileName, fileNames);
    if (ownName !== undefined) fileNames.add(ownName.toLowerCase());
    await deliveries.compose(deliveryId, {
      ...plain,
      ...(ownName === undefined ? {} : { fileName: ownName }),
      ...(options.html && html !== undefined ? { html } : {}),
      ...(options.json && json !== undefined ? { json } : {}),
    });
    composed += 1;
  }
  return composed;
}

/** Whether a report is wanted even where there is no news. */
function isExpected({ channel }: Audience, runs: readonly WatchRun[]): boolean {
  if (isPush(channel)) return runs.some(({ watch }) => watch.alwaysPush === true);
  return runs.some(({ watch, settled }) => watch.reportOn === "always" || settled.firstScan);
}
