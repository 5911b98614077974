import { LRUCache } from "lru-cache";
import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import { clientNetwork } from "./client-network.ts";

/** An address may fail this often; each failure is forgiven after {@link forgivenMs}. */
const maxFailures = 5;
const forgivenMs = 60_000;
/** Over all addresses together: a botnet has many of them. */
const maxFailuresOverall = 100;
/** Passwords that are hashed at once: each takes 32 MiB. */
const maxConcurrent = 2;
const maxAddresses = 10_000;

interface Failures {
  count: number;
  at: number;
}

/**
 * Limits how often passwords can be tried: a bucket of five failures for each address (for IPv6: each /64), one of a hundred for all, and
 * two attempts at a time. A correct password clears the bucket of its address. Measured on the monotonic clock: setting the wall clock neither opens
 * the limits nor keeps anybody out.
 */
export class LoginLimits {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #byAddress = new LRUCache<Address, Failures>({ max: maxAddresses });
  readonly #overall: Failures = { count: 0, at: 0 };
  #running = 0;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /**
   * Runs `verify` unless a limit is reached.
   * @param verify whether the password is correct
   * @returns `limited` with the seconds to wait, or what `verify` returned
   */
  async attempt(
    address: Address,
    verify: () => Promise<boolean>,
  ): Promise<
    { readonly kind: "limited"; readonly seconds: number } | { readonly kind: "verified"; readonly isCorrect: boolean }
  > {
    const group = clientNetwork(address);
    const failures = this.#byAddress.get(group) ?? { count: 0, at: 0 };
    this.#forgive(failures, forgivenMs);
    this.#forgive(this.#overall, forgivenMs / maxFailures);
    if (failures.count >= maxFailures) return { kind: "limited", seconds: this.#waitOf(failures, forgivenMs) };
    if (this.#overall.count >= maxFailuresOverall || this.#running >= maxConcurrent)
      return { kind: "limited", seconds: 5 };
    // Counted before the result is known: attempts at the same time must not all pass.
    this.#byAddress.set(group, failures);
    failures.count += 1;
    this.#overall.count += 1;
    this.#running += 1;
    try {
      const isCorrect = await verify();
      if (isCorrect) {
        this.#overall.count = Math.max(0, this.#overall.count - 1);
        this.#byAddress.delete(group);
      }
      return { kind: "verified", isCorrect };
    } finally {
      this.#running -= 1;
    }
  }

  #forgive(failures: Failures, afterMs: number): void {
    const now = this.#clock.monotonic();
    const periods = Math.floor((now - failures.at) / afterMs);
    if (failures.count === 0) failures.at = now;
    if (failures.count === 0 || periods <= 0) return;
    failures.count = Math.max(0, failures.count - periods);
    failures.at += periods * afterMs;
  }

  #waitOf(failures: Failures, afterMs: number): number {
    return Math.max(1, Math.ceil((failures.at + afterMs - this.#clock.monotonic()) / 1000));
  }
}
