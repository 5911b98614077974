import type { SendOutcome } from "../../core/delivery.ts";
import { safeText } from "../../core/safe-text.ts";
import type { DeliveryRow } from "./delivery-rows.ts";

/** Another process held the lock meanwhile: it repeated the delivery, or is about to. */
export function wasTakenOver({ state, is_uncertain }: Pick<DeliveryRow, "state" | "is_uncertain">): boolean {
  return state === "delivered" || ((state === "queued" || state === "dead") && is_uncertain === 1);
}

export function afterAttempt(
  outcome: SendOutcome,
  options: { readonly at: number; readonly nextAttemptAt?: number },
): Partial<DeliveryRow> {
  if (outcome.kind === "delivered") {
    return { state: "delivered", delivered_at: options.at, next_attempt_at: null, last_error: null, is_uncertain: 0 };
  }
  const isUncertain = outcome.kind === "retry" && outcome.uncertain === true;
  const failed = { last_error: safeText(outcome.reason), ...(isUncertain ? { is_uncertain: 1 } : {}) };
  if (outcome.kind === "retry" && options.nextAttemptAt !== undefined) {
    return { ...failed, state: "queued", next_attempt_at: options.nextAttemptAt };
  }
  return { ...failed, state: "dead", next_attempt_at: null };
}

/** The same outcome was recorded before: the reply to that call was lost. */
export function isRecorded(
  row: Pick<DeliveryRow, "state" | "next_attempt_at" | "delivered_at" | "last_error">,
  after: Partial<DeliveryRow>,
): boolean {
  const { state, next_attempt_at, delivered_at = null, last_error } = after;
  return (
    row.state === state &&
    row.next_attempt_at === next_attempt_at &&
    row.delivered_at === delivered_at &&
    row.last_error === last_error
  );
}
