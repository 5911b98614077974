import * as z from "zod";
import { parseAddress } from "../../../../../core/address.ts";
import { AddressSet, loopbackRanges } from "../../../../../core/network.ts";
import { parseServerUrl } from "../../../http/server-url.ts";
import { type Grant, type ProviderName, providerNames, providers } from "./providers.ts";

const line = z
  .string()
  .min(1)
  .max(2000)
  .regex(/^[^\p{Cc}]*$/u, "expected a single line");

const secret = z
  .string()
  .min(1)
  .max(16_000)
  .regex(/^[^\p{Cc}]*$/u, "expected a single line");

/** Section `email.oauth2` of the configuration. */
export const oauth2Schema = z
  .strictObject({
    provider: z.enum(providerNames).optional().meta({
      description: "Fills in `smtp_server`, `token_url` and `scope`. Without it: give `smtp_server` and `token_url`.",
    }),
    tenant: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,253}$/, "expected the directory (tenant) ID or a domain of the tenant")
      .optional()
      .meta({ description: "Microsoft 365: directory (tenant) ID, or a domain of the tenant." }),
    client_id: line.meta({
      description: "Application (client) ID of the registered application.",
      fromEnvironment: true,
    }),
    client_secret: secret
      .optional()
      .meta({ description: "Secret of the application. Needed without `refresh_token`.", secret: true }),
    refresh_token: secret.optional().meta({
      description:
        "Refresh token of the mailbox's user. Google needs one. Without it the application logs in as itself (client credentials).",
      secret: true,
    }),
    token_url: z
      .string()
      .refine((text) => isTokenUrl(text), "expected an https address (http only for this machine)")
      .optional()
      .meta({
        description:
          "Where access tokens are requested (token endpoint). `https`; `http` only for this machine. Default: from `provider`.",
      }),
    scope: line.optional().meta({
      description:
        "Scope of the access token. Default: from `provider`: `https://outlook.office365.com/.default`, with a refresh token `https://outlook.office.com/SMTP.Send offline_access`; Google `https://mail.google.com/`.",
    }),
    token_store: line.optional().meta({
      description:
        "File for a refresh token that replaced the configured one. Relative to the working directory; only used with `refresh_token`. Default: `harbinger-mail-token.json` beside the database file, or in the working directory with PostgreSQL.",
      kind: "path",
    }),
  })
  .superRefine(checkOAuth2Keys, { when: (payload) => isFields(payload.value) })
  .meta({ description: "Login with access tokens (OAuth 2, XOAUTH2) in place of a password." });

export type OAuth2Section = z.output<typeof oauth2Schema>;

/** How access tokens are requested. It contains secrets. */
export interface OAuth2Settings {
  readonly provider?: ProviderName | undefined;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  /** Without it: client credentials (RFC 6749 section 4.4). */
  readonly refreshToken?: string | undefined;
  readonly scope?: string | undefined;
  /** As written: relative to the working directory. */
  readonly tokenStore?: string | undefined;
}

export function oauth2Settings(section: OAuth2Section): OAuth2Settings {
  const { provider, client_secret: clientSecret, refresh_token: refreshToken, token_store: tokenStore } = section;
  const { tokenUrl, scope } = providerDefaults(section);
  return {
    provider,
    tokenUrl: tokenUrl ?? "",
    clientId: section.client_id,
    clientSecret,
    refreshToken,
    scope,
    tokenStore,
  };
}

/** The section with the provider's defaults. */
export function completeOAuth2(section: OAuth2Section): OAuth2Section {
  const { tokenUrl, scope } = providerDefaults(section);
  return { ...section, token_url: tokenUrl, scope };
}

function providerDefaults({ provider, tenant, ...section }: OAuth2Section) {
  const known = provider === undefined ? undefined : providers[provider];
  const grant: Grant = section.refresh_token === undefined ? "client_credentials" : "refresh_token";
  return {
    tokenUrl: section.token_url ?? known?.tokenUrl(tenant ?? ""),
    scope: section.scope ?? known?.scopes[grant],
  };
}

const loopback = new AddressSet([...loopbackRanges]);

/** Access tokens and the secrets in their requests must not cross a network unencrypted. */
function isTokenUrl(text: string): boolean {
  const url = parseServerUrl(text);
  if (url === undefined) return false;
  if (url.protocol === "https:") return true;
  const address = parseAddress(url.hostname.replace(/^\[|\]$/g, ""));
  return url.hostname === "localhost" || (address !== undefined && loopback.has(address));
}

/** The keys that the rules below compare. Their types are not checked here: the schema reports a wrong type. */
interface Given {
  readonly provider?: unknown;
  readonly tenant?: unknown;
  readonly client_secret?: unknown;
  readonly refresh_token?: unknown;
  readonly token_url?: unknown;
  readonly token_store?: unknown;
}

/** Tenant names that stand for any tenant. An application that logs in as itself must name one tenant. */
const sharedTenants: ReadonlySet<unknown> = new Set(["common", "organizations", "consumers"]);

function checkOAuth2Keys(section: Given, context: z.core.$RefinementCtx): void {
  const { provider, tenant, token_url: tokenUrl } = section;
  const report = (key: keyof Given, message: string) => context.addIssue({ code: "custom", path: [key], message });
  if (provider === undefined && tokenUrl === undefined) {
    report("token_url", "missing: give it, or provider: microsoft365 or google");
  }
  if (provider === "microsoft365" && tenant === undefined && tokenUrl === undefined) {
    report("tenant", "missing: the directory (tenant) ID that Microsoft Entra shows for the registered application");
  }
  if (provider !== "microsoft365" && tenant !== undefined) report("tenant", "only provider: microsoft365 has tenants");
  const isTenantUrl = typeof tenant === "string" && tokenUrl === providers.microsoft365.tokenUrl(tenant);
  if (tenant !== undefined && tokenUrl !== undefined && !isTenantUrl) {
    report("token_url", "not the token_url of this tenant: give either tenant or token_url");
  }
  if (section.refresh_token !== undefined) return;
  const sources = (key: string) => `${key}, ${key}_file or HARBINGER_EMAIL_OAUTH2_${key.toUpperCase()}`;
  if (provider === "google") {
    report("refresh_token", `missing: Google needs one (${sources("refresh_token")})`);
  } else if (section.client_secret === undefined) {
    report("client_secret", `missing (${sources("client_secret")}); without a refresh_token the application needs it`);
  }
  if (provider === "microsoft365" && sharedTenants.has(tenant)) {
    report("tenant", "without a refresh_token it must be one tenant: its directory (tenant) ID or a domain");
  }
  if (section.token_store !== undefined) report("token_store", "only used with a refresh_token");
}

function isFields(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
