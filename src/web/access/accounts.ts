import { createHash, timingSafeEqual } from "node:crypto";
import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { WebSettings } from "../schema.ts";
import { LoginLimits } from "./login-limits.ts";
import { hashPassword, isPasswordOf, type PasswordHash } from "./password-hash.ts";
import { type Account, Sessions, type User } from "./sessions.ts";

export interface AccountsOptions {
  readonly settings: Pick<WebSettings, "users" | "tokens" | "sessionMs">;
  readonly log: Log;
  readonly logins: Logins;
}

/** What a reload of the configuration keeps: who is logged in, and which attempts have failed. */
export class Logins {
  readonly sessions: Sessions;
  readonly limits: LoginLimits;

  constructor(clock: Clock) {
    this.sessions = new Sessions(clock);
    this.limits = new LoginLimits(clock);
  }
}

/** What a request says of whose it is. */
export interface Credentials {
  readonly token: string | undefined;
  readonly sessionId: string | undefined;
}

export type LoginOutcome =
  | { readonly kind: "logged-in"; readonly account: Account; readonly sessionId: string }
  | { readonly kind: "wrong" }
  | { readonly kind: "limited"; readonly seconds: number };

const maxPasswordLength = 1024;

/** Whoever reaches a server without users and tokens: it is on loopback then. */
const everybody: Account = { name: "", role: "operate" };

/** The users and tokens of the configuration, and who is logged in. */
export class Accounts {
  readonly #options: AccountsOptions;
  readonly #tokens: readonly { readonly digest: Buffer; readonly account: Account }[];
  /** Verified for a name that does not exist, so that the time does not show which names do. */
  #decoy: Promise<PasswordHash> | undefined;

  constructor(options: AccountsOptions) {
    this.#options = options;
    this.#tokens = options.settings.tokens.map(({ name, token, role }) => ({
      digest: digestOf(token),
      account: { name, role },
    }));
  }

  /** Whether nobody has to log in. */
  get isOpen(): boolean {
    const { users, tokens } = this.#options.settings;
    return users.length === 0 && tokens.length === 0;
  }

  /** Whether it is one of the configured tokens. */
  isToken(token: string | undefined): boolean {
    return token !== undefined && this.#accountOfToken(token) !== undefined;
  }

  /** Whose request it is: by its token, else by its session. A wrong token is nobody's, whatever the session. */
  accountOf(request: Credentials): Account | undefined {
    if (this.isOpen) return everybody;
    if (request.token !== undefined) return this.#accountOfToken(request.token);
    return request.sessionId === undefined ? undefined : this.#accountOfSession(request.sessionId);
  }

  /**
   * Resolves when a request that was allowed would not be any more, or when `signal` is aborted. A token or a user ends with a reload that removes it,
   * which replaces the whole server.
   */
  async whenAccessEnds({ token, sessionId }: Credentials, signal: AbortSignal): Promise<void> {
    const { settings, logins } = this.#options;
    if (!this.isOpen && token === undefined && sessionId !== undefined)
      return await logins.sessions.whenEnded(sessionId, settings.sessionMs, signal);
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }

  async login(address: Address, name: string, password: string): Promise<LoginOutcome> {
    const { settings, log, logins } = this.#options;
    const user = settings.users.find((each) => each.name === name);
    const verify = async () => {
      this.#decoy ??= hashPassword("");
      const hash = user?.password ?? (await this.#decoy);
      const isCorrect = await isPasswordOf(hash, password.slice(0, maxPasswordLength));
      return isCorrect && user !== undefined && password.length <= maxPasswordLength;
    };
    const outcome = await logins.limits.attempt({ address, user: user?.name, verify });
    if (outcome.kind === "limited") {
      log.warn("login rejected: too many attempts", { from: address });
      return outcome;
    }
    if (!outcome.isCorrect || user === undefined) {
      // Not the name that was typed: people type their password there.
      log.warn("login failed", { from: address, user: user?.name });
      return { kind: "wrong" };
    }
    log.info("logged in", { from: address, user: user.name });
    return { kind: "logged-in", account: accountOf(user), sessionId: logins.sessions.start(user) };
  }

  logout(sessionId: string): void {
    this.#options.logins.sessions.end(sessionId);
  }

  /**
   * The commit of a reload ends the sessions of users who are gone or were changed. Until then two servers have them: each accepts those whose password it
   * knows, with its own role.
   */
  #accountOfSession(sessionId: string): Account | undefined {
    const { settings, logins } = this.#options;
    const then = logins.sessions.userOf(sessionId, settings.sessionMs);
    const now = settings.users.find((user) => user.name === then?.name && user.password === then.password);
    return now === undefined ? undefined : accountOf(now);
  }

  #accountOfToken(token: string): Account | undefined {
    const digest = digestOf(token);
    // Digests, because they have equal lengths; all are compared, so that the time shows nothing.
    const [found] = this.#tokens.filter((each) => timingSafeEqual(each.digest, digest));
    return found?.account;
  }
}

function accountOf({ name, role }: User): Account {
  return { name, role };
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
