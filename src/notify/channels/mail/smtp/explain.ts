import { explainProviderReply } from "./explain-provider.ts";
import { isPermanent, type MailError, readMailError } from "./mail-error.ts";
import type { SmtpServer } from "./smtp-session.ts";

/** The earlier key and the newer one say the same, and a file with both is refused: the advice must fit either. */
const useTls = {
  none: "use_tls: false, or tls: none in place of use_tls",
  starttls: "tls: starttls, in place of use_tls if that is given",
  implicit: "tls: implicit, in place of use_tls if that is given",
} as const;

/**
 * Says in words what stopped a mail, and what to do about it. What the server said stands in it, as it came: the caller
 * takes secrets out and makes it safe.
 */
export function explainMailFailure(error: unknown, server: SmtpServer): string {
  const failure = readMailError(error);
  const known = explainProviderReply(failure, server.login);
  const words =
    known === undefined
      ? (explainReply(failure, server) ?? explainCode(failure, server))
      : `${placeOf(server)}: ${known}`;
  const challenge = failure.refusedToken?.challenge ?? "";
  const said = challenge === "" ? "" : ` (of the token: ${challenge})`;
  return failure.reply === undefined ? words : `${words}. The server said: ${failure.reply}${said}`;
}

function explainReply(failure: MailError, server: SmtpServer): string | undefined {
  const { replyCode, command } = failure;
  if (replyCode === undefined) return undefined;
  const place = placeOf(server);
  if (command === "CONN" && failure.code === "EPROTOCOL") {
    return failure.text.startsWith("Unexpected")
      ? `${place} answers out of turn; is this a mail server?`
      : `${place} does not want to talk to us`;
  }
  if (command === "EHLO" && server.tls === "starttls" && replyCode >= 500) {
    return `${place} does not know EHLO and so offers no STARTTLS, and nothing is sent in the clear. Where the network can be trusted: ${useTls.none}`;
  }
  if (command === "STARTTLS" || failure.code === "ETLS") {
    // 454: temporary (RFC 3207 section 4).
    if (replyCode < 500) return `${place} cannot set up encryption now (STARTTLS), and nothing is sent in the clear`;
    return server.port === 465
      ? `${place} offers no STARTTLS; port 465 wants TLS from the first byte (${useTls.implicit})`
      : `${place} offers no STARTTLS, and nothing is sent in the clear; is this the port for sending (587)? Where the network can be trusted: ${useTls.none}`;
  }
  if (isAboutLogin(failure)) return explainLogin(failure, server);
  const isForGood = isPermanent(failure);
  if (isRelayRefusal(failure)) {
    return server.login === undefined
      ? `${place} does not pass mail on for us; it may want a login (username, password)`
      : `${place} does not pass mail on to this recipient for this login`;
  }
  if (command === "MAIL FROM") {
    if (replyCode === 552) return `the message is too large for ${place}`;
    return isForGood
      ? `${place} refused the sender; is from_address an address that this login may use?`
      : `${place} does not take mail from this sender now`;
  }
  if (command === "RCPT TO") {
    if (replyCode === 552) return "the recipient's mailbox is full";
    if (replyCode === 450 || replyCode === 451) return `${place} asks to come back later (greylisting, or it is busy)`;
    return isForGood ? `${place} refused the recipient` : `${place} does not take mail for this recipient now`;
  }
  if (command === "DATA") {
    if (replyCode === 552 || /^\d{3}[ -]5\.3\.4\b/.test(failure.reply ?? ""))
      return `the message is too large for ${place}`;
    return isForGood ? `${place} refused the message` : `${place} does not take the message now`;
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
  if (login === undefined) return `${place} wants a login: give username, and password or oauth2`;
  if (failure.replyCode === 530 || failure.replyCode === 538)
    return `${place} lets nobody log in without encryption (${useTls.starttls})`;
  if (failure.replyCode !== undefined && failure.replyCode < 500) return `${place} cannot check the login now`;
  if (failure.replyCode === 500 || failure.replyCode === 502 || failure.replyCode === 504) {
    return `${place} does not know how we log in (${"password" in login ? "PLAIN, LOGIN or CRAM-MD5, of which it offers one" : "XOAUTH2"})`;
  }
  if ("accessToken" in login) {
    return `${place} refused the access token for ${login.user}, and a new one as well; is email.username the mailbox that the token is for, and email.oauth2.scope the one for SMTP?`;
  }
  return `${place} refused the login of ${login.user}; is the password right? With two-factor login many providers want an app password`;
}

/** Servers have no code of their own for it. */
function isRelayRefusal({ command, reply, replyCode }: MailError): boolean {
  if (command !== "RCPT TO" || replyCode === undefined || reply === undefined) return false;
  return /\brelay/i.test(reply) || /^\d{3}[ -]5\.7\.1\b/.test(reply);
}

const certificateRemedy = "give its authority's certificate as ca_file, or set tls_verify: false";

function explainCode(failure: MailError, server: SmtpServer): string {
  const place = placeOf(server);
  switch (failure.code) {
    case "ENOTFOUND":
    case "EAI_NONAME":
    case "ENODATA":
      return `there is no host named ${server.host}; is smtp_server spelt right?`;
    case "EAI_AGAIN":
    case "EDNS":
      return `the name ${server.host} cannot be looked up now; does this machine reach a name server?`;
    case "ECONNREFUSED":
      return `${place} refuses connections; is the server running, and the port right (587 with STARTTLS, 465 with TLS, 25 without login)?`;
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "EADDRNOTAVAIL":
      return `there is no way to ${place} from here; is the network up?`;
    case "EMFILE":
    case "ENFILE":
    case "ENOBUFS":
      return `this machine has no more room for connections (${failure.code})`;
    case "ETIMEDOUT":
      return explainTimeout(failure, server);
    case "ECONNRESET":
    case "EPIPE":
    case "ECONNECTION":
      return server.tls === "implicit" || server.port !== 465
        ? `${place} broke the connection off`
        : `${place} broke the connection off; port 465 wants TLS from the first byte (${useTls.implicit})`;
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
    case "ERR_SSL_RECORD_LAYER_FAILURE":
      return server.tls === "implicit"
        ? `${place} does not speak TLS from the first byte; port 587 with STARTTLS is usual (${useTls.starttls})`
        : `${place} answers STARTTLS with something that is not TLS`;
    case "ERR_SSL_UNSUPPORTED_PROTOCOL":
    case "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION":
      return `${place} speaks only versions of TLS that are no longer safe`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return `the certificate of ${place} is self-signed: ${certificateRemedy}`;
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "CERT_UNTRUSTED":
      return `the certificate of ${place} comes from an authority that is not trusted here: ${certificateRemedy}`;
    case "CERT_HAS_EXPIRED":
      return `the certificate of ${place} has expired; it needs a new one (or, at your risk, tls_verify: false)`;
    case "CERT_NOT_YET_VALID":
      return `the certificate of ${place} is not valid yet; is the clock of this machine right?`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `the certificate of ${place} is for other names: use one of its names as smtp_server, or set tls_verify: false (${failure.text})`;
    case "ENOAUTH":
      return server.tls === "none"
        ? `${place} offers no login without encryption (${useTls.starttls}), or none at all (leave username and password out)`
        : `${place} offers no login; leave username and password out, or use its port for sending (587)`;
    case "ENOMECHANISM":
      return `${place} offers no login by PLAIN, LOGIN or CRAM-MD5 (it offers ${failure.text}), and the password was not sent; use another port or server for sending (587)`;
    case "ENOEHLO":
      return `${place} does not know EHLO and so offers no login, and the password was not sent; leave username and password out, or use its port for sending (587)`;
    case "ESLOW":
      return `${place} is too slow: ${slowWords(failure.part)}`;
    case "ETALKATIVE":
    case "EPROTOCOL":
      return `${place} sends far more than a mail server has to say; is this a mail server?`;
    case "ENOXOAUTH2":
      return `${place} takes no access tokens (it does not offer XOAUTH2); use password in place of oauth2, or its port for sending (587)`;
    case "EMESSAGE":
      return `the message is larger than ${place} takes`;
    case "EENVELOPE":
      return `this mail cannot be addressed: ${failure.text}`;
    case "EAUTH":
      return `cannot log in at ${place}: ${failure.text}`;
    default:
      return failure.code?.startsWith("ERR_SSL") === true || failure.code?.startsWith("ERR_TLS") === true
        ? `no encryption could be agreed on with ${place}: ${failure.text}`
        : `cannot send by ${place}: ${failure.text}`;
  }
}

function slowWords(part: string | undefined): string {
  switch (part) {
    case "set-up":
      return "its greeting and what it offers did not come to an end";
    case "login":
      return "its replies to the login did not come to an end";
    case "envelope":
      return "its replies to sender and recipient did not come to an end";
    default:
      return "its reply to the message did not come to an end";
  }
}

function explainTimeout(failure: MailError, server: SmtpServer): string {
  const place = placeOf(server);
  switch (failure.timeout) {
    case "GREETING_TIMEOUT":
      return server.tls === "implicit"
        ? `${place} accepted the connection and said nothing; is this a mail server?`
        : `${place} accepted the connection and said nothing; perhaps it wants TLS from the first byte (port 465, ${useTls.implicit})`;
    case "UPGRADE_TIMEOUT":
      return `${place} did not finish to set up encryption`;
    case "SOCKET_TIMEOUT":
      return `${place} stopped answering`;
    default:
      return `${place} does not answer; does a firewall stop port ${server.port}? Some providers close port 25: try 587`;
  }
}

function placeOf(server: SmtpServer): string {
  return `mail server ${server.host.includes(":") ? `[${server.host}]` : server.host}:${server.port}`;
}
