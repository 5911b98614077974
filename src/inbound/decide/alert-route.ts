import type { ChannelName } from "../../core/delivery.ts";
import type { AlertGate, BudgetSettings } from "./alert-gate.ts";
import type { CooldownSettings } from "./cooldown-table.ts";
import type { IgnoreRules } from "./ignore-rules.ts";

/** One channel, and who hears of alerts on it. */
export interface AlertRoute {
  readonly channel: ChannelName;
  readonly recipients: readonly string[];
  /** By listener: each has its own rules and cooldowns; the budget is the channel's. */
  readonly gates: ReadonlyMap<string, AlertGate>;
}

/** What decides about the connections of one listener. */
export interface ListenerRules {
  readonly cooldown: CooldownSettings;
  /** Of the channel. */
  readonly budget?: BudgetSettings;
  readonly ignore: IgnoreRules;
}
