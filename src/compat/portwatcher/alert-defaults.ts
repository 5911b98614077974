import type { AlertTextSettings } from "../../present/alerts/alert-text.ts";

/** Alert texts of the earlier Portwatcher, with its defaults. */
export const portwatcherText: AlertTextSettings = {
  html: false,
  timeZone: "Europe/Berlin",
  includeUtc: false,
  includeCity: true,
  includeCoordinates: false,
  coordinatePrecision: 2,
  payload: { mode: "auto", maxChars: 600, stripControl: true },
  fingerprints: false,
};

/** The cooldown of the earlier Portwatcher, with its defaults. */
export const portwatcherCooldown = {
  cooldownMs: 1_800_000,
  forgetMs: 86_400_000,
  limit: 20_000,
  ipv6ByNetwork: false,
  summaries: false,
};

/** The earlier Portwatcher had no budget; this one limits only connections from very many addresses. */
export const portwatcherBudget = {
  atOnce: 100,
  refillMs: 10_000,
  digestMs: 60_000,
  maxDigestMs: 900_000,
};
