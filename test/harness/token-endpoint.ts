import { randomBytes } from "node:crypto";
import { type HttpFault, HttpServer, type ReceivedRequest } from "./http-server.ts";
import type { TestCertificate } from "./smtp-server.ts";

export interface TokenEndpointOptions {
  readonly certificate?: TestCertificate;
  /** Default 3600. */
  readonly lifetimeSeconds?: number;
  /** The only refresh token that it accepts. Without it: client credentials. */
  readonly refreshToken?: string;
  /** Each refresh token is accepted once: the answer has the next one. */
  readonly rotates?: boolean;
}

export const testClient = { id: "harbinger-client", secret: "cl1ent~secret/+&%" } as const;

/** A real token endpoint on loopback (RFC 6749), which keeps what it issued and can be set to fail. */
export class TokenEndpoint implements AsyncDisposable {
  readonly #options: TokenEndpointOptions;
  readonly #valid = new Set<string>();
  readonly #http: HttpServer;
  #refreshToken: string | undefined;
  readonly issued: string[] = [];

  constructor(options: TokenEndpointOptions = {}) {
    this.#options = options;
    this.#refreshToken = options.refreshToken;
    this.#http = new HttpServer({
      answer: (request) => this.#answer(request),
      ...(options.certificate === undefined ? {} : { certificate: options.certificate }),
    });
  }

  static async start(options: TokenEndpointOptions = {}): Promise<TokenEndpoint> {
    const endpoint = new TokenEndpoint(options);
    await endpoint.start();
    return endpoint;
  }

  get url(): string {
    return `${this.#http.url}/token`;
  }

  /** Every complete request, in order. */
  get received(): readonly ReceivedRequest[] {
    return this.#http.received;
  }

  /** The refresh token that is accepted now. */
  get refreshToken(): string | undefined {
    return this.#refreshToken;
  }

  set fault(fault: HttpFault | undefined) {
    this.#http.fault = fault;
  }

  hanging(count = 1): Promise<void> {
    return this.#http.hanging(count);
  }

  until(condition: (endpoint: TokenEndpoint) => boolean): Promise<void> {
    return this.#http.until(() => condition(this));
  }

  isValid(token: string | undefined): boolean {
    return token !== undefined && this.#valid.has(token);
  }

  /** Revokes all tokens that were issued so far. */
  revokeAll(): void {
    this.#valid.clear();
  }

  start(): Promise<void> {
    return this.#http.start();
  }

  stop(): Promise<void> {
    return this.#http.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #answer({ body }: Pick<ReceivedRequest, "body">): { readonly status: number; readonly text: string } {
    const form = new URLSearchParams(body);
    if (form.get("client_id") !== testClient.id || form.get("client_secret") !== testClient.secret) {
      return { status: 401, text: JSON.stringify({ error: "invalid_client", error_description: "no such client" }) };
    }
    const isRefresh = this.#options.refreshToken !== undefined;
    if (form.get("grant_type") !== (isRefresh ? "refresh_token" : "client_credentials")) {
      return { status: 400, text: JSON.stringify({ error: "unsupported_grant_type" }) };
    }
    if (isRefresh && form.get("refresh_token") !== this.#refreshToken) {
      return { status: 400, text: JSON.stringify({ error: "invalid_grant", error_description: "token was used" }) };
    }
    const accessToken = `at.${randomBytes(48).toString("base64url")}`;
    this.#valid.add(accessToken);
    this.issued.push(accessToken);
    if (this.#options.rotates === true) this.#refreshToken = `rt.${randomBytes(24).toString("base64url")}`;
    return {
      status: 200,
      text: JSON.stringify({
        token_type: "Bearer",
        access_token: accessToken,
        expires_in: this.#options.lifetimeSeconds ?? 3600,
        ...(this.#options.rotates === true ? { refresh_token: this.#refreshToken } : {}),
      }),
    };
  }
}
