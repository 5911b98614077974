import type { Channel, ChannelName, SendOutcome } from "../core/delivery.ts";
import { channels } from "./channels.ts";

/** The configured channels, by name. */
export type ChannelMap = Readonly<Record<ChannelName, Channel | undefined>>;

const unconfiguredRetryMs = 60 * 60 * 1000;

/** The outcome of an attempt whose channel is not configured. It is retried, because the user may add the channel. */
export function unconfigured(name: ChannelName): SendOutcome {
  const section = channels.find((channel) => channel.name === name)?.path.join(".") ?? name;
  const reason = `the configuration has no section ${section}`;
  return { kind: "retry", reason, retryAfterMs: unconfiguredRetryMs, closed: true };
}
