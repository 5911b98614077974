import { createHmac } from "node:crypto";
import type { SMTPConnectionCustomAuthContext } from "nodemailer/lib/smtp-connection";

/** The name of this login in nodemailer, whose errors name the command `AUTH PASSWORD`. */
export const passwordLoginMethod = "PASSWORD";

/** The supported mechanisms for a password, the most common first. */
export const passwordMechanisms = ["PLAIN", "LOGIN", "CRAM-MD5"] as const;
type Mechanism = (typeof passwordMechanisms)[number];

/** The server offers no login, or none that this program supports; nothing was sent. */
export class LoginNotOfferedError extends Error {
  readonly code: "ENOAUTH" | "ENOMECHANISM" | "ENOEHLO";

  constructor(code: "ENOAUTH" | "ENOMECHANISM" | "ENOEHLO", message: string) {
    super(message);
    this.code = code;
  }
}

/** The server refused the password or the mechanism. */
class PasswordRefusedError extends Error {}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

type Session = Pick<SMTPConnectionCustomAuthContext, "authMethods" | "sendCommand">;

/**
 * Logs in with a mechanism that the server offered after EHLO (RFC 4954), and with the next one if the server then rejects
 * the mechanism itself. A mechanism that the server did not offer is never used.
 * @throws PasswordRefusedError; the last reply contains the reason
 */
export async function logInWithPassword(credentials: Credentials, session: Session): Promise<void> {
  const offered = passwordMechanisms.filter((mechanism) => session.authMethods.includes(mechanism));
  for (const [at, mechanism] of offered.entries()) {
    const reply = await exchanges[mechanism](credentials, session);
    if (/^2/.test(reply)) return;
    const isLast = at === offered.length - 1;
    if (isLast || !isAboutMechanism(reply)) throw new PasswordRefusedError("the login was refused");
  }
  throw new PasswordRefusedError("no supported login was offered");
}

/**
 * Whether the mechanism was refused and not the password, with which another attempt would be another failed login:
 * syntax error, not implemented (RFC 5321 section 4.2.2), mechanism unknown or too weak (RFC 4954 section 6), or another reply
 * with one of these reasons.
 */
function isAboutMechanism(reply: string): boolean {
  if (/^(?:50[0124]|534)\b/.test(reply)) return true;
  const start = reply.slice(0, 500);
  return (
    /^(?:535|550|503)\b/.test(start) &&
    /^\d{3}[ -]5\.(?:5\.[124]|7\.4)\b|\bmechanism\b|\bauthentication type\b/i.test(start)
  );
}

/** Each exchange returns the last reply of the server. */
const exchanges: Readonly<Record<Mechanism, (credentials: Credentials, session: Session) => Promise<string>>> = {
  /** RFC 4616. A server that expects the token on a separate line answers 334. */
  async PLAIN({ user, password }, session) {
    const token = base64(`\0${user}\0${password}`);
    const reply = await replyTo(session, `AUTH PLAIN ${token}`);
    return isContinuation(reply) ? await replyTo(session, token) : reply;
  },
  /** draft-murchison-sasl-login: user and password in this order, whatever the server's prompts are. */
  async LOGIN({ user, password }, session) {
    const first = await replyTo(session, "AUTH LOGIN");
    if (!isContinuation(first)) return first;
    const second = await replyTo(session, base64(user));
    return isContinuation(second) ? await replyTo(session, base64(password)) : second;
  },
  /** RFC 2195: the password itself is not sent. */
  async "CRAM-MD5"({ user, password }, session) {
    const reply = await replyTo(session, "AUTH CRAM-MD5");
    if (!isContinuation(reply)) return reply;
    const challenge = Buffer.from(reply.slice(4).trim(), "base64");
    const digest = createHmac("md5", password).update(challenge).digest("hex");
    return await replyTo(session, base64(`${user} ${digest}`));
  },
};

async function replyTo({ sendCommand }: Session, command: string): Promise<string> {
  return (await sendCommand(command)).response;
}

function isContinuation(reply: string): boolean {
  return /^334\b/.test(reply);
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}
