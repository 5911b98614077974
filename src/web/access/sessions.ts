import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { Role } from "./right.ts";

/** Who is logged in, by user or by token. */
export interface Account {
  readonly name: string;
  readonly role: Role;
}

interface Session extends Account {
  readonly startedAt: number;
  usedAt: number;
}

export interface SessionsOptions {
  readonly clock: Clock;
  /** A session ends this many milliseconds after its last use. */
  readonly idleMs: number;
}

/** However often it is used, a session ends after this. */
const maxAgeMs = 30 * 86_400_000;
const maxSessions = 1000;

/**
 * The logins of browsers, in memory: a restart ends them. Only hashes of the identifiers are kept, so that a copy of the memory gives no
 * access. Past 1,000 the one that was unused longest ends.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  /** In the order of use. */
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** @returns the identifier, for the cookie: 256 random bits. A login always gets a new one, which prevents session fixation. */
  start({ name, role }: Account): string {
    const id = randomBytes(32).toString("base64url");
    const now = this.#options.clock.now();
    this.#sessions.set(keyOf(id), { name, role, startedAt: now, usedAt: now });
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > maxSessions && oldest !== undefined) this.#sessions.delete(oldest);
    return id;
  }

  /** The account of a session that has not expired. Counts as use. */
  accountOf(id: string): Account | undefined {
    const key = keyOf(id);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    this.#sessions.delete(key);
    const now = this.#options.clock.now();
    // A clock that was set back neither ends sessions nor prolongs them past their age.
    const isOver = now - session.usedAt > this.#options.idleMs || now - session.startedAt > maxAgeMs;
    if (isOver) return undefined;
    session.usedAt = Math.max(session.usedAt, now);
    this.#sessions.set(key, session);
    return session;
  }

  end(id: string): void {
    this.#sessions.delete(keyOf(id));
  }
}

function keyOf(id: string): string {
  return createHash("sha256").update(id).digest("base64");
}
