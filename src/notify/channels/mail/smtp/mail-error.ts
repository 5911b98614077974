import { SlowServerError } from "./session-limits.ts";
import { TokenRefusedError } from "./xoauth2.ts";

/** What stopped a mail session: what nodemailer, the TLS library or the system said, without guesses. */
export interface MailError {
  /** The most telling code: of the system or the TLS library (`ECONNREFUSED`, `CERT_HAS_EXPIRED`), else nodemailer's. */
  readonly code: string | undefined;
  /** The command in flight: `MAIL FROM`, `RCPT TO`, `DATA`, `AUTH PLAIN`, `EHLO`, `STARTTLS`, `CONN`, `API`. */
  readonly command: string | undefined;
  /** The server's reply, where there was one (RFC 5321 section 4.2). */
  readonly replyCode: number | undefined;
  readonly reply: string | undefined;
  /** Which wait was over: `CONNECT_TIMEOUT`, `GREETING_TIMEOUT`, `UPGRADE_TIMEOUT`, `SOCKET_TIMEOUT`. */
  readonly timeout: string | undefined;
  /** An access token was refused; what the server said of it besides its reply, where it did. */
  readonly refusedToken: { readonly challenge: string } | undefined;
  /** What the server took too long for, see `SlowServerError`. */
  readonly part: string | undefined;
  readonly text: string;
}

/** Total: accepts any thrown value. */
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
      text: typeof error === "string" ? error : "something that is no error was thrown",
    };
  }
  // Where every address of a host failed, the first failure tells.
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

/** `...:error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error:../deps/...` has one part for people. */
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

/** Replies about the login or the session, to any command: they can be fixed without a new message. */
const notAboutMessage = new Set([
  // Bad sequence of commands: of the session (RFC 5321).
  503,
  // The server takes no mail at all: of the server (RFC 7504).
  521,
  // Authentication required, mechanism too weak, credentials invalid, encryption required (RFC 4954 section 6).
  530, 534, 535, 538,
]);

/**
 * Replies about the account or what it may do, although they meet the sender or the content: the owner mends them
 * without a new message, or they pass by themselves. SendAsDenied and submission quotas of Microsoft 365, the daily limit
 * of Gmail.
 */
const aboutTheAccount =
  /^5\d\d[ -](?:5\.7\.60|5\.7\.57|5\.4\.5)\b|\bSendAsDenied|\bSubmissionQuotaExceeded|\bOutboundSpamException/;

function isAboutTheAccount({ reply }: MailError): boolean {
  return reply !== undefined && aboutTheAccount.test(reply.slice(0, 2000));
}

/** Whether the server refused an access token, so that another one is worth a try. */
export function isTokenRefused({ refusedToken, replyCode }: MailError): boolean {
  return refusedToken !== undefined && (replyCode === 535 || refusedToken.challenge !== "");
}

/** Whether any other message to this recipient would have met the same: it did not come to the content. */
export function isIndependentOfMessage(error: MailError): boolean {
  const { code, command } = error;
  if (isAboutTheAccount(error)) return true;
  return command !== "DATA" && command !== "API" && code !== "EMESSAGE";
}

/**
 * Whether the server refused this message or this recipient for good (RFC 5321 section 4.2.1: 5yz to the envelope or
 * the content), or we did before it left us.
 */
export function isPermanent(error: MailError): boolean {
  if (error.replyCode === undefined) {
    // Refused by nodemailer: an address that it cannot send, or larger than what the server announced (RFC 1870).
    if (error.code === "EENVELOPE") return error.command === "API";
    return error.code === "EMESSAGE" && error.command === "MAIL FROM";
  }
  if (isAboutTheAccount(error)) return false;
  const isAboutMessage = error.command === "MAIL FROM" || error.command === "RCPT TO" || error.command === "DATA";
  return isAboutMessage && error.replyCode >= 500 && error.replyCode <= 599 && !notAboutMessage.has(error.replyCode);
}
