/**
 * So many at once, then one each `refillMs`. Holds two numbers. The wall clock may jump: backwards costs nothing, forwards
 * fills the bucket at most.
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

  /** Other numbers from now on; what was spent stays spent. */
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

  /** When the next one can be taken: `now` or later. */
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
