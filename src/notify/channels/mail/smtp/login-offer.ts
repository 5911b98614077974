import type SMTPConnection from "nodemailer/lib/smtp-connection";
import { LoginNotOfferedError, passwordMechanisms } from "./password-login.ts";

const maxNamed = 6;

/**
 * Why a server cannot be given a password, or `undefined` where it offered to take one: it does not know EHLO and so
 * has no extensions at all, it offers no AUTH, or only mechanisms that we do not know (RFC 4954 section 3).
 */
export function passwordLoginProblem(connection: SMTPConnection): LoginNotOfferedError | undefined {
  const lines = extensionLines(connection);
  if (lines === undefined) return new LoginNotOfferedError("ENOEHLO", "the server does not know EHLO");
  const offered = lines.flatMap(
    (line) =>
      /^AUTH[ \t=](.*)/i
        .exec(line)?.[1]
        ?.toUpperCase()
        .split(/[ \t=]+/) ?? [],
  );
  if (!connection.allowsAuth || offered.length === 0) {
    return new LoginNotOfferedError("ENOAUTH", "the server offers no way to log in");
  }
  if (passwordMechanisms.some((mechanism) => offered.includes(mechanism))) return undefined;
  const named = offered.filter((name) => /^[A-Z0-9_-]{1,40}$/.test(name)).slice(0, maxNamed);
  return new LoginNotOfferedError("ENOMECHANISM", named.join(", "));
}

/** What the server listed after EHLO; `undefined` where HELO was needed. nodemailer keeps it for itself. */
function extensionLines(connection: SMTPConnection): readonly string[] | undefined {
  const lines: unknown = Reflect.get(connection, "_ehloLines");
  return Array.isArray(lines) ? lines.filter((line) => typeof line === "string") : undefined;
}
