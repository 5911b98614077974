import * as z from "zod";
import { count, flag, text, time } from "../json-fields.ts";

export const channelField = text(
  "Channel that carries the message: `mail`, `file`, `ntfy`, `webhook` or another channel.",
);

/** JSON of one delivery: one message to one recipient. */
export const deliverySchema = z.strictObject({
  id: count("Number of the delivery."),
  label: text("Label of the report."),
  channel: channelField,
  recipient: text("Mail address, or the name of the webhook; of ntfy only the beginning of the topic."),
  attempts: count("Attempts so far, with those of the undelivered messages that it replaces."),
  lastError: text("Why the last attempt failed.").optional(),
  uncertain: flag("An attempt was cut off: the message may have arrived."),
  state: z.enum(["open", "waiting", "sending", "delivered", "dead", "superseded"]).meta({
    description:
      "`open`: being prepared. `waiting`: for the first or next attempt. `dead`: given up. `superseded`: a newer message announces the same.",
  }),
  createdAt: time(
    "When it was created. Of a message that replaces undelivered ones: when the first of those was created, unless it was given up.",
  ),
  nextAttemptAt: time("When the next attempt is due.").optional(),
  waitsFor: count(
    "Number of another delivery to the same recipient, which is being sent or is tried again first: this one is due, and waits for it.",
  ).optional(),
  deliveredAt: time("When it was delivered.").optional(),
  subject: text("Subject of the message.").optional(),
  file: text("Name of the report file.").optional(),
  messageId: text("`Message-ID`, the same for every attempt.").optional(),
});

export type DeliveryJson = z.output<typeof deliverySchema>;
