export interface SlotsOptions {
  /** Tasks under way at once, at most. */
  readonly parallel: number;
  /** Tasks that wait for their turn, at most. */
  readonly queue: number;
}

/** Lets a few tasks run at a time and a bounded number wait, first come, first served. */
export class Slots {
  readonly #options: SlotsOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: SlotsOptions) {
    this.#options = options;
  }

  /** @returns what `task` returns; `undefined`, and `task` never ran, where too many wait already */
  async run<Result>(task: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#running >= this.#options.parallel) {
      if (this.#waiting.length >= this.#options.queue) return undefined;
      // Whoever ends hands its slot over, so that nobody who comes later can take it first.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
