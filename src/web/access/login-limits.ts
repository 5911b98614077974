import { LRUCache } from "lru-cache";
import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import { clientNetwork } from "./client-network.ts";
import { RequestQueue } from "./request-queue.ts";

/** An address may fail this often; each failure is forgiven after {@link forgivenMs}. */
const maxFailures = 5;
const forgivenMs = 60_000;
/** Over all addresses together: a botnet has many of them. */
const maxFailuresOverall = 100;
/** A user may log in this often, and once more for each {@link loginAgainMs}: each time costs a hash, and a session. */
const maxLogins = 20;
const loginAgainMs = 3000;
/** Passwords that are hashed at once: each takes 32 MiB. */
const maxConcurrent = 2;
/** Attempts that wait for that: of all addresses, and of one. */
const maxWaiting = 64;
const maxWaitingPerAddress = 8;
const maxWaitMs = 10_000;
const maxAddresses = 10_000;
const maxUsers = 10_000;

/** What was counted, and when the count last became lower. */
interface Bucket {
  count: number;
  at: number;
}

export interface LoginAttempt {
  readonly address: Address;
  /** The user who is named; `undefined` where there is none of this name. */
  readonly user: string | undefined;
  /** Whether the password is correct. */
  readonly verify: () => Promise<boolean>;
}

export type AttemptOutcome =
  | { readonly kind: "limited"; readonly seconds: number }
  | { readonly kind: "verified"; readonly isCorrect: boolean };

/**
 * Limits how often passwords can be tried: a bucket of five failures for each address (for IPv6: each /64), one of a hundred for all, and
 * one of twenty logins for each user, who would otherwise keep others waiting with the right password. Two are verified at a time, and the
 * addresses take turns. Measured on the monotonic clock: setting the wall clock neither opens the limits nor keeps anybody out.
 */
export class LoginLimits {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #failures = new LRUCache<Address, Bucket>({ max: maxAddresses });
  readonly #logins = new LRUCache<string, Bucket>({ max: maxUsers });
  readonly #overall: Bucket = { count: 0, at: 0 };
  readonly #queue: RequestQueue;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
    this.#queue = new RequestQueue({
      clock,
      maxServed: maxConcurrent,
      maxWaiting,
      maxWaitingPerClient: maxWaitingPerAddress,
      maxWaitMs,
    });
  }

  /**
   * Verifies a password unless a limit is reached.
   * @returns `limited` with the seconds to wait, or what `verify` returned
   */
  async attempt(attempt: LoginAttempt): Promise<AttemptOutcome> {
    const seconds = this.#secondsToWait(attempt);
    if (seconds > 0) return { kind: "limited", seconds };
    const turn = await this.#queue.turn({ client: clientNetwork(attempt.address), isGone: () => false });
    if (typeof turn === "string") return { kind: "limited", seconds: 5 };
    using _turn = turn;
    // Others may have failed, or logged in, meanwhile.
    const secondsNow = this.#secondsToWait(attempt);
    if (secondsNow > 0) return { kind: "limited", seconds: secondsNow };
    return { kind: "verified", isCorrect: await this.#verify(attempt) };
  }

  async #verify({ address, user, verify }: LoginAttempt): Promise<boolean> {
    const buckets = [this.#bucketOf(this.#failures, clientNetwork(address)), this.#overall];
    // Counted before the result is known: attempts at the same time must not all pass.
    for (const bucket of buckets) bucket.count += 1;
    const isCorrect = await verify();
    if (!isCorrect) return false;
    // No more than this one: whoever has one password could try those of others for ever.
    for (const bucket of buckets) bucket.count = Math.max(0, bucket.count - 1);
    if (user !== undefined) this.#bucketOf(this.#logins, user).count += 1;
    return true;
  }

  /** 0: the attempt may be made. */
  #secondsToWait({ address, user }: LoginAttempt): number {
    const ofAddress = this.#waitOf(this.#failures.get(clientNetwork(address)), {
      max: maxFailures,
      afterMs: forgivenMs,
    });
    if (ofAddress > 0) return ofAddress;
    const everyMs = forgivenMs / maxFailures;
    if (this.#waitOf(this.#overall, { max: maxFailuresOverall, afterMs: everyMs }) > 0) return 5;
    return this.#waitOf(this.#logins.get(user ?? ""), { max: maxLogins, afterMs: loginAgainMs });
  }

  #bucketOf<Key extends string>(buckets: LRUCache<Key, Bucket>, key: Key): Bucket {
    const known = buckets.get(key);
    if (known !== undefined) return known;
    const bucket: Bucket = { count: 0, at: this.#clock.monotonic() };
    buckets.set(key, bucket);
    return bucket;
  }

  #forgive(bucket: Bucket, afterMs: number): void {
    const now = this.#clock.monotonic();
    const periods = Math.floor((now - bucket.at) / afterMs);
    if (bucket.count === 0) bucket.at = now;
    if (bucket.count === 0 || periods <= 0) return;
    bucket.count = Math.max(0, bucket.count - periods);
    bucket.at += periods * afterMs;
  }

  /** @returns seconds until the bucket has room; 0 if it has */
  #waitOf(bucket: Bucket | undefined, { max, afterMs }: { readonly max: number; readonly afterMs: number }): number {
    if (bucket === undefined) return 0;
    this.#forgive(bucket, afterMs);
    if (bucket.count < max) return 0;
    return Math.max(1, Math.ceil((bucket.at + afterMs - this.#clock.monotonic()) / 1000));
  }
}
