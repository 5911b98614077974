import { parseMailbox } from "../../../core/recipients.ts";
import type { EmailSection } from "./schema.ts";
import { providers } from "./smtp/oauth2/providers.ts";
import { completeOAuth2, type OAuth2Settings, oauth2Settings } from "./smtp/oauth2/schema.ts";

export type TlsMode = "starttls" | "implicit" | "opportunistic" | "none";

/** How mail is sent. */
export type EmailSettings =
  | { readonly kind: "local"; readonly command: string; readonly fromAddress: string }
  | {
      readonly kind: "smtp";
      readonly server: string;
      readonly port: number;
      readonly tls: TlsMode;
      /** `unless-local`: a server at a private or loopback address may have a certificate that no trusted authority signed. */
      readonly verify: boolean | "unless-local";
      readonly credentials?: { readonly username: string; readonly password: string } | undefined;
      /** In place of `credentials`. */
      readonly oauth2?: (OAuth2Settings & { readonly username: string }) | undefined;
      readonly fromAddress: string;
    };

/** Mail by a mail server. */
export type MailServerSettings = Extract<EmailSettings, { readonly kind: "smtp" }>;

/** @param hostName of this machine, for the default sender */
export function emailSettings(section: EmailSection, hostName: string): EmailSettings {
  const { username, password, oauth2 } = section;
  const fromAddress = senderOf(section, hostName);
  if (section.use_local_mail) return { kind: "local", command: section.mail_command, fromAddress };
  return {
    kind: "smtp",
    server: serverOf(section) ?? "",
    port: Number(section.smtp_port),
    tls: tlsModeOf(section),
    verify: verificationOf(section),
    credentials: username === undefined || password === undefined ? undefined : { username, password },
    oauth2: username === undefined || oauth2 === undefined ? undefined : { ...oauth2Settings(oauth2), username },
    fromAddress,
  };
}

/** `Harbinger Alerts`: a display name without an address. */
export function isDisplayName(sender: string): boolean {
  return parseMailbox(sender) === undefined && /^[^\p{C}@<>,;"]{1,200}$/u.test(sender) && /\S/.test(sender);
}

/** The sender, which always has an address: without one a mail is refused, or looks like a bounce. */
function senderOf({ from_address: given, username }: EmailSection, hostName: string): string {
  const own = [username, `harbinger@${hostName}`].find(
    (address) => address?.includes("@") === true && parseMailbox(address)?.address === address,
  );
  const usual = own ?? "harbinger@localhost";
  if (given === undefined) return usual;
  return isDisplayName(given) ? `${given.trim()} <${usual}>` : given;
}

/** The section with the provider's defaults. */
export function completeEmail(section: EmailSection): EmailSection {
  const { oauth2 } = section;
  return oauth2 === undefined
    ? section
    : { ...section, smtp_server: serverOf(section), oauth2: completeOAuth2(oauth2) };
}

function serverOf({ smtp_server: server, oauth2 }: EmailSection): string | undefined {
  return server ?? (oauth2?.provider === undefined ? undefined : providers[oauth2.provider].smtpServer);
}

/**
 * The earlier tool did not verify certificates, so its users have internal servers with self-signed ones, which must still
 * work. Across the internet, or with the newer key, the certificate must be valid.
 */
function verificationOf(section: EmailSection): boolean | "unless-local" {
  if (section.tls_verify !== undefined) return section.tls_verify;
  // The earlier tool had no tokens.
  if (section.oauth2 !== undefined) return true;
  return section.use_tls === true && section.ca_file === undefined ? "unless-local" : true;
}

function tlsModeOf(section: EmailSection): TlsMode {
  if (section.tls !== undefined) return section.tls;
  if (Number(section.smtp_port) === 465) return "implicit";
  if (section.use_tls !== undefined) return section.use_tls ? "starttls" : "none";
  // Otherwise an attacker who removes STARTTLS from the server's reply would see the password.
  return section.username === undefined ? "opportunistic" : "starttls";
}
