import type SMTPConnection from "nodemailer/lib/smtp-connection";
import { LoginNotOfferedError, passwordMechanisms } from "./password-login.ts";

const maxNames = 6;

/**
 * Why a login with a password is not possible, or `undefined` if it is. The server does not support EHLO and so has no
 * extensions, it does not offer AUTH, or it offers only mechanisms that this program does not support (RFC 4954 section 3).
 */
export function passwordLoginProblem(connection: SMTPConnection): LoginNotOfferedError | undefined {
  const lines = extensionLines(connection);
  if (lines === undefined) return new LoginNotOfferedError("ENOEHLO", "the server does not support EHLO");
  const offered = lines.flatMap(
    (line) =>
      /^AUTH[ \t=](.*)/i
        .exec(line)?.[1]
        ?.toUpperCase()
        .split(/[ \t=]+/) ?? [],
  );
  if (!connection.allowsAuth || offered.length === 0) {
    return new LoginNotOfferedError("ENOAUTH", "the server offers no login");
  }
  if (passwordMechanisms.some((mechanism) => offered.includes(mechanism))) return undefined;
  const named = offered.filter((name) => /^[A-Z0-9_-]{1,40}$/.test(name)).slice(0, maxNames);
  return new LoginNotOfferedError("ENOMECHANISM", named.join(", "));
}

/** The lines of the reply to EHLO; `undefined` if HELO was needed. nodemailer has them in a private field. */
function extensionLines(connection: SMTPConnection): readonly string[] | undefined {
  const lines: unknown = Reflect.get(connection, "_ehloLines");
  return Array.isArray(lines) ? lines.filter((line) => typeof line === "string") : undefined;
}
