import type { ChannelName } from "../core/delivery.ts";
import type { CooldownSettings } from "./alert/acquaintances.ts";
import type { AlertGate } from "./alert/alert-gate.ts";
import type { IgnoreRules } from "./alert/ignore-rules.ts";

/** One channel, and who hears of alerts on it. */
export interface AlertRoute {
  readonly channel: ChannelName;
  readonly recipients: readonly string[];
  /** By listener: each has its own rules, cooldowns and budget. */
  readonly gates: ReadonlyMap<string, AlertGate>;
}

/** What decides about the connections of one listener. */
export interface ListenerRules {
  readonly cooldown: CooldownSettings;
  readonly ignore: IgnoreRules;
}
