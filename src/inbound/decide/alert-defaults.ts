import type { AlertTextSettings } from "../alert/alert.ts";
import type { BudgetSettings } from "./alert-gate.ts";
import type { CooldownSettings } from "./cooldown-table.ts";

/** Alert texts of the earlier Portwatcher, with its defaults. */
export const classicText: AlertTextSettings = {
  style: "classic",
  html: false,
  timeZone: "Europe/Berlin",
  includeUtc: false,
  includeCity: true,
  includeCoordinates: false,
  coordinatePrecision: 2,
  payload: { mode: "auto", maxChars: 600, stripControl: true },
  fingerprints: false,
};

/** Our own alert texts, in the system's time zone. */
export const fullText: AlertTextSettings = {
  style: "full",
  html: true,
  includeUtc: false,
  includeCity: true,
  includeCoordinates: false,
  coordinatePrecision: 2,
  payload: { mode: "auto", maxChars: 600, stripControl: true },
  fingerprints: true,
};

/** The cooldown of the earlier Portwatcher, with its defaults. */
export const classicCooldown: CooldownSettings = {
  cooldownMs: 1_800_000,
  forgetMs: 86_400_000,
  limit: 20_000,
  ipv6ByNetwork: false,
  summaries: false,
};

/** The earlier Portwatcher had no budget; this one limits only connections from very many addresses. */
export const classicBudget: BudgetSettings = {
  atOnce: 100,
  refillMs: 10_000,
  digestMs: 60_000,
  maxDigestMs: 900_000,
};
