import * as z from "zod";
import { count, text, time } from "../json-fields.ts";
import { channelField } from "./delivery-schema.ts";

/** JSON of one report in the list. */
export const reportSchema = z.strictObject({
  id: count("Number of the report, which is that of its delivery."),
  time: time("When it was composed."),
  label: text("Label of the report."),
  channel: channelField,
  recipient: text("Mail address, or the name of the webhook."),
  state: z
    .enum(["open", "queued", "sending", "delivered", "dead", "superseded"])
    .meta({ description: "`queued`: waits for its first or next attempt. `dead`: given up." }),
  subject: text("Subject of the message.").optional(),
  file: text("Name of the report file.").optional(),
});

/** First line of one report; each other line is a discovery that it announces. */
export const reportDetailsSchema = z.strictObject({
  ...reportSchema.shape,
  announced: count("Number of discoveries that it announces."),
  text: text("Text of the message."),
  report: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: "The machine-readable report, where it was stored: see [report files](#report-files)." }),
});

export type ReportJson = z.output<typeof reportSchema>;
export type ReportDetailsJson = z.output<typeof reportDetailsSchema>;
