/** A mail provider with built-in addresses and scopes. */
export type ProviderName = "microsoft365" | "google";

export const providerNames = ["microsoft365", "google"] as const satisfies readonly ProviderName[];

export type Grant = "client_credentials" | "refresh_token";

interface Provider {
  readonly smtpServer: string;
  /** @param tenant directory (tenant) ID or domain; only used for Microsoft 365 */
  readonly tokenUrl: (tenant: string) => string;
  /** The provider does not offer a grant that is absent. */
  readonly scopes: Readonly<Partial<Record<Grant, string>>>;
}

export const providers: Readonly<Record<ProviderName, Provider>> = {
  // https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
  microsoft365: {
    smtpServer: "smtp.office365.com",
    tokenUrl: (tenant) => `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
    scopes: {
      client_credentials: "https://outlook.office365.com/.default",
      // Without offline_access the answer has no new refresh token, and the old one expires after 90 days.
      refresh_token: "https://outlook.office.com/SMTP.Send offline_access",
    },
  },
  // https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
  google: {
    smtpServer: "smtp.gmail.com",
    tokenUrl: () => "https://oauth2.googleapis.com/token",
    scopes: { refresh_token: "https://mail.google.com/" },
  },
};
