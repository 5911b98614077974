import { SlowServerError } from "./session-limits.ts";
import { TokenRefusedError } from "./xoauth2.ts";

/** Why a mail session failed, as reported by nodemailer, the TLS library or the system, without interpretation. */
export interface MailError {
  /** The most specific code: of the system or the TLS library (`ECONNREFUSED`, `CERT_HAS_EXPIRED`), else of nodemailer. */
  readonly code: string | undefined;
  /** The command that failed: `MAIL FROM`, `RCPT TO`, `DATA`, `AUTH PLAIN`, `EHLO`, `STARTTLS`, `CONN`, `API`. */
  readonly command: string | undefined;
  /** The server's reply, where there was one (RFC 5321 section 4.2). */
  readonly replyCode: number | undefined;
  readonly reply: string | undefined;
  /** Which time limit was exceeded: `CONNECT_TIMEOUT`, `GREETING_TIMEOUT`, `UPGRADE_TIMEOUT`, `SOCKET_TIMEOUT`. */
  readonly timeout: string | undefined;
  /** An access token was refused; `challenge` is what the server sent about it before its reply, or empty. */
  readonly refusedToken: { readonly challenge: string } | undefined;
  /** The part of the session for which the server took too long: see `SlowServerError`. */
  readonly part: string | undefined;
  readonly text: string;
}

/** Reads any thrown value; it never throws. */
export function readMailError(error: unknown): MailError {
  if (!(error instanceof Error)) {
    return {
      code: undefined,
      command: undefined,
      replyCode: undefined,
      reply: undefined,
      timeout: undefined,
      refusedToken: undefined,
      part: undefined,
      text: typeof error === "string" ? error : "a value that is not an error was thrown",
    };
  }
  // If every address of a host failed, the first failure counts.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  const replyCode = field(error, "responseCode");
  return {
    code: text(error, "originalCode") ?? text(error, "code") ?? text(first, "code"),
    command: text(error, "command"),
    replyCode: typeof replyCode === "number" ? replyCode : undefined,
    reply: text(error, "response"),
    timeout: text(error, "timeoutType"),
    refusedToken: error instanceof TokenRefusedError ? { challenge: challengeText(error) } : undefined,
    part: error instanceof SlowServerError ? error.part : undefined,
    text: withoutTlsTrace(error.message === "" && first instanceof Error ? first.message : error.message),
  };
}

function challengeText({ challenge }: TokenRefusedError): string {
  const status = challenge?.status === undefined ? [] : [`status ${challenge.status}`];
  const scope = challenge?.scope === undefined ? [] : [`scope ${challenge.scope}`];
  return [...status, ...scope].join(", ");
}

/** Of `...:error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error:../deps/...` only the fifth part is readable. */
function withoutTlsTrace(message: string): string {
  return /\berror:[0-9A-F]+:[^:]*:[^:]*:([^:\n]+)/.exec(message)?.[1] ?? message;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value ? Reflect.get(value, name) : undefined;
}

function text(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** Replies to any command that are about the login or the session: these can be fixed without a new message. */
const notAboutMessage = new Set([
  // Bad sequence of commands: about the session (RFC 5321).
  503,
  // The server accepts no mail at all: about the server (RFC 7504).
  521,
  // Authentication required, mechanism too weak, credentials invalid, encryption required (RFC 4954 section 6).
  530, 534, 535, 538,
]);

/**
 * Replies about the account or its permissions, although the server sends them to the sender's address or to the content: they can be
 * fixed without a new message, or end by themselves. SendAsDenied and submission quotas of Microsoft 365, the daily limit of Gmail.
 */
const accountReply =
  /^5\d\d[ -](?:5\.7\.60|5\.7\.57|5\.4\.5)\b|\bSendAsDenied|\bSubmissionQuotaExceeded|\bOutboundSpamException/;

function isAboutAccount({ reply }: MailError): boolean {
  return reply !== undefined && accountReply.test(reply.slice(0, 2000));
}

/** Whether the server refused an access token, so that another one is worth a try. */
export function isTokenRefused({ refusedToken, replyCode }: MailError): boolean {
  return refusedToken !== undefined && (replyCode === 535 || refusedToken.challenge !== "");
}

/** Whether any other message to this recipient would have failed as well: the content was not reached. */
export function isIndependentOfMessage(error: MailError): boolean {
  const { code, command } = error;
  if (isAboutAccount(error)) return true;
  return command !== "DATA" && command !== "API" && code !== "EMESSAGE";
}

/**
 * Whether this message or this recipient was refused permanently: by the server (RFC 5321 section 4.2.1: 5yz to the envelope or
 * the content), or by nodemailer before it was sent.
 */
export function isPermanent(error: MailError): boolean {
  if (error.replyCode === undefined) {
    // Refused by nodemailer: an invalid address, or more than the size that the server announced (RFC 1870).
    if (error.code === "EENVELOPE") return error.command === "API";
    return error.code === "EMESSAGE" && error.command === "MAIL FROM";
  }
  if (isAboutAccount(error)) return false;
  const isAboutMessage = error.command === "MAIL FROM" || error.command === "RCPT TO" || error.command === "DATA";
  return isAboutMessage && error.replyCode >= 500 && error.replyCode <= 599 && !notAboutMessage.has(error.replyCode);
}
