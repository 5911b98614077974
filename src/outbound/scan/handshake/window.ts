export interface WindowOptions {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

/**
 * How many connects may be under way: it starts moderate, doubles while all goes well, then grows slowly past the size
 * at which this machine or the network last showed strain, like TCP's congestion window (RFC 5681).
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

  /** One connect ended without a sign of strain while the window was in use. */
  grow(): void {
    if (this.#size >= this.#max) return;
    this.#size = Math.min(this.#max, this.#size + (this.#size < this.#threshold ? 1 : 1 / this.#size));
  }

  /** @param factor what is left of `inUse` */
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
