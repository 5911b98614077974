import type { Channel, ChannelName, SendOutcome } from "../core/delivery.ts";

/** The configured ways to hand a message over. */
export type ChannelMap = { readonly [name in ChannelName]?: Channel };

const missing: Readonly<Record<ChannelName, string>> = {
  mail: "no email section is configured",
  file: "no directory for reports is configured",
  ntfy: "no ntfy section is configured",
  webhook: "no webhook section is configured",
};

const lookAgainMs = 60 * 60 * 1000;

/** What comes of a delivery whose channel is not configured: the configuration may be mended. */
export function unconfigured(name: ChannelName): SendOutcome {
  return { kind: "retry", reason: missing[name], retryAfterMs: lookAgainMs, closed: true };
}
