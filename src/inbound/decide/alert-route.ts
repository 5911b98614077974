import type { ChannelName } from "../../core/delivery.ts";
import type { AlertGate, BudgetSettings } from "./alert-gate.ts";
import type { CooldownSettings } from "./cooldown-table.ts";
import type { IgnoreRules } from "./ignore-rules.ts";

/** One channel, and the recipients of alerts on it. */
export interface AlertRoute {
  readonly channel: ChannelName;
  readonly recipients: readonly string[];
  /** By listener: each has its own rules and cooldowns. The budget belongs to the channel. */
  readonly gates: ReadonlyMap<string, AlertGate>;
}

/** The rules for the connections of one listener. */
export interface ListenerRules {
  readonly cooldown: CooldownSettings;
  /** Of the channel. */
  readonly budget?: BudgetSettings | undefined;
  readonly ignore: IgnoreRules;
}
