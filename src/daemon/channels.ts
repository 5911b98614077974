import path from "node:path";
import type { Config } from "../config/config.ts";
import { longestReading } from "../config/read-file.ts";
import type { Clock } from "../core/clock.ts";
import type { Channel, ChannelName, PushForm, PushTarget } from "../core/delivery.ts";
import { HarbingerError, messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { ChannelMap } from "../notify/channel-map.ts";
import { FileChannel } from "../notify/channels/file/file-channel.ts";
import { LocalMailChannel } from "../notify/channels/local-mail/local-mail-channel.ts";
import { AccessTokens } from "../notify/channels/smtp/oauth2/access-tokens.ts";
import { SmtpChannel } from "../notify/channels/smtp/smtp-channel.ts";
import { pushChannelNamed, pushChannels } from "../notify/channels.ts";
import { NamedChannels } from "../notify/named-channels.ts";
import { authoritiesFile, type PushSection, pushPath } from "../notify/push-sections.ts";
import type { EmailSettings } from "../notify/schema.ts";
import { readStart } from "../platform/read-file-now.ts";
import { parseStoreLocation } from "../store/location.ts";
import type { MadeChannels } from "./delivery-channels.ts";

/**
 * The configured channels.
 * @param log for what the user should change in the configuration although messages arrive
 */
export function configuredChannels(config: Config, clock: Clock, log?: Pick<Log, "warn">): ChannelMap {
  return madeChannels(config, clock, log).channels;
}

/** The configured channels, and everything that each of them was made from. */
export function madeChannels(config: Config, clock: Clock, log?: Pick<Log, "warn">): MadeChannels {
  const { email, reports } = config;
  const pushes = pushChannels.flatMap(({ name }) => madePushChannel(name, config.pushSections, { clock, log }));
  return {
    channels: {
      ...Object.fromEntries(pushes.map(({ name, channel }) => [name, channel])),
      file: new FileChannel({ directory: reports.directory }),
      mail: email === undefined ? undefined : mailChannel(email, mailTokens(config, clock)),
    },
    from: {
      ...Object.fromEntries(pushes.map(({ name, from }) => [name, from])),
      file: reports.directory,
      mail: [email, email?.kind === "smtp" ? authorities("email", email.caFile) : undefined],
    },
  };
}

interface MadePushChannel {
  readonly name: ChannelName;
  readonly channel: Channel;
  readonly from: unknown;
}

/** One channel of all configured sections of a name; none where there is no section. */
function madePushChannel(
  name: ChannelName,
  all: readonly PushSection[],
  parts: { readonly clock: Clock; readonly log: Pick<Log, "warn"> | undefined },
): MadePushChannel[] {
  const definition = pushChannelNamed(name);
  const entries = all
    .filter(({ channel }) => channel === name)
    .map((entry) => ({ ...entry, ca: authorities(pushPath(entry).join("."), authoritiesFile(entry.section)) }));
  const [only] = entries;
  if (only === undefined) return [];
  const made = new Map(
    entries.map(({ name: entry, section, ca }) => [entry, definition.create(section, { ...parts, name: entry, ca })]),
  );
  const single = definition.hasEntries ? undefined : made.get(only.name);
  return [{ name, channel: single ?? new NamedChannels(name, made), from: entries }];
}

type PushSections = Pick<Config, "pushSections">;

/** Every recipient that short messages can be pushed to. */
export function allPushTargets({ pushSections }: PushSections): readonly PushTarget[] {
  return pushSections.map(({ channel, name }) => ({ channel, recipient: name }));
}

/** The same by their names in `notify` of a watch and of `alerts`. */
export function pushTargets(config: PushSections): ReadonlyMap<string, PushTarget> {
  return new Map(allPushTargets(config).map((target) => [target.recipient, target]));
}

/** What a push channel takes for one recipient. */
export function pushForm({ channel, recipient }: PushTarget, { pushSections }: PushSections): PushForm {
  const definition = pushChannelNamed(channel);
  const found = pushSections.find((section) => section.channel === channel && section.name === recipient);
  if (found === undefined) throw new Error(`there is no recipient ${recipient} of ${channel}`);
  return { maxTextBytes: definition.maxTextBytes(found.section), takesJson: definition.takesJson === true };
}

/** By channel: what lists of deliveries show in place of the recipient, such as the first letters of a topic. */
export function shownRecipients({ pushSections }: PushSections): ReadonlyMap<ChannelName, string> {
  return new Map(
    pushSections.flatMap(({ channel, section }): [ChannelName, string][] => {
      const shown = pushChannelNamed(channel).shownRecipient?.(section);
      return shown === undefined ? [] : [[channel, shown]];
    }),
  );
}

/** The recipients of alerts: the mail addresses, and every push channel unless `alerts.notify` names some. */
export function alertRoutes(
  config: Config,
): { readonly channel: ChannelName; readonly recipients: readonly string[] }[] {
  const { alerts } = config;
  const named = pushTargets(config);
  const chosen = alerts.notify?.flatMap((name) => named.get(name) ?? []) ?? allPushTargets(config);
  const pushes = pushChannels.map(({ name }) => ({
    channel: name,
    recipients: chosen.filter(({ channel }) => channel === name).map(({ recipient }) => recipient),
  }));
  return [{ channel: "mail", recipients: alerts.recipients }, ...pushes].filter(
    ({ recipients }) => recipients.length > 0,
  );
}

function mailChannel(email: EmailSettings, tokens: AccessTokens | undefined): Channel {
  return email.kind === "local" ? new LocalMailChannel({ command: email.command }) : mailServer(email, tokens);
}

type MailServerSettings = Extract<EmailSettings, { readonly kind: "smtp" }>;

/** @param tokens from `mailTokens`; needed where `email.oauth2` is configured */
export function mailServer(email: MailServerSettings, tokens?: AccessTokens): SmtpChannel {
  const { credentials, oauth2 } = email;
  const byPassword =
    credentials === undefined ? undefined : { user: credentials.username, password: credentials.password };
  return new SmtpChannel({
    host: email.server,
    port: email.port,
    tls: email.tls,
    verify: email.verify,
    from: email.fromAddress,
    ca: authorities("email", email.caFile),
    login: oauth2 !== undefined && tokens !== undefined ? { user: oauth2.username, tokens } : byPassword,
  });
}

/** The source of access tokens for `email.oauth2`; `undefined` without it. */
export function mailTokens({ email, store }: Pick<Config, "email" | "store">, clock: Clock): AccessTokens | undefined {
  if (email?.kind !== "smtp" || email.oauth2 === undefined) return undefined;
  return new AccessTokens({
    settings: email.oauth2,
    storeFile: email.oauth2.tokenStore ?? path.join(stateFolder(store.location), tokenStoreName),
    clock,
    ca: authorities("email", email.caFile),
  });
}

const tokenStoreName = "harbinger-mail-token.json";

/** Beside the database file; with a database server, the working directory. */
function stateFolder(location: string): string {
  const parsed = parseStoreLocation(location);
  return parsed.kind === "sqlite" ? path.dirname(parsed.file) : process.cwd();
}

/** The certificate authorities in a file, in PEM. */
function authorities(section: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    const ca = readStart(file, longestReading, "now");
    if (ca.length === longestReading) throw new Error("the file is too large for certificates");
    return Buffer.from(ca).toString("utf8");
  } catch (error) {
    throw new HarbingerError("config", `${section}.ca_file: cannot read ${file}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
