import type { Clock } from "../../../core/clock.ts";

const windowMs = 60_000;
/** Maximum pause, whatever the service asks for. */
const maxPauseMs = 60 * 60_000;

/**
 * A rate limit for requests: at most `perMinute` in any 60 seconds, and at most as many as the service says are left.
 */
export class RequestBudget {
  readonly #clock: Clock;
  /** When each of the latest requests was sent, as a ring. */
  readonly #sentAt: Float64Array;
  #next = 0;
  #left = Number.POSITIVE_INFINITY;
  #leftUntil = 0;

  constructor(perMinute: number, clock: Clock) {
    this.#clock = clock;
    this.#sentAt = new Float64Array(perMinute).fill(Number.NEGATIVE_INFINITY);
  }

  /** Whether a request may be sent now; it then counts as sent. */
  take(): boolean {
    const now = this.#clock.monotonic();
    const oldest = this.#sentAt[this.#next];
    if (oldest === undefined || now - oldest < windowMs) return false;
    if (now >= this.#leftUntil) this.#left = Number.POSITIVE_INFINITY;
    else if (this.#left <= 0) return false;
    this.#left -= 1;
    this.#sentAt[this.#next] = now;
    this.#next = (this.#next + 1) % this.#sentAt.length;
    return true;
  }

  /**
   * The service allows `left` requests for the next `forMs`. Answers may arrive out of order: the smallest number
   * counts.
   */
  allow(left: number, forMs: number): void {
    const now = this.#clock.monotonic();
    this.#left = now < this.#leftUntil ? Math.min(this.#left, left) : left;
    this.#leftUntil = Math.max(this.#leftUntil, now + Math.min(forMs, maxPauseMs));
  }
}
