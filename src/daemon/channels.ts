import { readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";
import type { Channel } from "../core/delivery.ts";
import { HarbingerError, messageOf } from "../core/errors.ts";
import type { ChannelMap } from "../notify/channel-map.ts";
import { FileChannel } from "../notify/channels/file/file-channel.ts";
import { LocalMailChannel } from "../notify/channels/local-mail/local-mail-channel.ts";
import { SmtpChannel } from "../notify/channels/smtp/smtp-channel.ts";
import type { EmailSettings } from "../notify/schema.ts";

/** The channels that the configuration asks for. */
export function configuredChannels(config: Config): ChannelMap {
  const file = new FileChannel({ directory: config.reports.directory });
  return config.email === undefined ? { file } : { file, mail: mailChannel(config.email) };
}

function mailChannel(email: EmailSettings): Channel {
  return email.kind === "local" ? new LocalMailChannel({ command: email.command }) : mailServer(email);
}

export function mailServer(email: Extract<EmailSettings, { readonly kind: "smtp" }>): SmtpChannel {
  return new SmtpChannel({
    host: email.server,
    port: email.port,
    tls: email.tls,
    verify: email.verify,
    from: email.fromAddress,
    ...(email.caFile === undefined ? {} : { ca: readAuthorities(email.caFile) }),
    ...(email.credentials === undefined
      ? {}
      : { login: { user: email.credentials.username, password: email.credentials.password } }),
  });
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new HarbingerError("config", `email.ca_file: ${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
