import type { RunningState, WebContext } from "../../src/web/context.ts";

/** An empty configuration. */
const nothingRunning: RunningState = {
  watches: () => [],
  listeners: () => [],
  settings: () => ({}),
  shownRecipients: () => new Map(),
};

/** A program without watches and listeners, which is healthy. */
export const idleProgram: Omit<WebContext, "store" | "clock" | "log" | "version"> = {
  timeZone: () => "UTC",
  ownAddresses: () => [],
  health: async () => ({ healthy: true, parts: [] }),
  deliver() {},
  watches: { start: () => "unknown", stop: () => "unknown" },
  watchProgress: () => ({ [Symbol.dispose]() {} }),
  watchChanges: () => ({ [Symbol.dispose]() {} }),
  running: nothingRunning,
  metrics: { text: async () => "", contentType: "text/plain" },
};
