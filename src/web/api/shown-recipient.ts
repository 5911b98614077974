import type { Delivery } from "../../core/delivery.ts";
import type { RunningState } from "../context.ts";

/** Some recipients are secrets: an ntfy topic. */
export function withShownRecipient<Row extends Pick<Delivery, "channel" | "recipient">>(
  row: Row,
  { shownRecipients }: Pick<RunningState, "shownRecipients">,
): Row {
  return { ...row, recipient: shownRecipients().get(row.channel) ?? row.recipient };
}
