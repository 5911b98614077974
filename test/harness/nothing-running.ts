import type { RunningState } from "../../src/web/context.ts";

/** An empty configuration. */
export const nothingRunning: RunningState = {
  watches: () => [],
  listeners: () => [],
  settings: () => ({}),
  shownRecipients: () => new Map(),
};
