import type { MailError } from "./mail-error.ts";
import type { SmtpLogin } from "./smtp-session.ts";

/** A reply that is typical of a large provider. */
interface KnownReply {
  /** Matches the beginning of the reply, in linear time. */
  readonly reply: RegExp;
  readonly explain: (login: SmtpLogin | undefined) => string;
}

const useOAuth2 = (provider: string) =>
  `replace password with oauth2: { provider: ${provider}, ... } (the guide has the steps)`;

const appPassword =
  "create an app password (Google Account, Security, 2-Step Verification, App passwords) and set email.password to it";

/**
 * https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online,
 * https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission,
 * https://support.google.com/a/answer/3726730
 */
const knownReplies: readonly KnownReply[] = [
  {
    reply: /^535[ -]5\.7\.139\b.*\bbasic authentication is disabled\b/i,
    explain: () => `Microsoft 365 has disabled password logins: ${useOAuth2("microsoft365")}`,
  },
  {
    reply: /^535[ -]5\.7\.139\b.*\bSmtpClientAuthentication is disabled for the Mailbox\b/i,
    explain: () =>
      "sending by SMTP is disabled for this mailbox; enable it: Microsoft 365 admin center, Users, Active users, the user, Mail, Manage email apps, Authenticated SMTP",
  },
  {
    reply: /^535[ -]5\.7\.139\b.*\bSmtpClientAuthentication is disabled\b/i,
    explain: () =>
      "sending by SMTP is disabled for the whole tenant; enable it: Exchange admin center, Settings, Mail flow, Turn off SMTP AUTH protocol; or allow it for this mailbox alone (Microsoft 365 admin center, Active users, the user, Mail, Manage email apps, Authenticated SMTP)",
  },
  {
    reply: /^535[ -]5\.7\.139\b/i,
    explain: (login) =>
      isToken(login)
        ? "Microsoft 365 refused the login of this application: check Conditional Access and security defaults (Microsoft Entra admin center, Protection)"
        : `Microsoft 365 refused this password login (security defaults, Conditional Access, or a wrong password): ${useOAuth2("microsoft365")}`,
  },
  {
    reply: /^535[ -]5\.7\.3\b/,
    explain: (login) =>
      isToken(login)
        ? "Microsoft 365 does not accept the token for this mailbox: is email.username the mailbox's address, does the application have the permission SMTP.SendAsApp (Office 365 Exchange Online) with admin consent, is its service principal registered in Exchange Online (New-ServicePrincipal with the object ID of the enterprise application), and does it have Full Access to the mailbox (Add-MailboxPermission)? A new permission takes up to an hour"
        : `the login was refused: wrong username or password, or password logins are disabled; for Microsoft 365: ${useOAuth2("microsoft365")}`,
  },
  {
    reply: /^5\d\d[ -]5\.7\.57\b/,
    explain: (login) =>
      login === undefined
        ? "Microsoft 365 accepts mail only after a login: set email.username and email.oauth2, or use the tenant's own MX host on port 25 (direct send)"
        : "Microsoft 365 reports that there was no login: is the port 587, with STARTTLS, and may this mailbox send by SMTP (Authenticated SMTP)?",
  },
  {
    reply: /^5\d\d[ -](?:5\.7\.60\b|.*\bSendAsDenied)/,
    explain: () =>
      "the login may not send as email.from_address: set it to the mailbox's own address, or grant the permission Send as (Exchange admin center, Recipients, Mailboxes, the mailbox of from_address, Delegation)",
  },
  {
    reply: /^5\d\d[ -](?:5\.4\.5\b|.*\bSubmissionQuotaExceeded)/,
    explain: () => "the mailbox has reached its sending limit; it accepts messages again later",
  },
  {
    reply: /^534[ -]5\.7\.9\b/,
    explain: () => `Google does not accept account passwords here: ${appPassword}, or ${useOAuth2("google")}`,
  },
  {
    reply: /^534[ -]5\.7\.14\b/,
    explain: () => `Google requires a login in the browser first; instead, ${appPassword}, or ${useOAuth2("google")}`,
  },
  {
    reply: /^535[ -]5\.7\.8\b.*\bUsername and Password not accepted\b/i,
    explain: (login) =>
      isToken(login)
        ? "Google does not accept the token: is email.username the account that granted the refresh token, and was the scope https://mail.google.com/ granted?"
        : `Google does not accept this password, and it never accepts the password of the account itself: ${appPassword}, or ${useOAuth2("google")}`,
  },
  {
    reply: /^4\d\d[ -]4\.7\.0\b.*\b(?:login|auth|rate|try again)/i,
    explain: () =>
      "the server accepts no logins now (too many recently, or an internal problem); it accepts them again later",
  },
];

const maxReplyCharacters = 2000;

/** What a reply of Microsoft 365 or Google means, and which key or setting to change; `undefined` for other replies. */
export function explainProviderReply(failure: MailError, login: SmtpLogin | undefined): string | undefined {
  if (failure.reply === undefined) return undefined;
  // Google begins each line of a reply with the same codes.
  const reply = failure.reply
    .slice(0, maxReplyCharacters)
    .replace(/\r?\n(?:\d{3}[ -](?:\d\.\d{1,3}\.\d{1,3} )?)?/g, " ");
  return knownReplies.find((known) => known.reply.test(reply))?.explain(login);
}

function isToken(login: SmtpLogin | undefined): boolean {
  return login !== undefined && "accessToken" in login;
}
