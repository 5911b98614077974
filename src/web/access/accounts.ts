import { createHash, timingSafeEqual } from "node:crypto";
import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";
import type { WebSettings } from "../schema.ts";
import { LoginLimits } from "./login-limits.ts";
import { hashPassword, isPasswordOf, type PasswordHash } from "./password-hash.ts";
import { type Account, Sessions } from "./sessions.ts";

export interface AccountsOptions {
  readonly settings: Pick<WebSettings, "users" | "tokens" | "sessionMs">;
  readonly clock: Clock;
  readonly log: Log;
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
  readonly #sessions: Sessions;
  readonly #limits: LoginLimits;
  readonly #tokens: readonly { readonly digest: Buffer; readonly account: Account }[];
  /** Verified for a name that does not exist, so that the time does not show which names do. */
  #decoy: Promise<PasswordHash> | undefined;

  constructor(options: AccountsOptions) {
    const { settings, clock } = options;
    this.#options = options;
    this.#sessions = new Sessions({ clock, idleMs: settings.sessionMs });
    this.#limits = new LoginLimits(clock);
    this.#tokens = settings.tokens.map(({ name, token, role }) => ({
      digest: digestOf(token),
      account: { name, role },
    }));
  }

  /** Whether nobody has to log in. */
  get isOpen(): boolean {
    const { users, tokens } = this.#options.settings;
    return users.length === 0 && tokens.length === 0;
  }

  /** Whose request it is: by its token, else by its session. A wrong token is nobody's, whatever the session. */
  accountOf(request: {
    readonly token: string | undefined;
    readonly sessionId: string | undefined;
  }): Account | undefined {
    if (this.isOpen) return everybody;
    if (request.token !== undefined) return this.#accountOfToken(request.token);
    return request.sessionId === undefined ? undefined : this.#sessions.accountOf(request.sessionId);
  }

  async login(address: Address, name: string, password: string): Promise<LoginOutcome> {
    const { settings, log } = this.#options;
    const user = settings.users.find((each) => each.name === name);
    const outcome = await this.#limits.attempt(address, async () => {
      this.#decoy ??= hashPassword("");
      const hash = user?.password ?? (await this.#decoy);
      const isCorrect = await isPasswordOf(hash, password.slice(0, maxPasswordLength));
      return isCorrect && user !== undefined && password.length <= maxPasswordLength;
    });
    if (outcome.kind === "limited") {
      log.warn("login rejected: too many failed attempts", { from: address });
      return outcome;
    }
    if (!outcome.isCorrect || user === undefined) {
      // Not the name that was typed: people type their password there.
      log.warn("login failed", { from: address, user: user?.name });
      return { kind: "wrong" };
    }
    const account: Account = { name: user.name, role: user.role };
    log.info("logged in", { from: address, user: user.name });
    return { kind: "logged-in", account, sessionId: this.#sessions.start(account) };
  }

  logout(sessionId: string): void {
    this.#sessions.end(sessionId);
  }

  #accountOfToken(token: string): Account | undefined {
    const digest = digestOf(token);
    // Digests, because they have equal lengths; all are compared, so that the time shows nothing.
    const [found] = this.#tokens.filter((each) => timingSafeEqual(each.digest, digest));
    return found?.account;
  }
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
