import type { Clock } from "../../../core/clock.ts";

const windowMs = 60_000;
/** No word of the other side makes us pause for longer. */
const maxPauseMs = 60 * 60_000;

/**
 * How often a service may still be asked: never more than `perMinute` times in any 60 seconds, and never more than the
 * service itself says is left.
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

  /** Whether one more request may be sent now; it then counts as sent. */
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

  /** The service says that `left` requests are allowed for the next `forMs`. Answers may come out of order: the least counts. */
  allow(left: number, forMs: number): void {
    const now = this.#clock.monotonic();
    this.#left = now < this.#leftUntil ? Math.min(this.#left, left) : left;
    this.#leftUntil = Math.max(this.#leftUntil, now + Math.min(forMs, maxPauseMs));
  }
}
