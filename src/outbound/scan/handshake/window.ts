export interface WindowOptions {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

/**
 * How many probes may be in flight: it starts at a moderate size, doubles while nothing fails, then grows slowly past the size
 * at which this machine or the network was last overloaded, like TCP's congestion window (RFC 5681).
 */
export class Window {
  readonly #min: number;
  #max: number;
  #size: number;
  #threshold: number;

  constructor(options: WindowOptions) {
    this.#max = Math.max(1, options.max);
    this.#min = Math.min(options.min, this.#max);
    this.#size = Math.min(options.initial, this.#max);
    this.#threshold = this.#max;
  }

  get size(): number {
    return Math.floor(this.#size);
  }

  /** A probe ended without a sign of overload while the window was full. */
  grow(): void {
    if (this.#size >= this.#max) return;
    this.#size = Math.min(this.#max, this.#size + (this.#size < this.#threshold ? 1 : 1 / this.#size));
  }

  /** @param factor the share of `inUse` that is left */
  shrink(inUse: number, factor: number): void {
    this.#size = Math.max(this.#min, Math.min(this.#size, inUse) * factor);
    this.#threshold = this.#size;
  }

  /** The budget changed: another scan started or ended, or the process needs descriptors elsewhere. */
  limit(max: number): void {
    this.#max = Math.max(1, max);
    this.#size = Math.min(this.#size, this.#max);
  }
}
