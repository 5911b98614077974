import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../../core/clock.ts";
import type { PasswordHash } from "./password-hash.ts";
import type { Role } from "./right.ts";

/** Who is logged in, by user or by token. */
export interface Account {
  readonly name: string;
  readonly role: Role;
}

/** A user of the configuration. */
export interface User extends Account {
  readonly password: PasswordHash;
}

/** On both clocks: the wall clock may be set back, and the other one stands still while the machine sleeps. */
interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

interface Session {
  /** As it was at the login. */
  readonly user: User;
  readonly startedAt: Moment;
  usedAt: Moment;
  readonly ended: AbortController;
}

/** However often it is used, a session ends after this. */
const maxAgeMs = 30 * 86_400_000;
const maxSessions = 1000;
/** Of one user: browsers of some machines, and scripts that log in for each run. */
const maxSessionsPerUser = 50;
/** The wall clock may jump, so whoever waits for the end of a session looks again after this. */
const lookAgainMs = 5000;

/**
 * The logins of browsers, in memory: a restart ends them, a reload does not. Only hashes of the identifiers are kept, so that a copy of the memory gives no
 * access. Past 50 of a user the one of them that was unused longest ends, past 1,000 of all one of the user who has most.
 */
export class Sessions {
  readonly #clock: Clock;
  /** In the order of use. */
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the identifier, for the cookie: 256 random bits. A login always gets a new one, which prevents session fixation. */
  start(user: User): string {
    const id = randomBytes(32).toString("base64url");
    const now = this.#now();
    this.#sessions.set(keyOf(id), { user, startedAt: now, usedAt: now, ended: new AbortController() });
    this.#endExcess(user.name);
    return id;
  }

  #endExcess(name: string): void {
    const byUser = Map.groupBy(this.#sessions, ([, session]) => session.user.name);
    const own = byUser.get(name) ?? [];
    const all = [...byUser.values()].toSorted((one, other) => other.length - one.length);
    const [excess] = own.length > maxSessionsPerUser ? [own] : this.#sessions.size > maxSessions ? all : [];
    const [oldest] = excess ?? [];
    if (oldest !== undefined) this.#end(oldest[0]);
  }

  /**
   * The user of a session that has not expired. Counts as use.
   * @param idleMs a session ends this many milliseconds after its last use
   */
  userOf(id: string, idleMs: number): User | undefined {
    const key = keyOf(id);
    const session = this.#valid(key, idleMs);
    if (session === undefined) return undefined;
    session.usedAt = this.#now();
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return session.user;
  }

  /** Resolves when the session has ended: by a logout, by its age, or because it was not used. Waiting is no use. Or when `signal` is aborted. */
  async whenEnded(id: string, idleMs: number, signal: AbortSignal): Promise<void> {
    const key = keyOf(id);
    const session = this.#valid(key, idleMs);
    if (session === undefined) return;
    const over = AbortSignal.any([signal, session.ended.signal]);
    while (!over.aborted && this.#valid(key, idleMs) !== undefined) await this.#clock.sleep(lookAgainMs, over);
  }

  end(id: string): void {
    this.#end(keyOf(id));
  }

  /** Ends the sessions of all but these users: of those who are gone, or have another password or role than at their login. */
  keepOnly(users: readonly User[]): void {
    const isKept = ({ user }: Session) =>
      users.some(({ name, password, role }) => name === user.name && password === user.password && role === user.role);
    for (const [key, session] of this.#sessions) if (!isKept(session)) this.#end(key);
  }

  /** The session, unless it has expired: then it is ended. */
  #valid(key: string, idleMs: number): Session | undefined {
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    if (this.#since(session.usedAt) <= idleMs && this.#since(session.startedAt) <= maxAgeMs) return session;
    this.#end(key);
    return undefined;
  }

  #now(): Moment {
    return { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
  }

  /** A clock that was set back neither ends sessions nor prolongs them; one that was set forward ends them. */
  #since({ wall, monotonic }: Moment): number {
    return Math.max(this.#clock.now() - wall, this.#clock.monotonic() - monotonic);
  }

  #end(key: string): void {
    this.#sessions.get(key)?.ended.abort();
    this.#sessions.delete(key);
  }
}

function keyOf(id: string): string {
  return createHash("sha256").update(id).digest("base64");
}
