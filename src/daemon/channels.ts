import path from "node:path";
import type { Config } from "../config/config.ts";
import { longestReading } from "../config/read-file.ts";
import type { Clock } from "../core/clock.ts";
import { type Channel, type ChannelName, ntfyRecipient, type PushTarget } from "../core/delivery.ts";
import { HarbingerError, messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { ChannelMap } from "../notify/channel-map.ts";
import { FileChannel } from "../notify/channels/file/file-channel.ts";
import { LocalMailChannel } from "../notify/channels/local-mail/local-mail-channel.ts";
import { NtfyChannel, ntfyTextBytes } from "../notify/channels/ntfy/ntfy-channel.ts";
import { ntfyOptions } from "../notify/channels/ntfy/schema.ts";
import { AccessTokens } from "../notify/channels/smtp/oauth2/access-tokens.ts";
import { SmtpChannel } from "../notify/channels/smtp/smtp-channel.ts";
import { textBytes } from "../notify/channels/webhook/presets.ts";
import { webhookOf } from "../notify/channels/webhook/schema.ts";
import { WebhookChannel } from "../notify/channels/webhook/webhook-channel.ts";
import type { EmailSettings } from "../notify/schema.ts";
import { readStart } from "../platform/read-file-now.ts";
import { parseStoreLocation } from "../store/location.ts";
import type { MadeChannels } from "./delivery-channels.ts";

/**
 * The channels that the configuration asks for.
 * @param log is told what should be changed in the configuration although messages arrive
 */
export function configuredChannels(config: Config, clock: Clock, log?: Pick<Log, "warn">): ChannelMap {
  const { email, ntfy, webhooks } = config;
  const hooks = Object.entries(webhooks);
  return {
    file: new FileChannel({ directory: config.reports.directory }),
    ...(email === undefined ? {} : { mail: mailChannel(email, mailTokens(config, clock)) }),
    ...(ntfy === undefined
      ? {}
      : { ntfy: new NtfyChannel({ ...ntfyOptions(ntfy), ...authorities("notify.ntfy", ntfy.ca_file), clock }) }),
    ...(hooks.length === 0
      ? {}
      : {
          webhook: new WebhookChannel({
            webhooks: new Map(
              hooks.map(([name, hook]) => [
                name,
                webhookOf(hook, authorities(`notify.webhooks.${name}`, hook.ca_file).ca),
              ]),
            ),
            clock,
            ...(log === undefined ? {} : { log }),
          }),
        }),
  };
}

/** The same, with all that each channel was made from. */
export function madeChannels(config: Config, clock: Clock, log?: Pick<Log, "warn">): MadeChannels {
  const { email, ntfy, webhooks, reports } = config;
  const mailAuthorities = email?.kind === "smtp" ? authorities("email", email.caFile) : {};
  const hooks = Object.entries(webhooks).map(([name, hook]) => [
    name,
    hook,
    authorities(`notify.webhooks.${name}`, hook.ca_file),
  ]);
  return {
    channels: configuredChannels(config, clock, log),
    from: {
      file: reports.directory,
      mail: [email, mailAuthorities],
      ntfy: [ntfy, authorities("notify.ntfy", ntfy?.ca_file)],
      webhook: hooks,
    },
  };
}

type PushSections = Pick<Config, "ntfy" | "webhooks">;

/** Every place that short messages can be pushed to. */
export function allPushTargets({ ntfy, webhooks }: PushSections): readonly PushTarget[] {
  return [
    ...(ntfy === undefined ? [] : [{ channel: "ntfy" as const, recipient: ntfyRecipient }]),
    ...Object.keys(webhooks).map((recipient) => ({ channel: "webhook" as const, recipient })),
  ];
}

/** The same by the names that `notify` of a watch and of `alerts` calls them by. */
export function pushTargets(config: PushSections): ReadonlyMap<string, PushTarget> {
  const named = allPushTargets(config).map((target): [string, PushTarget] => [
    target.channel === "ntfy" ? "ntfy" : target.recipient,
    target,
  ]);
  return new Map(named);
}

/** Bytes of text that a channel which pushes takes from one message. */
export function pushBytes({ channel, recipient }: PushTarget, { webhooks }: PushSections): number {
  const preset = channel === "webhook" ? webhooks[recipient]?.preset : undefined;
  return preset === undefined ? ntfyTextBytes : textBytes[preset];
}

/** Where alerts go: to the mail addresses, and to every channel that there is unless `alerts.notify` chooses. */
export function alertRoutes(
  config: Config,
): { readonly channel: ChannelName; readonly recipients: readonly string[] }[] {
  const { alerts } = config;
  const named = pushTargets(config);
  const chosen = alerts.notify?.flatMap((name) => named.get(name) ?? []) ?? allPushTargets(config);
  const pushes = (["ntfy", "webhook"] as const).map((channel) => ({
    channel,
    recipients: chosen.filter((target) => target.channel === channel).map(({ recipient }) => recipient),
  }));
  return [{ channel: "mail" as const, recipients: alerts.recipients }, ...pushes].filter(
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
  return new SmtpChannel({
    host: email.server,
    port: email.port,
    tls: email.tls,
    verify: email.verify,
    from: email.fromAddress,
    ...authorities("email", email.caFile),
    ...(oauth2 !== undefined && tokens !== undefined
      ? { login: { user: oauth2.username, tokens } }
      : credentials === undefined
        ? {}
        : { login: { user: credentials.username, password: credentials.password } }),
  });
}

/** Where the access tokens of `email.oauth2` come from; `undefined` without it. */
export function mailTokens({ email, store }: Pick<Config, "email" | "store">, clock: Clock): AccessTokens | undefined {
  if (email?.kind !== "smtp" || email.oauth2 === undefined) return undefined;
  return new AccessTokens({
    settings: email.oauth2,
    storeFile: email.oauth2.tokenStore ?? path.join(stateFolder(store.location), tokenStoreName),
    clock,
    ...authorities("email", email.caFile),
  });
}

const tokenStoreName = "harbinger-mail-token.json";

/** Beside the database file; with a database server, the working directory. */
function stateFolder(location: string): string {
  const parsed = parseStoreLocation(location);
  return parsed.kind === "sqlite" ? path.dirname(parsed.file) : process.cwd();
}

function authorities(section: string, file: string | undefined): { readonly ca?: string } {
  if (file === undefined) return {};
  try {
    const ca = readStart(file, longestReading, "now");
    if (ca.length === longestReading) throw new Error("it is too long for certificates");
    return { ca: Buffer.from(ca).toString("utf8") };
  } catch (error) {
    throw new HarbingerError("config", `${section}.ca_file: ${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
