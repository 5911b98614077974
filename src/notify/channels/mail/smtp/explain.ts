import { hostLiteral } from "../../../../core/host-literal.ts";
import { explainProviderReply } from "./explain-provider.ts";
import { isPermanent, type MailError, readMailError } from "./mail-error.ts";
import type { SmtpServer } from "./smtp-session.ts";

/** The older key `use_tls` and the newer `tls` exclude each other: the advice must be right for a file with either. */
const useTls = {
  none: "use_tls: false, or tls: none instead of use_tls",
  starttls: "tls: starttls, instead of use_tls if that is set",
  implicit: "tls: implicit, instead of use_tls if that is set",
} as const;

/**
 * Explains why a mail was not sent, and what to do. The text includes the server's reply unchanged: the caller must
 * redact secrets and make it safe.
 */
export function explainMailFailure(error: unknown, server: SmtpServer): string {
  const failure = readMailError(error);
  const known = explainProviderReply(failure, server.login);
  const explanation =
    known === undefined
      ? (explainReply(failure, server) ?? explainCode(failure, server))
      : `${placeOf(server)}: ${known}`;
  const challenge = failure.refusedToken?.challenge ?? "";
  const detail = challenge === "" ? "" : ` (token: ${challenge})`;
  if (failure.reply === undefined) return explanation;
  return `${explanation}${explanation.endsWith("?") ? "" : "."} The server replied: ${failure.reply}${detail}`;
}

function explainReply(failure: MailError, server: SmtpServer): string | undefined {
  const { replyCode, command } = failure;
  if (replyCode === undefined) return undefined;
  const place = placeOf(server);
  if (command === "CONN" && failure.code === "EPROTOCOL") {
    return failure.text.startsWith("Unexpected")
      ? `${place} sent an unexpected reply; is this a mail server?`
      : `${place} rejected the connection`;
  }
  if (command === "EHLO" && server.tls === "starttls" && replyCode >= 500) {
    return `${place} does not support EHLO, so it offers no STARTTLS; nothing was sent unencrypted. If you trust the network: ${useTls.none}`;
  }
  if (command === "STARTTLS" || failure.code === "ETLS") {
    // 454: temporary (RFC 3207 section 4).
    if (replyCode < 500) return `${place} cannot start encryption now (STARTTLS); nothing was sent unencrypted`;
    return server.port === 465
      ? `${place} does not offer STARTTLS; port 465 requires TLS from the first byte (${useTls.implicit})`
      : `${place} does not offer STARTTLS; nothing was sent unencrypted. Is this the submission port (587)? If you trust the network: ${useTls.none}`;
  }
  if (isAboutLogin(failure)) return explainLogin(failure, server);
  const isFinal = isPermanent(failure);
  if (isRelayRefusal(failure)) {
    return server.login === undefined
      ? `${place} refused to relay mail; it may require a login (username, password)`
      : `${place} refused to relay mail to this recipient for this login`;
  }
  if (command === "MAIL FROM") {
    if (replyCode === 552) return `the message is too large for ${place}`;
    return isFinal
      ? `${place} refused the sender; is from_address an address that this login may use?`
      : `${place} does not accept mail from this sender now`;
  }
  if (command === "RCPT TO") {
    if (replyCode === 552) return "the recipient's mailbox is full";
    if (replyCode === 450 || replyCode === 451) return `${place} asks to retry later (greylisting, or it is busy)`;
    return isFinal ? `${place} refused the recipient` : `${place} does not accept mail for this recipient now`;
  }
  if (command === "DATA") {
    if (replyCode === 552 || /^\d{3}[ -]5\.3\.4\b/.test(failure.reply ?? ""))
      return `the message is too large for ${place}`;
    return isFinal ? `${place} refused the message` : `${place} does not accept the message now`;
  }
  return `${place} is not ready`;
}

function isAboutLogin({ code, command, replyCode }: MailError): boolean {
  if (code === "EAUTH" || command?.startsWith("AUTH") === true) return true;
  return replyCode === 530 || replyCode === 534 || replyCode === 535 || replyCode === 538;
}

function explainLogin(failure: MailError, server: SmtpServer): string {
  const place = placeOf(server);
  const { login } = server;
  if (login === undefined) return `${place} requires a login: set username, and password or oauth2`;
  if (failure.replyCode === 530 || failure.replyCode === 538)
    return `${place} does not allow logins without encryption (${useTls.starttls})`;
  if (failure.replyCode !== undefined && failure.replyCode < 500) return `${place} cannot check the login now`;
  if (failure.replyCode === 500 || failure.replyCode === 502 || failure.replyCode === 504) {
    return `${place} does not support the login method (${"password" in login ? "PLAIN, LOGIN or CRAM-MD5, of which it offers one" : "XOAUTH2"})`;
  }
  if ("accessToken" in login) {
    return `${place} refused the access token for ${login.user}, and then a new one; is email.username the mailbox of the token, and email.oauth2.scope the scope for SMTP?`;
  }
  return `${place} refused the login of ${login.user}; is the password right? With two-factor login many providers require an app password`;
}

/** No reply code means only this, so the text decides. */
function isRelayRefusal({ command, reply, replyCode }: MailError): boolean {
  if (command !== "RCPT TO" || replyCode === undefined || reply === undefined) return false;
  return /\brelay/i.test(reply) || /^\d{3}[ -]5\.7\.1\b/.test(reply);
}

const certificateRemedy = "set ca_file to the certificate of its authority, or set tls_verify: false";

function explainCode(failure: MailError, server: SmtpServer): string {
  const place = placeOf(server);
  switch (failure.code) {
    case "ENOTFOUND":
    case "EAI_NONAME":
    case "ENODATA":
      return `there is no host named ${server.host}; is smtp_server spelt right?`;
    case "EAI_AGAIN":
    case "EDNS":
      return `the name ${server.host} cannot be resolved now; can this machine reach a name server?`;
    case "ECONNREFUSED":
      return `${place} refuses connections; is the server running, and the port right (587 with STARTTLS, 465 with TLS, 25 without login)?`;
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "EADDRNOTAVAIL":
      return `no route to ${place}; is the network up?`;
    case "EMFILE":
    case "ENFILE":
    case "ENOBUFS":
      return `this machine cannot open more connections (${failure.code})`;
    case "ETIMEDOUT":
      return explainTimeout(failure, server);
    case "ECONNRESET":
    case "EPIPE":
    case "ECONNECTION":
      return server.tls === "implicit" || server.port !== 465
        ? `${place} closed the connection`
        : `${place} closed the connection; port 465 requires TLS from the first byte (${useTls.implicit})`;
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
    case "ERR_SSL_RECORD_LAYER_FAILURE":
      return server.tls === "implicit"
        ? `${place} does not speak TLS from the first byte; port 587 with STARTTLS is usual (${useTls.starttls})`
        : `${place} answers STARTTLS with something that is not TLS`;
    case "ERR_SSL_UNSUPPORTED_PROTOCOL":
    case "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION":
      return `${place} supports only insecure versions of TLS`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return `the certificate of ${place} is self-signed: ${certificateRemedy}`;
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "CERT_UNTRUSTED":
      return `the certificate of ${place} is not signed by a trusted authority: ${certificateRemedy}`;
    case "CERT_HAS_EXPIRED":
      return `the certificate of ${place} has expired; it needs a new one (or, at your risk, tls_verify: false)`;
    case "CERT_NOT_YET_VALID":
      return `the certificate of ${place} is not valid yet; is the clock of this machine right?`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the certificate of ${place} is for other names: use one of its names as smtp_server, or set tls_verify: false (${failure.text})`;
    case "ENOAUTH":
      return server.tls === "none"
        ? `${place} offers no login without encryption (${useTls.starttls}), or none at all (remove username and password)`
        : `${place} offers no login; remove username and password, or use its submission port (587)`;
    case "ENOMECHANISM":
      return `${place} does not offer PLAIN, LOGIN or CRAM-MD5 (it offers ${failure.text}); the password was not sent. Use its submission port (587), or another server`;
    case "ENOEHLO":
      return `${place} does not support EHLO, so it offers no login; the password was not sent. Remove username and password, or use its submission port (587)`;
    case "ESLOW":
      return `${place} is too slow: ${slowPart(failure.part)}`;
    case "EEXCESSIVE":
    case "EPROTOCOL":
      return `${place} sends far more data than a mail server should; is this a mail server?`;
    case "ENOXOAUTH2":
      return `${place} does not accept access tokens (it does not offer XOAUTH2); use password instead of oauth2, or its submission port (587)`;
    case "EMESSAGE":
      return `the message is larger than ${place} accepts`;
    case "EENVELOPE":
      return `the sender or the recipient is not valid: ${failure.text}`;
    case "EAUTH":
      return `cannot log in at ${place}: ${failure.text}`;
    default:
      return failure.code?.startsWith("ERR_SSL") === true || failure.code?.startsWith("ERR_TLS") === true
        ? `the TLS handshake with ${place} failed: ${failure.text}`
        : `cannot send through ${place}: ${failure.text}`;
  }
}

function slowPart(part: string | undefined): string {
  switch (part) {
    case "set-up":
      return "its greeting and its list of extensions were not complete in time";
    case "login":
      return "its replies to the login were not complete in time";
    case "envelope":
      return "its replies to sender and recipient were not complete in time";
    default:
      return "its reply to the message was not complete in time";
  }
}

function explainTimeout(failure: MailError, server: SmtpServer): string {
  const place = placeOf(server);
  switch (failure.timeout) {
    case "GREETING_TIMEOUT":
      return server.tls === "implicit"
        ? `${place} accepted the connection but sent no greeting; is this a mail server?`
        : `${place} accepted the connection but sent no greeting; perhaps it requires TLS from the first byte (port 465, ${useTls.implicit})`;
    case "UPGRADE_TIMEOUT":
      return `${place} did not complete the TLS handshake`;
    case "SOCKET_TIMEOUT":
      return `${place} stopped answering`;
    default:
      return `${place} does not answer; does a firewall block port ${server.port}? Some providers block port 25: try 587`;
  }
}

function placeOf(server: SmtpServer): string {
  return `mail server ${hostLiteral(server.host)}:${server.port}`;
}
