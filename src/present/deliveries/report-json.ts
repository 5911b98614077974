import type { DeliverySummary, Message } from "../../core/delivery.ts";
import { isoTime } from "../text/iso-time.ts";
import type { ReportDetailsJson, ReportJson } from "./report-schema.ts";

/** One line of `harbinger reports --json`. */
export function reportJson({ id, message, createdAt, label, channel, recipient, state }: DeliverySummary): ReportJson {
  return {
    id,
    time: isoTime(message?.date ?? createdAt),
    label,
    channel,
    recipient,
    state,
    subject: message?.subject,
    file: message?.fileName,
  };
}

/** First line of `harbinger reports show ID --json`. */
export function reportDetailsJson(delivery: DeliverySummary, message: Message, announced: number): ReportDetailsJson {
  const report = message.json === undefined ? undefined : (JSON.parse(message.json) as Record<string, unknown>);
  return { ...reportJson(delivery), announced, text: message.text, report };
}
