import type { Channel, ChannelName, SendOutcome } from "../core/delivery.ts";

/** The configured channels, by name. */
export interface ChannelMap {
  readonly mail?: Channel | undefined;
  readonly file?: Channel | undefined;
  /** Push channels. */
  readonly [name: ChannelName]: Channel | undefined;
}

const missing: ReadonlyMap<ChannelName, string> = new Map([
  ["mail", "no email section is configured"],
  ["file", "no directory for reports is configured"],
]);

const lookAgainMs = 60 * 60 * 1000;

/** The outcome of an attempt whose channel is not configured. It is retried, because the user may add the channel. */
export function unconfigured(name: ChannelName): SendOutcome {
  const reason = missing.get(name) ?? `no ${name} section is configured`;
  return { kind: "retry", reason, retryAfterMs: lookAgainMs, closed: true };
}
