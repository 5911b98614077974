import type { OAuth2Settings } from "./schema.ts";

/** Why a token endpoint issued no token: the error code and its description (RFC 6749 section 5.2). */
export interface TokenRefusal {
  readonly error: string;
  readonly description: string;
}

type Settings = Pick<OAuth2Settings, "provider" | "clientSecret" | "refreshToken">;

/** Explains what a refusal means and what to do, with the key of the configuration. */
export function explainTokenRefusal(refusal: TokenRefusal, settings: Settings): string {
  return explainMicrosoft(refusal) ?? explainErrorCode(refusal, settings);
}

const entra = "Microsoft Entra admin center, App registrations";

const newRefreshToken =
  "request a new refresh token (the guide has the steps) and set email.oauth2.refresh_token to it";

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const microsoftCodes: Readonly<Record<string, string>> = {
  AADSTS7000215: `the client secret is wrong; set email.oauth2.client_secret to the secret's value, not its ID (${entra}, Certificates & secrets)`,
  AADSTS7000222: `the client secret has expired; create a new one (${entra}, Certificates & secrets) and set email.oauth2.client_secret to it`,
  AADSTS7000218: `the application requires a client secret: set email.oauth2.client_secret, or allow public client flows (${entra}, Authentication)`,
  AADSTS700016: `there is no application with this email.oauth2.client_id in this tenant (${entra}, Overview shows both IDs)`,
  AADSTS700025: "the application is a public client: remove email.oauth2.client_secret",
  AADSTS90002: `there is no such tenant: email.oauth2.tenant is the directory (tenant) ID (${entra}, Overview)`,
  AADSTS900023: `email.oauth2.tenant is not a tenant: set it to the directory (tenant) ID (${entra}, Overview)`,
  AADSTS70011: "email.oauth2.scope is wrong; remove it to use the default",
  AADSTS1002012: "email.oauth2.scope is wrong for an application that logs in as itself; remove it",
  AADSTS500011: "email.oauth2.scope names a service that this tenant does not have; remove it to use the default",
  AADSTS65001: `consent is missing: grant admin consent (${entra}, API permissions)`,
  AADSTS50034: "there is no such user in this tenant",
  AADSTS50057: "the user's account is disabled",
  AADSTS50076: `the user must confirm the login with a second factor: ${newRefreshToken}`,
  AADSTS50173: `the refresh token ended because the user's password changed: ${newRefreshToken}`,
  AADSTS53003:
    "a Conditional Access policy blocks the login; exclude the application or this machine's address from it",
  AADSTS70000: `the refresh token is not valid (revoked, or of another application): ${newRefreshToken}`,
  AADSTS700082: `the refresh token has expired because it was not used for a long time: ${newRefreshToken}`,
  AADSTS70008: `the refresh token has expired: ${newRefreshToken}`,
  AADSTS700084: `the refresh token was issued to a single-page application, which ends it after a day: register a mobile and desktop application, then ${newRefreshToken}`,
};

function explainMicrosoft({ description }: TokenRefusal): string | undefined {
  const code = /\bAADSTS\d{5,8}\b/.exec(description.slice(0, 2000))?.[0];
  return code !== undefined && Object.hasOwn(microsoftCodes, code) ? microsoftCodes[code] : undefined;
}

function explainErrorCode({ error }: TokenRefusal, settings: Settings): string {
  switch (error) {
    case "invalid_client":
    case "deleted_client":
      return settings.clientSecret === undefined
        ? "the application is unknown, or its secret is missing; check email.oauth2.client_id, and set email.oauth2.client_secret"
        : "it does not accept the application; check email.oauth2.client_id and client_secret (expired, or of another application?)";
    case "invalid_grant":
      if (settings.refreshToken === undefined) return "it does not accept this kind of login; check email.oauth2";
      return settings.provider === "google"
        ? `the refresh token has expired or was revoked (Google ends it after 7 days while the consent screen's publishing status is Testing, and when the account's password changes): ${newRefreshToken}`
        : `the refresh token has expired, was revoked, or belongs to another application: ${newRefreshToken}`;
    case "unauthorized_client":
      return settings.refreshToken === undefined
        ? "the application may not log in as itself; allow it (client credentials), or set email.oauth2.refresh_token"
        : "the application may not use this refresh token; check that it was issued to email.oauth2.client_id";
    case "invalid_scope":
      return "email.oauth2.scope is wrong, or the application may not have it; with a provider it can be left out";
    case "unsupported_grant_type":
      return settings.refreshToken === undefined
        ? "it does not allow an application to log in as itself: set email.oauth2.refresh_token"
        : "it does not accept refresh tokens; is email.oauth2.token_url right?";
    case "access_denied":
    case "admin_policy_enforced":
    case "org_internal":
      return "a policy of the organisation does not allow it; ask its administrator to allow the application";
    case "temporarily_unavailable":
    case "server_error":
      return "it has an internal error";
    default:
      return "check email.oauth2";
  }
}
