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
  /** By the wall clock, milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Something that will stop the mail later, in words. */
  readonly warning?: string;
}

/** In words, without the token. */
export function describeToken({ expiresAt, warning }: AccessToken, issuer: string): string {
  const words = `access token of ${issuer}, valid until ${new Date(expiresAt).toISOString().slice(0, 19)}Z`;
  return warning === undefined ? words : `${words}; ${warning}`;
}

export type TokenOutcome =
  | { readonly kind: "token"; readonly token: AccessToken }
  /** The reason is one safe line without secrets. `retryAfterMs` where the server said when. */
  | { readonly kind: "failed"; readonly reason: string; readonly retryAfterMs?: number | undefined };

export interface AccessTokensOptions {
  readonly settings: OAuth2Settings;
  /** Where a refresh token that was replaced is kept; only used with a refresh token. */
  readonly storeFile: string;
  readonly clock: Clock;
  /** Authorities to trust besides the usual ones, in PEM. */
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

/** One request that is under way, and how many wait for it. */
interface Fetching {
  readonly outcome: Promise<TokenOutcome>;
  readonly abort: AbortController;
  waiting: number;
}

/** For the whole answer; a scan report can wait longer than a person, but a lock is held meanwhile. */
const defaultTimeoutMs = 20_000;
/** Where a server does not say how long a token is valid. */
const unknownLifetimeMs = 10 * 60_000;
/** A token is renewed so long before its end, or a fifth of its life where that is shorter. */
const renewalMarginMs = 5 * 60_000;
/** A failure holds for everybody who asks right after it: many recipients must not mean many requests. */
const failureMs = 5000;
/** Refresh tokens that were replaced, to be kept out of messages. */
const maxRemembered = 4;
/** What a server can ask us to wait. */
const maxPauseMs = 60 * 60_000;

/**
 * Access tokens for one mailbox. One is requested when it is needed, shared by all sessions, kept in memory only, and
 * renewed before its end. However many ask at once, one request is under way.
 */
export class AccessTokens {
  readonly #options: AccessTokensOptions;
  readonly #store: RefreshTokenStore | undefined;
  #context: tls.SecureContext | undefined;
  #fetched: Fetched | undefined;
  #fetching: Fetching | undefined;
  #failure: { readonly reason: string; readonly until: number; readonly isAsked: boolean } | undefined;
  /** A refresh token that replaced the old one and could not be written yet. */
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

  /** A token that is valid for a while yet. It never rejects, and returns at once when `signal` is aborted. */
  async current(signal: AbortSignal): Promise<TokenOutcome> {
    if (signal.aborted) return cutOff;
    const { clock } = this.#options;
    const fetched = this.#fetched;
    if (fetched !== undefined && this.#isFresh(fetched)) return this.#outcomeOf(fetched);
    const failure = this.#failure;
    const remainingMs = failure === undefined ? 0 : failure.until - clock.monotonic();
    if (failure !== undefined && remainingMs > 0) {
      return {
        kind: "failed",
        reason: failure.reason,
        retryAfterMs: failure.isAsked ? Math.ceil(remainingMs) : undefined,
      };
    }
    this.#fetching ??= this.#startFetch();
    const fetching = this.#fetching;
    fetching.waiting += 1;
    const outcome = await unlessAborted(fetching.outcome, signal, cutOff);
    fetching.waiting -= 1;
    if (signal.aborted && fetching.waiting === 0) this.#stopWaiting(fetching);
    return outcome;
  }

  /** The mail server refused this token: the next one who asks gets another. */
  discard(token: AccessToken): void {
    if (this.#fetched?.value === token.value) this.#fetched = undefined;
  }

  /** Everything that must stand in no text, in every form that a server might repeat. */
  secrets(): readonly string[] {
    const { clientSecret, refreshToken } = this.#options.settings;
    return [clientSecret, refreshToken, ...this.#refreshTokens, this.#fetched?.value].flatMap((secret) =>
      secret === undefined ? [] : secretForms(secret),
    );
  }

  #isFresh({ lifetimeMs, atWall, atMonotonic }: Fetched): boolean {
    const { clock } = this.#options;
    // Both: the one may be set back, the other may stand still while the machine sleeps.
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
        ...(this.#unwritten === undefined
          ? {}
          : {
              warning: `the refresh token was replaced, and the new one cannot be written to ${file}: mail ends with the next restart; make room there or set email.oauth2.token_store`,
            }),
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

  /** Nobody waits any more. With a refresh token the answer may hold the next one, which must be kept. */
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
    if (signal.aborted) return cutOff;
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
    this.#failure = { reason, until: clock.monotonic() + pauseMs, isAsked: retryAfterMs !== undefined };
    return { kind: "failed", reason, retryAfterMs };
  }

  async #requestLocked(store: RefreshTokenStore, signal: AbortSignal): Promise<TokenRequestEnd> {
    const { clock, settings, timeoutMs = defaultTimeoutMs } = this.#options;
    const remedy = "set email.oauth2.token_store to a file in a folder that is writable";
    let held: Disposable | undefined;
    let kept: string | undefined;
    try {
      // Asked before the request: a server that replaces refresh tokens must not be asked where that could not be kept.
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
    // Some servers accept the configured one although they issued others since.
    const last = isStale ? await this.#request(settings.refreshToken, signal) : end;
    if (last.kind === "token") {
      const sent = isStale ? settings.refreshToken : (kept ?? settings.refreshToken);
      const replaced = last.refreshToken !== undefined && last.refreshToken !== sent ? last.refreshToken : undefined;
      this.#keep(store, replaced ?? this.#unwritten);
    }
    return last;
  }

  /** At once, before the access token is used: the old refresh token may be worth nothing any more. */
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
    // Reading the system's authorities takes a moment: once, when it is needed.
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

const cutOff: TokenOutcome = { kind: "failed", reason: "aborted before there was an access token" };

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
