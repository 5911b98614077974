import type { SMTPConnectionCustomAuthContext } from "nodemailer/lib/smtp-connection";

/** What a server sends about a token that it refused. */
export interface TokenChallenge {
  /** `400`, `401`: as in HTTP. */
  readonly status: string | undefined;
  /** The scope for which the token should have been requested. */
  readonly scope: string | undefined;
}

/** The server refused an access token. */
export class TokenRefusedError extends Error {
  readonly challenge: TokenChallenge | undefined;

  constructor(challenge: TokenChallenge | undefined) {
    super("the token was refused");
    this.challenge = challenge;
  }
}

/** The server offers a login, but not with an access token. */
class TokenLoginNotOfferedError extends Error {
  readonly code = "ENOXOAUTH2";
}

/** The name of this login in nodemailer, whose errors name the command `AUTH ACCESS-TOKEN`. */
export const tokenLoginMethod = "ACCESS-TOKEN";

/** @returns the initial response: base64 of user and token (XOAUTH2 of Google and Microsoft) */
export function xoauth2Response(user: string, accessToken: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${accessToken}\x01\x01`, "utf8").toString("base64");
}

/**
 * Logs in with an access token. A server that refuses it may send the reason in a challenge (`334` and base64 of JSON);
 * an empty line in reply makes it send the refusal itself.
 * @throws TokenRefusedError, TokenLoginNotOfferedError
 */
export async function logInWithToken(
  { user, accessToken }: { readonly user: string; readonly accessToken: string },
  { authMethods, sendCommand }: Pick<SMTPConnectionCustomAuthContext, "authMethods" | "sendCommand">,
): Promise<void> {
  // A token is sent only to a server that offers this login.
  if (!authMethods.includes("XOAUTH2")) throw new TokenLoginNotOfferedError("the server does not offer XOAUTH2");
  const { response } = await sendCommand(`AUTH XOAUTH2 ${xoauth2Response(user, accessToken)}`);
  if (response.startsWith("2")) return;
  if (!response.startsWith("334")) throw new TokenRefusedError(undefined);
  await sendCommand("");
  throw new TokenRefusedError(readTokenChallenge(response.slice(3)));
}

const maxChallengeCharacters = 4096;

/** Reads a challenge: base64 of `{"status":"400","schemes":"Bearer","scope":"..."}`. Never throws; `undefined` if it is not one. */
export function readTokenChallenge(text: string): TokenChallenge | undefined {
  if (text.length > maxChallengeCharacters) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(text.trim(), "base64").toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof body !== "object" || body === null) return undefined;
  const { status, scope } = { status: word(body, "status"), scope: word(body, "scope") };
  return status === undefined && scope === undefined ? undefined : { status, scope };
}

function word(body: object, name: string): string | undefined {
  const value: unknown = Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : undefined;
}
