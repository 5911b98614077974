import { hostname } from "node:os";
import path from "node:path";
import type { Config } from "../config/config.ts";
import { maxReadBytes } from "../config/read-file.ts";
import type { Clock } from "../core/clock.ts";
import type { Audience, Channel, ChannelName, MessageForm, PushTarget } from "../core/delivery.ts";
import { HarbingerError, messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { ChannelDefinition, ChannelParts } from "../notify/channel-definition.ts";
import type { ChannelMap } from "../notify/channel-map.ts";
import { authoritiesFile, type ChannelSection, notifySections, sectionPath } from "../notify/channel-sections.ts";
import { addressChannel, archiveChannel, channelNamed, channels, notifyChannels } from "../notify/channels.ts";
import { NamedChannels } from "../notify/named-channels.ts";
import type { TestTarget } from "../notify/test-channels.ts";
import { readStart } from "../platform/read-file-now.ts";
import { parseStoreLocation } from "../store/location.ts";
import type { CreatedChannels } from "./delivery-channels.ts";

/** The parts of the configuration that determine the channels. */
type ChannelConfig = Pick<Config, "channels" | "store">;

interface Tools {
  readonly clock: Clock;
  /** Receives warnings about settings that work but should be changed. */
  readonly log?: Pick<Log, "warn"> | undefined;
}

/** The configured channels. */
export function configuredChannels(config: ChannelConfig, clock: Clock): ChannelMap {
  return createChannels(config, { clock }).channels;
}

/**
 * The configured channels, and the input that each was made from.
 * @throws HarbingerError `config` if a file of certificates cannot be read
 */
export function createChannels(config: ChannelConfig, tools: Tools): CreatedChannels {
  const made = channels.flatMap((definition) => {
    const entries = config.channels
      .filter(({ channel }) => channel === definition.name)
      .map((entry) => ({ section: entry.section, parts: partsOf(entry, config, tools) }));
    if (entries.length === 0) return [];
    return [{ name: definition.name, channel: createChannel(definition, entries), input: entries.map(describedEntry) }];
  });
  return {
    channels: Object.fromEntries(made.map(({ name, channel }) => [name, channel])),
    inputs: Object.fromEntries(made.map(({ name, input }) => [name, input])),
  };
}

interface Entry {
  readonly section: object;
  readonly parts: ChannelParts;
}

function createChannel(definition: ChannelDefinition, entries: readonly Entry[]): Channel {
  const made = new Map(entries.map(({ section, parts }) => [parts.name, definition.create(section, parts)]));
  const single = definition.hasEntries ? undefined : made.get(definition.name);
  return single ?? new NamedChannels(definition.name, made);
}

function describedEntry({ section, parts: { name, ca } }: Entry) {
  return { name, section, ca };
}

/** The input from which the channel of a section is made. */
export function partsOf(entry: ChannelSection, { store }: Pick<Config, "store">, tools: Tools): ChannelParts {
  return {
    ...tools,
    name: entry.name,
    ca: authorities(sectionPath(entry).join("."), authoritiesFile(entry.section)),
    hostName: hostname(),
    stateFolder: stateFolder(store.location),
  };
}

/** Whether mail addresses can be reached: the section of their channel is configured. */
export function canMail(config: Pick<Config, "channels">): boolean {
  return config.channels.some(({ channel }) => channel === addressChannel.name);
}

/** Every recipient that `notify` lists can name. */
export function allPushTargets(config: Pick<Config, "channels">): readonly PushTarget[] {
  return notifySections(config.channels).map(({ channel, name }) => ({ channel, recipient: name }));
}

/** All of them by name. */
export function pushTargets(config: Pick<Config, "channels">): ReadonlyMap<string, PushTarget> {
  return new Map(allPushTargets(config).map((target) => [target.recipient, target]));
}

/** The form of messages to a recipient. */
export function messageForm({ channel, recipient }: PushTarget, config: Pick<Config, "channels">): MessageForm {
  const { form, hasEntries } = channelNamed(channel);
  if (form.kind !== "short") return form;
  const { maxTextBytes, takesJson = false } = form;
  const found = config.channels.find((entry) => entry.channel === channel && (!hasEntries || entry.name === recipient));
  if (found === undefined) throw new Error(`there is no recipient ${recipient} of ${channel}`);
  return { kind: "short", maxTextBytes: maxTextBytes(found.section), takesJson };
}

/** Whether messages through a channel have an HTML part. */
export function takesHtml(channel: ChannelName): boolean {
  return channels.some(({ name, form }) => name === channel && form.kind === "text-and-html");
}

/**
 * Every recipient that a test message can be sent to.
 * @param recipients mail addresses in place of the configured ones
 * @param audiences of the configuration
 */
export function testTargets(
  config: Pick<Config, "channels" | "watches" | "alerts">,
  audiences: readonly Pick<Audience, "channel">[],
  recipients: readonly string[] = [...config.watches.flatMap((watch) => watch.recipients), ...config.alerts.recipients],
): readonly TestTarget[] {
  const keepsReports = audiences.some(({ channel }) => channel === archiveChannel.name);
  return [
    ...[...new Set(recipients)].map((recipient) => ({ channel: addressChannel.name, recipient })),
    ...allPushTargets(config),
    ...(keepsReports ? [{ channel: archiveChannel.name, recipient: "" }] : []),
  ];
}

/** By channel: the text that lists of deliveries show instead of the recipient, such as the first letters of a topic. */
export function shownRecipients(config: Pick<Config, "channels">): ReadonlyMap<ChannelName, string> {
  return new Map(
    config.channels.flatMap(({ channel, section }): [ChannelName, string][] => {
      const shown = channelNamed(channel).shownRecipient?.(section);
      return shown === undefined ? [] : [[channel, shown]];
    }),
  );
}

/** The recipients of alerts: the mail addresses, and every other recipient unless `alerts.notify` names some. */
export function alertRoutes(
  config: Pick<Config, "alerts" | "channels">,
): { readonly channel: ChannelName; readonly recipients: readonly string[] }[] {
  const { alerts } = config;
  const named = pushTargets(config);
  const chosen = alerts.notify?.flatMap((name) => named.get(name) ?? []) ?? allPushTargets(config);
  const pushes = notifyChannels.map(({ name }) => ({
    channel: name,
    recipients: chosen.filter(({ channel }) => channel === name).map(({ recipient }) => recipient),
  }));
  return [{ channel: addressChannel.name, recipients: alerts.recipients }, ...pushes].filter(
    ({ recipients }) => recipients.length > 0,
  );
}

/** Beside the database file; with a database server, the working directory. */
function stateFolder(location: string): string {
  const parsed = parseStoreLocation(location);
  return parsed.kind === "sqlite" ? path.dirname(parsed.file) : process.cwd();
}

/** The certificate authorities in a file, in PEM. */
function authorities(section: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const ca = readStart(file, maxReadBytes, "now");
    if (ca.length === maxReadBytes) throw new Error("the file is too large for certificates");
    return Buffer.from(ca).toString("utf8");
  } catch (error) {
    throw new HarbingerError("config", `${section}.ca_file: cannot read ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
