import type { Config } from "../config/config.ts";
import type { RunningState } from "../web/context.ts";
import { shownRecipients } from "./channels.ts";
import type { Harbinger } from "./compose.ts";
import type { WatchRounds } from "./watch-rounds.ts";

/** What the API shows of the active configuration. */
export function runningState(harbinger: Harbinger, rounds: Pick<WatchRounds, "states">): RunningState {
  let shown: { readonly config: Config; readonly recipients: ReturnType<typeof shownRecipients> } | undefined;
  return {
    watches: () => rounds.states(),
    listeners: () => {
      const open = harbinger.inbound?.endpoints ?? [];
      return harbinger.config.listeners.map(({ name, hosts, ports }) => {
        const configured = new Set(ports);
        const endpoints = open.filter(
          ({ address, port }) => configured.has(port) && (hosts.length === 0 || hosts.includes(address)),
        );
        return { name, ports, endpoints, resetEarly: harbinger.inbound?.abortedOf(name) ?? 0 };
      });
    },
    settings: () => harbinger.config.shown,
    shownRecipients: () => {
      // Asked for every row of a list and every event of a stream.
      if (shown?.config !== harbinger.config)
        shown = { config: harbinger.config, recipients: shownRecipients(harbinger.config) };
      return shown.recipients;
    },
  };
}
