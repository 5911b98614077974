/**
 * The last stage before the outbox: composes the message of an open delivery, which every attempt sends unchanged. Takes
 * an audience with its delivery and the outcomes of the scans of this run; returns text, with HTML for mail and JSON for
 * programs.
 */
import type { Audience, Message, MessageForm } from "../../core/delivery.ts";
import type { ServiceStore } from "../../core/store.ts";
import type { Report } from "../../present/findings/report.ts";
import type { ReportLayout } from "../../present/findings/report-layout.ts";
import { localTime } from "../../present/text/local-time.ts";
import { reportFileName } from "./file-name.ts";
import { type GatherRequest, gatherSections } from "./gather/gather-sections.ts";
import { defaultReportLimits, type ReportLimits } from "./gather/report-limits.ts";
import { wholeHosts } from "./gather/whole-hosts.ts";
import { renderHtml } from "./render/html-report.ts";
import { renderJson } from "./render/json-report.ts";
import { renderPlainFile, renderPlainText } from "./render/plain-text.ts";
import { renderPush } from "./render/push-report.ts";
import { reportModel } from "./report-model.ts";

export interface ReportRequest extends Omit<GatherRequest, "limits"> {
  readonly services: Pick<ServiceStore, "list">;
  /** IANA name. Default: the time zone of the system. */
  readonly timeZone?: string | undefined;
  /** Returns the message identifier (RFC 5322), with angle brackets. */
  readonly messageId: (deliveryId: number) => string;
  /** The layout of mails and files for watches whose `reportStyle` is `legacy`. */
  readonly portReportLayout: ReportLayout;
  /** The form of the messages to an audience. */
  readonly formOf: (audience: Audience) => MessageForm;
  /** Overrides the limits of this form. */
  readonly limits?: ReportLimits;
}

/** Reads what the delivery announces and composes the message. Rejects only if the store does. */
export async function composeReport(request: ReportRequest): Promise<Message> {
  const { audience, deliveryId, at, timeZone } = request;
  const form = request.formOf(audience);
  const limits = request.limits ?? defaultReportLimits(form);
  const sections = await gatherSections({ ...request, limits });
  const report: Report = {
    label: audience.label,
    deliveryId,
    generatedAt: at,
    timeZone,
    sections,
    wholeHosts: await wholeHosts(sections, request.services),
  };
  const layout = layoutOf(request);
  const model = reportModel(report, layout);
  const { subject, findings } = model;
  const urgency = findings.some(({ isUrgent }) => isUrgent) ? { urgency: "high" as const } : {};
  const head = { messageId: request.messageId(deliveryId), date: at, subject, ...urgency };
  switch (form.kind) {
    case "text-and-html":
      return { ...head, text: layout?.mailText(report) ?? renderPlainText(model), html: renderHtml(model) };
    case "file": {
      const fileName = reportFileName(audience.label, at, localTime(timeZone));
      const text = layout?.fileText(report, subject) ?? renderPlainFile(model);
      return { ...head, text, json: renderJson(model), fileName };
    }
    case "short": {
      const { title, text } = renderPush(model, form.maxTextBytes);
      return { ...head, subject: title, text, json: form.takesJson ? renderJson(model) : undefined };
    }
  }
}

/** One watch with reports of the earlier tool is enough: programs may read them. */
function layoutOf({ audience, watches, portReportLayout }: ReportRequest): ReportLayout | undefined {
  const own = watches.filter(({ name }) => audience.watches.includes(name));
  return own.some(({ reportStyle }) => reportStyle === "legacy") ? portReportLayout : undefined;
}
