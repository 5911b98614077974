import type { DeliveryState } from "../../core/delivery.ts";

export type ShownState = Exclude<DeliveryState, "queued"> | "waiting";

/** A queued delivery waits for its first or next attempt: `waiting` is the word that people read for it. */
export function shownState(state: DeliveryState): ShownState {
  return state === "queued" ? "waiting" : state;
}
