/**
 * A token bucket: `capacity` tokens, one more each `refillMs`. The wall clock may jump: backwards costs nothing,
 * forwards at most fills the bucket.
 */
export class TokenBucket {
  #capacity: number;
  #refillMs: number;
  #tokens: number;
  /** When the last whole token was counted. */
  #countedAt: number | undefined;

  /** @param options.capacity 1 or more */
  constructor(options: { readonly capacity: number; readonly refillMs: number }) {
    this.#capacity = options.capacity;
    this.#refillMs = options.refillMs;
    this.#tokens = options.capacity;
  }

  /** Changes capacity and rate; spent tokens stay spent. */
  adjust(options: { readonly capacity: number; readonly refillMs: number }, now: number): void {
    this.#refill(now);
    const spent = this.#capacity - this.#tokens;
    this.#capacity = options.capacity;
    this.#refillMs = options.refillMs;
    this.#tokens = Math.max(0, options.capacity - spent);
  }

  take(now: number): boolean {
    this.#refill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** When the next token is available: `now` or later. */
  nextAt(now: number): number {
    this.#refill(now);
    return this.#tokens >= 1 ? now : (this.#countedAt ?? now) + this.#refillMs;
  }

  #refill(now: number): void {
    if (this.#countedAt === undefined || now < this.#countedAt || this.#tokens >= this.#capacity) {
      this.#countedAt = now;
      return;
    }
    const earned = Math.floor((now - this.#countedAt) / this.#refillMs);
    if (earned === 0) return;
    this.#tokens = Math.min(this.#capacity, this.#tokens + earned);
    this.#countedAt += earned * this.#refillMs;
  }
}
