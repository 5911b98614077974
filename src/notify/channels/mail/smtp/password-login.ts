import { createHmac } from "node:crypto";
import type { SMTPConnectionCustomAuthContext } from "nodemailer/lib/smtp-connection";

/** Under this name nodemailer runs the login; it stands in its errors as `AUTH PASSWORD`. */
export const passwordLoginMethod = "PASSWORD";

/** What can be logged in with by a password, the usual first. */
export const passwordMechanisms = ["PLAIN", "LOGIN", "CRAM-MD5"] as const;
type Mechanism = (typeof passwordMechanisms)[number];

/** The server lets nobody log in, or not in a way that we know; nothing was sent. */
export class LoginNotOfferedError extends Error {
  readonly code: "ENOAUTH" | "ENOMECHANISM" | "ENOEHLO";

  constructor(code: "ENOAUTH" | "ENOMECHANISM" | "ENOEHLO", message: string) {
    super(message);
    this.code = code;
  }
}

/** The server refused the password, or how it was shown. */
class PasswordRefusedError extends Error {}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

type Session = Pick<SMTPConnectionCustomAuthContext, "authMethods" | "sendCommand">;

/**
 * Logs in by a mechanism that the server offered after EHLO (RFC 4954), and by the next where it says that it does not
 * know the one that it offered. The password goes to no server that did not ask for it in such a way.
 * @throws PasswordRefusedError; the last reply tells why
 */
export async function logInWithPassword(credentials: Credentials, session: Session): Promise<void> {
  const offered = passwordMechanisms.filter((mechanism) => session.authMethods.includes(mechanism));
  for (const [at, mechanism] of offered.entries()) {
    const reply = await exchanges[mechanism](credentials, session);
    if (/^2/.test(reply)) return;
    const isLast = at === offered.length - 1;
    if (isLast || !isAboutMechanism(reply)) throw new PasswordRefusedError("the login was refused");
  }
  throw new PasswordRefusedError("no way to log in was offered");
}

/**
 * The refusal is of the mechanism and not of the password, of which another try would only be another failed login:
 * syntax, not implemented (RFC 5321 section 4.2.2), unrecognised or too weak a mechanism (RFC 4954 section 6), or a 535 that
 * says so.
 */
function isAboutMechanism(reply: string): boolean {
  if (/^(?:50[0124]|534)\b/.test(reply)) return true;
  const words = reply.slice(0, 500);
  return (
    /^(?:535|550|503)\b/.test(words) &&
    /^\d{3}[ -]5\.(?:5\.[124]|7\.4)\b|\bmechanism\b|\bauthentication type\b/i.test(words)
  );
}

/** One exchange: the last reply of the server. */
const exchanges: Readonly<Record<Mechanism, (credentials: Credentials, session: Session) => Promise<string>>> = {
  /** RFC 4616. A server that expects the token on a separate line answers 334. */
  async PLAIN({ user, password }, session) {
    const token = base64(`\0${user}\0${password}`);
    const reply = await replyTo(session, `AUTH PLAIN ${token}`);
    return isContinuation(reply) ? await replyTo(session, token) : reply;
  },
  /** draft-murchison-sasl-login: user and password in this order, for any prompts of the server. */
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
