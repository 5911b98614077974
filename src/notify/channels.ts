import { ntfyChannel } from "./channels/ntfy/channel.ts";
import { webhookChannel } from "./channels/webhook/channel.ts";
import type { PushChannel } from "./push-channel.ts";

/** Every channel for short messages, in the order of the reference. A new one is added here; see docs/extending.md. */
export const pushChannels: readonly PushChannel[] = [ntfyChannel, webhookChannel];

/** @throws Error where there is none of this name */
export function pushChannelNamed(name: string): PushChannel {
  const channel = pushChannels.find((known) => known.name === name);
  if (channel === undefined) throw new Error(`there is no push channel ${name}`);
  return channel;
}
