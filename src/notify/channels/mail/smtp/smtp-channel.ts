import type net from "node:net";
import type tls from "node:tls";
import { parseAddress } from "../../../../core/address.ts";
import type { Channel, Message, SendOutcome } from "../../../../core/delivery.ts";
import { AddressSet, localRanges } from "../../../../core/network.ts";
import { isMailAddress } from "../../../../core/recipients.ts";
import { Redactor } from "../../../redact.ts";
import { trustedContext } from "../../../trust.ts";
import { explainMailFailure } from "./explain.ts";
import { isIndependentOfMessage, isPermanent, isTokenRefused, readMailError } from "./mail-error.ts";
import type { MailSource } from "./mail-source.ts";
import { type AccessToken, type AccessTokens, describeToken, type TokenOutcome } from "./oauth2/access-tokens.ts";
import type { SmtpLogin, SmtpServer, SmtpSessionEnd, SmtpTimeouts } from "./smtp-session.ts";
import { xoauth2Response } from "./xoauth2.ts";

export interface SmtpChannelOptions extends Omit<SmtpServer, "login"> {
  readonly login?:
    | { readonly user: string; readonly password: string }
    | { readonly user: string; readonly tokens: AccessTokens }
    | undefined;
  /** Sender: an address, or `Name <address>`. */
  readonly from: string;
  /**
   * Whether the server's certificate must be valid for its name; default true, except where `tls` is `opportunistic`.
   * `unless-local`: a server at a private or loopback address may have one that no trusted authority signed.
   */
  readonly verify?: boolean | "unless-local" | undefined;
  /** Certificate authorities to trust as well, in PEM. */
  readonly ca?: string | undefined;
  readonly timeouts?: Partial<SmtpTimeouts> | undefined;
  /** Replaces the system's name lookup. */
  readonly lookup?: net.LookupFunction | undefined;
}

const defaultTimeouts: SmtpTimeouts = { connectMs: 30_000, greetingMs: 60_000, replyMs: 600_000 };

/**
 * Mail by a mail server (RFC 5321): one connection and one message for each delivery. A mail is `delivered` when
 * the server has accepted the final dot, before QUIT. The mail library is loaded with the first message.
 */
export class SmtpChannel implements Channel {
  readonly #options: SmtpChannelOptions;
  #context: tls.SecureContext | undefined;

  constructor(options: SmtpChannelOptions) {
    this.#options = options;
  }

  async send(message: Message, recipient: string, signal: AbortSignal): Promise<SendOutcome> {
    if (signal.aborted) return { kind: "retry", reason: "aborted before the mail server was contacted" };
    if (!isMailAddress(recipient)) {
      return { kind: "rejected", reason: this.#safe(`not a mail address: ${recipient}`, undefined) };
    }
    let mail: MailSource;
    try {
      const { mailSource } = await import("./mail-source.ts");
      mail = await mailSource(message, this.#options.from, recipient);
    } catch (error) {
      return this.#outcomeOf({ kind: "failed", error, uncertain: false }, undefined, signal);
    }
    return await this.#attempt(mail, signal);
  }

  /** Connects and logs in without sending a message. `delivered`: both worked. */
  async testLogin(signal: AbortSignal): Promise<SendOutcome> {
    return await this.#attempt(undefined, signal);
  }

  async #attempt(mail: MailSource | undefined, signal: AbortSignal): Promise<SendOutcome> {
    const { login } = this.#options;
    if (login !== undefined && "tokens" in login) return await this.#sessionWithToken(mail, login, signal);
    return this.#outcomeOf(await this.#session(mail, login, signal), login, signal);
  }

  /** A token may be refused before it expires, because it was revoked: then a new one is tried, once. */
  async #sessionWithToken(
    mail: MailSource | undefined,
    { user, tokens }: { readonly user: string; readonly tokens: AccessTokens },
    signal: AbortSignal,
  ): Promise<SendOutcome> {
    const first = await tokens.current(signal);
    if (first.kind === "failed") return tokenFailure(first, signal);
    const login = { user, accessToken: first.token.value };
    const end = await this.#session(mail, login, signal);
    if (end.kind === "accepted" || !isTokenRefused(readMailError(end.error))) {
      return withTokenDetail(this.#outcomeOf(end, login, signal), first.token, tokens.issuer);
    }
    tokens.discard(first.token);
    const second = await tokens.current(signal);
    if (second.kind === "failed") return tokenFailure(second, signal);
    const again = { user, accessToken: second.token.value };
    const last = await this.#session(mail, again, signal);
    return withTokenDetail(this.#outcomeOf(last, again, signal), second.token, tokens.issuer);
  }

  async #session(
    mail: MailSource | undefined,
    login: SmtpLogin | undefined,
    signal: AbortSignal,
  ): Promise<SmtpSessionEnd> {
    const { host, port, tls: mode } = this.#options;
    const { runSession } = await import("./smtp-session.ts");
    return await runSession(mail, {
      server: { host, port, tls: mode, login },
      timeouts: { ...defaultTimeouts, ...this.#options.timeouts },
      tls: (address) => this.#tlsOptions(address),
      signal,
      lookup: this.#options.lookup,
    });
  }

  #outcomeOf(end: SmtpSessionEnd, login: SmtpLogin | undefined, signal: AbortSignal): SendOutcome {
    if (end.kind === "accepted") return { kind: "delivered", detail: this.#safe(end.reply, login) };
    const { error, uncertain } = end;
    const { host, port, tls: mode } = this.#options;
    const server = { host, port, tls: mode, login };
    const reason = signal.aborted
      ? `aborted ${uncertain ? "after the message was sent and before the server answered" : "while sending"}`
      : this.#safe(explainMailFailure(error, server), login);
    const failure = readMailError(error);
    if (isPermanent(failure)) return { kind: "rejected", reason };
    const closed = !uncertain && !signal.aborted && isIndependentOfMessage(failure);
    return { kind: "retry", reason, uncertain: uncertain || undefined, closed: closed || undefined };
  }

  #tlsOptions(address: string | undefined): tls.ConnectionOptions {
    const { tls: mode, verify = true, ca } = this.#options;
    if (mode === "none") return {};
    // Reading the system's authorities is slow: once, when needed.
    this.#context ??= trustedContext(ca);
    // `opportunistic` would accept no encryption at all, so a wrong certificate makes nothing worse.
    const isRequired = verify === "unless-local" ? !isLocal(address) : verify;
    return { secureContext: this.#context, rejectUnauthorized: isRequired && mode !== "opportunistic" };
  }

  #safe(text: string, login: SmtpLogin | undefined): string {
    const redactor =
      login === undefined
        ? new Redactor({ passwords: [] })
        : "password" in login
          ? new Redactor({ passwords: [login.password], user: login.user })
          : new Redactor({
              passwords: [login.accessToken, xoauth2Response(login.user, login.accessToken), ...this.#tokenSecrets()],
            });
    return redactor.redact(text, 600);
  }

  #tokenSecrets(): readonly string[] {
    const { login } = this.#options;
    return login !== undefined && "tokens" in login ? login.tokens.secrets() : [];
  }
}

/** Any other message would fail as well; the reason explains what to do. */
function tokenFailure(failed: Extract<TokenOutcome, { readonly kind: "failed" }>, signal: AbortSignal): SendOutcome {
  const { reason, retryAfterMs } = failed;
  if (signal.aborted) return { kind: "retry", reason };
  return { kind: "retry", reason, closed: true, retryAfterMs };
}

function withTokenDetail(outcome: SendOutcome, token: AccessToken, issuer: string): SendOutcome {
  if (outcome.kind !== "delivered") return outcome;
  return { ...outcome, detail: `${outcome.detail ?? ""} (${describeToken(token, issuer)})` };
}

const localAddresses = new AddressSet(localRanges);

function isLocal(text: string | undefined): boolean {
  const address = text === undefined ? undefined : parseAddress(text);
  return address !== undefined && localAddresses.has(address);
}
