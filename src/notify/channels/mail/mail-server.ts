import path from "node:path";
import type { ChannelParts } from "../../channel-definition.ts";
import type { MailServerSettings } from "./settings.ts";
import { AccessTokens } from "./smtp/oauth2/access-tokens.ts";
import { SmtpChannel } from "./smtp/smtp-channel.ts";

/**
 * @param parts.ca certificate authorities to trust as well, in PEM
 * @param parts.tokens from `mailTokens`; needed for a login by OAuth 2
 */
export function mailServer(
  settings: MailServerSettings,
  parts: { readonly ca?: string | undefined; readonly tokens?: AccessTokens | undefined } = {},
): SmtpChannel {
  const { credentials, oauth2 } = settings;
  const byPassword = credentials && { user: credentials.username, password: credentials.password };
  return new SmtpChannel({
    host: settings.server,
    port: settings.port,
    tls: settings.tls,
    verify: settings.verify,
    from: settings.fromAddress,
    ca: parts.ca,
    login:
      oauth2 !== undefined && parts.tokens !== undefined ? { user: oauth2.username, tokens: parts.tokens } : byPassword,
  });
}

const tokenStoreName = "harbinger-mail-token.json";

/** The access tokens for the login; `undefined` without OAuth 2. */
export function mailTokens(
  { oauth2 }: MailServerSettings,
  { clock, ca, stateFolder }: Pick<ChannelParts, "clock" | "ca" | "stateFolder">,
): AccessTokens | undefined {
  if (oauth2 === undefined) return undefined;
  const storeFile = oauth2.tokenStore ?? path.join(stateFolder, tokenStoreName);
  return new AccessTokens({ settings: oauth2, storeFile, clock, ca });
}
