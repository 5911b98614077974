import type { DeliverySummary } from "../../core/delivery.ts";
import { isoTime } from "../text/iso-time.ts";
import type { DeliveryJson } from "./delivery-schema.ts";
import { shownState } from "./shown-state.ts";

/** One line of `harbinger deliveries --json`. The message is in `harbinger reports show ID --json`. */
export function deliveryJson({
  message,
  state,
  createdAt,
  nextAttemptAt,
  deliveredAt,
  ...rest
}: DeliverySummary): DeliveryJson {
  return {
    ...rest,
    state: shownState(state),
    createdAt: isoTime(createdAt),
    nextAttemptAt: isoTime(nextAttemptAt),
    deliveredAt: isoTime(deliveredAt),
    subject: message?.subject,
    file: message?.fileName,
    messageId: message?.messageId,
  };
}
