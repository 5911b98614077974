import type { DeliveryState } from "../../core/delivery.ts";

/** A queued delivery waits for its first or next attempt: `waiting` is the word that people read for it. */
export function shownState(state: DeliveryState): Exclude<DeliveryState, "queued"> | "waiting" {
  return state === "queued" ? "waiting" : state;
}
