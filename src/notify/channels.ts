import type { ChannelName } from "../core/delivery.ts";
import type { ChannelDefinition } from "./channel-definition.ts";
import { fileChannel } from "./channels/file/channel.ts";
import { mailChannel } from "./channels/mail/channel.ts";
import { ntfyChannel } from "./channels/ntfy/channel.ts";
import { webhookChannel } from "./channels/webhook/channel.ts";

/** Every channel, in the order of the reference. A new one is added here; see docs/extending.md. */
export const channels: readonly ChannelDefinition[] = [mailChannel, fileChannel, ntfyChannel, webhookChannel];

/** The channels that `notify` lists can name. */
export const notifyChannels: readonly ChannelDefinition[] = channels.filter(
  ({ recipients }) => recipients === "notify",
);

/** The channel that sends to the mail addresses of the configuration. */
export const addressChannel: ChannelDefinition = only("email");

/** The channel that keeps reports for each label. */
export const archiveChannel: ChannelDefinition = only("none");

function only(source: ChannelDefinition["recipients"]): ChannelDefinition {
  const [found, ...others] = channels.filter(({ recipients }) => recipients === source);
  if (found === undefined || others.length > 0) throw new Error(`expected one channel with recipients: ${source}`);
  return found;
}

/** @throws Error if there is no such channel */
export function channelNamed(name: ChannelName): ChannelDefinition {
  const channel = channels.find((known) => known.name === name);
  if (channel === undefined) throw new Error(`there is no channel ${name}`);
  return channel;
}
