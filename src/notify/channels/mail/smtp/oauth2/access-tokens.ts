import type net from "node:net";
import type tls from "node:tls";
import type { Clock } from "../../../../../core/clock.ts";
import { messageOf } from "../../../../../core/errors.ts";
import { Redactor } from "../../../../redact.ts";
import { trustedContext } from "../../../../trust.ts";
import { RefreshTokenStore } from "./refresh-token-store.ts";
import { requestToken, type TokenRequestEnd } from "./request-token.ts";
import type { OAuth2Settings } from "./schema.ts";
import { secretForms } from "./secret-forms.ts";

/** An access token, ready to use. */
export interface AccessToken {
  readonly value: string;
  /** Milliseconds since the epoch, by the wall clock. */
  readonly expiresAt: number;
  /** Describes a problem that will stop mail later. */
  readonly warning?: string | undefined;
}

/** A description without the token itself. */
export function describeToken({ expiresAt, warning }: AccessToken, issuer: string): string {
  const text = `access token of ${issuer}, valid until ${new Date(expiresAt).toISOString().slice(0, 19)}Z`;
  return warning === undefined ? text : `${text}; ${warning}`;
}

export type TokenOutcome =
  | { readonly kind: "token"; readonly token: AccessToken }
  /** The reason is one safe line without secrets. `retryAfterMs` if the server sent one. */
  | { readonly kind: "failed"; readonly reason: string; readonly retryAfterMs?: number | undefined };

export interface AccessTokensOptions {
  readonly settings: OAuth2Settings;
  /** Keeps a refresh token that the server replaced; only used with a refresh token. */
  readonly storeFile: string;
  readonly clock: Clock;
  /** Certificate authorities to trust as well, in PEM. */
  readonly ca?: string | undefined;
  readonly timeoutMs?: number;
  readonly lookup?: net.LookupFunction;
}

interface Fetched {
  readonly value: string;
  readonly lifetimeMs: number;
  readonly atWall: number;
  readonly atMonotonic: number;
}

/** A request in progress, and how many callers wait for it. */
interface Fetching {
  readonly outcome: Promise<TokenOutcome>;
  readonly abort: AbortController;
  waiting: number;
}

/** For the whole answer. A report could wait longer, but a lock is held meanwhile. */
const defaultTimeoutMs = 20_000;
/** If the server does not send a lifetime. */
const unknownLifetimeMs = 10 * 60_000;
/** A token is renewed this long before it expires, or a fifth of its lifetime if that is shorter. */
const renewalMarginMs = 5 * 60_000;
/** A failure is returned to callers for this long, so that many recipients do not cause many requests. */
const failureMs = 5000;
/** Earlier refresh tokens, which must not appear in messages. */
const maxRemembered = 4;
/** The longest wait of a server that is respected. */
const maxPauseMs = 60 * 60_000;

/**
 * Access tokens for one mailbox. One is requested when it is needed, shared by all sessions, kept in memory only, and
 * renewed before it expires. Concurrent callers share one request.
 */
export class AccessTokens {
  readonly #options: AccessTokensOptions;
  readonly #store: RefreshTokenStore | undefined;
  #context: tls.SecureContext | undefined;
  #fetched: Fetched | undefined;
  #fetching: Fetching | undefined;
  #failure: { readonly reason: string; readonly until: number; readonly isRequested: boolean } | undefined;
  /** A new refresh token that could not be written yet. */
  #unwritten: string | undefined;
  #refreshTokens: readonly string[] = [];

  constructor(options: AccessTokensOptions) {
    this.#options = options;
    const { tokenUrl, clientId, refreshToken } = options.settings;
    if (refreshToken !== undefined) {
      this.#store = new RefreshTokenStore(options.storeFile, { tokenUrl, clientId, refreshToken });
    }
  }

  /** Who issues the tokens: `https://login.microsoftonline.com`. */
  get issuer(): string {
    return new URL(this.#options.settings.tokenUrl).origin;
  }

  /** A token that does not expire soon. Never rejects, and returns at once when `signal` is aborted. */
  async current(signal: AbortSignal): Promise<TokenOutcome> {
    if (signal.aborted) return aborted;
    const { clock } = this.#options;
    const fetched = this.#fetched;
    if (fetched !== undefined && this.#isFresh(fetched)) return this.#outcomeOf(fetched);
    const failure = this.#failure;
    const remainingMs = failure === undefined ? 0 : failure.until - clock.monotonic();
    if (failure !== undefined && remainingMs > 0) {
      return {
        kind: "failed",
        reason: failure.reason,
        retryAfterMs: failure.isRequested ? Math.ceil(remainingMs) : undefined,
      };
    }
    this.#fetching ??= this.#startFetch();
    const fetching = this.#fetching;
    fetching.waiting += 1;
    const outcome = await unlessAborted(fetching.outcome, signal, aborted);
    fetching.waiting -= 1;
    if (signal.aborted && fetching.waiting === 0) this.#stopWaiting(fetching);
    return outcome;
  }

  /** The mail server refused this token: the next caller gets a new one. */
  discard(token: AccessToken): void {
    if (this.#fetched?.value === token.value) this.#fetched = undefined;
  }

  /** Everything that must not appear in any text, in every form that a server might repeat. */
  secrets(): readonly string[] {
    const { clientSecret, refreshToken } = this.#options.settings;
    return [clientSecret, refreshToken, ...this.#refreshTokens, this.#fetched?.value].flatMap((secret) =>
      secret === undefined ? [] : secretForms(secret),
    );
  }

  #isFresh({ lifetimeMs, atWall, atMonotonic }: Fetched): boolean {
    const { clock } = this.#options;
    // Both clocks: one may be set back, the other may stop while the machine sleeps.
    const ageMs = Math.max(clock.now() - atWall, clock.monotonic() - atMonotonic);
    return ageMs < lifetimeMs - Math.min(renewalMarginMs, lifetimeMs / 5);
  }

  #outcomeOf({ value, atWall, lifetimeMs }: Fetched): TokenOutcome {
    const file = this.#store?.file;
    return {
      kind: "token",
      token: {
        value,
        expiresAt: atWall + lifetimeMs,
        warning:
          this.#unwritten === undefined
            ? undefined
            : `the refresh token was replaced, and the new one cannot be written to ${file}: mail stops at the next restart; free space there or set email.oauth2.token_store`,
      },
    };
  }

  #startFetch(): Fetching {
    const abort = new AbortController();
    const outcome = this.#fetch(abort.signal).finally(() => {
      if (this.#fetching?.abort === abort) this.#fetching = undefined;
    });
    return { outcome, abort, waiting: 0 };
  }

  /** Called when no caller waits any more. A request with a refresh token continues, because the answer may contain the next one, which must be kept. */
  #stopWaiting(fetching: Fetching): void {
    if (this.#store !== undefined || this.#fetching !== fetching) return;
    this.#fetching = undefined;
    fetching.abort.abort();
  }

  async #fetch(signal: AbortSignal): Promise<TokenOutcome> {
    const { clock } = this.#options;
    let end: TokenRequestEnd;
    try {
      end =
        this.#store === undefined
          ? await this.#request(undefined, signal)
          : await this.#requestLocked(this.#store, signal);
    } catch (error) {
      end = failure(`no access token: ${messageOf(error)}`);
    }
    if (signal.aborted) return aborted;
    if (end.kind === "token") {
      this.#failure = undefined;
      this.#fetched = {
        value: end.accessToken,
        lifetimeMs: end.lifetimeMs ?? unknownLifetimeMs,
        atWall: clock.now(),
        atMonotonic: clock.monotonic(),
      };
      return this.#outcomeOf(this.#fetched);
    }
    const reason = new Redactor({ passwords: this.secrets() }).redact(end.reason, 600);
    const { retryAfterMs } = end;
    const pauseMs = Math.max(failureMs, Math.min(retryAfterMs ?? 0, maxPauseMs));
    this.#failure = { reason, until: clock.monotonic() + pauseMs, isRequested: retryAfterMs !== undefined };
    return { kind: "failed", reason, retryAfterMs };
  }

  async #requestLocked(store: RefreshTokenStore, signal: AbortSignal): Promise<TokenRequestEnd> {
    const { clock, settings, timeoutMs = defaultTimeoutMs } = this.#options;
    const remedy = "set email.oauth2.token_store to a file in a folder that is writable";
    let held: Disposable | undefined;
    let kept: string | undefined;
    try {
      // Before the request: a new refresh token that cannot be written would be lost.
      held = await store.lock({ clock, timeoutMs: timeoutMs * 2 });
      kept = held === undefined ? undefined : (this.#unwritten ?? store.read());
    } catch (error) {
      held?.[Symbol.dispose]();
      return failure(
        `no access token: a refresh token cannot be kept in ${store.file} (${messageOf(error)}); ${remedy}`,
      );
    }
    if (held === undefined) return failure(`no access token: another process keeps ${store.file} locked`);
    using _lock = held;
    const end = await this.#request(kept ?? settings.refreshToken, signal);
    const isStale = end.kind === "failed" && end.isGrantRefused && kept !== undefined;
    // Some servers still accept the configured one after they issued others.
    const last = isStale ? await this.#request(settings.refreshToken, signal) : end;
    if (last.kind === "token") {
      const sent = isStale ? settings.refreshToken : (kept ?? settings.refreshToken);
      const replaced = last.refreshToken !== undefined && last.refreshToken !== sent ? last.refreshToken : undefined;
      this.#keep(store, replaced ?? this.#unwritten);
    }
    return last;
  }

  /** Written at once, before the access token is used: the old refresh token may no longer be valid. */
  #keep(store: RefreshTokenStore, refreshToken: string | undefined): void {
    if (refreshToken === undefined) return;
    this.#remember(refreshToken);
    try {
      store.write(refreshToken, this.#options.clock);
      this.#unwritten = undefined;
    } catch {
      this.#unwritten = refreshToken;
    }
  }

  #remember(refreshToken: string): void {
    this.#refreshTokens = [...new Set([refreshToken, ...this.#refreshTokens])].slice(0, maxRemembered);
  }

  async #request(refreshToken: string | undefined, signal: AbortSignal): Promise<TokenRequestEnd> {
    const { settings, clock, ca, lookup, timeoutMs = defaultTimeoutMs } = this.#options;
    if (refreshToken !== undefined && refreshToken !== settings.refreshToken) this.#remember(refreshToken);
    // Reading the system's authorities is slow: once, when needed.
    this.#context ??= trustedContext(ca);
    return await requestToken({
      settings,
      refreshToken,
      timeoutMs,
      signal,
      secureContext: this.#context,
      now: clock.now(),
      lookup,
    });
  }
}

const aborted: TokenOutcome = { kind: "failed", reason: "aborted before an access token was received" };

function failure(reason: string): TokenRequestEnd {
  return { kind: "failed", reason, isGrantRefused: false };
}

function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal, otherwise: Value): Promise<Value> {
  return new Promise((resolve) => {
    const onAbort = () => resolve(otherwise);
    signal.addEventListener("abort", onAbort, { once: true });
    void work.then((value) => {
      signal.removeEventListener("abort", onAbort);
      resolve(value);
    });
  });
}
