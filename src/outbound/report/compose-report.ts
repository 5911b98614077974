/**
 * The last stage before the outbox: what an open delivery announces becomes the message that every attempt sends. In
 * comes an audience with its delivery and how the scans of this run went; out goes text for everyone, HTML for mail, and
 * JSON where it is kept for programs.
 */
import type { Audience, Message } from "../../core/delivery.ts";
import type { Watch } from "../../core/watch.ts";
import { reportFileName } from "./file-name.ts";
import { gatherSections, type WatchRun } from "./gather-sections.ts";
import { renderHtml } from "./html-report.ts";
import { renderJson } from "./json-report.ts";
import { localTime } from "./local-time.ts";
import type { AnnouncedDiscoveries } from "./read-findings.ts";
import type { Report } from "./report.ts";
import { defaultReportLimits, type ReportLimits } from "./report-limits.ts";
import { renderFileText, renderText } from "./text-report.ts";
import { subjectOf } from "./wording.ts";

export interface ReportRequest {
  readonly audience: Audience;
  /** The watches that ran in this run; those that the audience does not hear of are passed over. */
  readonly ran: readonly WatchRun[];
  /** All configured watches. */
  readonly watches: readonly Watch[];
  readonly deliveries: AnnouncedDiscoveries;
  readonly deliveryId: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** IANA name; without it the zone of the system. */
  readonly timeZone?: string;
  /** Gives the RFC 5322 message identifier, with angle brackets. */
  readonly messageId: (deliveryId: number) => string;
  /** Overrides the limits of the audience's channel. */
  readonly limits?: ReportLimits;
}

/** Reads what the delivery announces and writes the message. It rejects only where the store does. */
export async function composeReport(request: ReportRequest): Promise<Message> {
  const { audience, deliveryId, at, timeZone } = request;
  const limits = request.limits ?? defaultReportLimits[audience.channel];
  const report: Report = {
    label: audience.label,
    deliveryId,
    generatedAt: at,
    ...(timeZone === undefined ? {} : { timeZone }),
    sections: await gatherSections({ ...request, limits }),
  };
  const subject = subjectOf(report);
  const head = { messageId: request.messageId(deliveryId), date: at, subject };
  switch (audience.channel) {
    case "mail":
      return { ...head, text: renderText(report), html: renderHtml(report) };
    case "file": {
      const fileName = reportFileName(audience.label, at, localTime(timeZone));
      return { ...head, text: renderFileText(report, subject), json: renderJson(report), fileName };
    }
    case "webhook":
      return { ...head, text: renderText(report), json: renderJson(report) };
    case "ntfy":
      return { ...head, text: renderText(report) };
  }
}
