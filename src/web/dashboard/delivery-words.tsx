/** What several pages show of messages and their recipients. */
import type { DeliveryState as StoredState } from "../../core/delivery.ts";
import { type ShownState, shownState } from "../../present/deliveries/shown-state.ts";
import { Badge } from "./parts.tsx";

const tones = {
  open: "plain",
  waiting: "warn",
  sending: "plain",
  delivered: "good",
  dead: "bad",
  superseded: "plain",
} as const satisfies Readonly<Record<ShownState, string>>;

/** The search for messages that were given up, as the pages say it. */
export const givenUp = 'state:"given up"';

/** The state in words. The API has other names for some: `dead` of all messages, `queued` of reports. */
export function stateWords(state: ShownState | StoredState): string {
  return state === "dead" ? "given up" : shownOf(state);
}

export function DeliveryState({ state }: { readonly state: ShownState | StoredState }) {
  return <Badge tone={tones[shownOf(state)]}>{stateWords(state)}</Badge>;
}

function shownOf(state: ShownState | StoredState): ShownState {
  return state === "waiting" ? state : shownState(state);
}
