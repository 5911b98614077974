/**
 * Limits how many tasks run at once; the others wait in order. Not p-limit, which cannot take a waiting task out when its signal
 * is aborted: a watch that is stopped would wait for the commands of all others.
 */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(permits: number) {
    this.#free = permits;
  }

  /** Runs `task` as soon as a permit is free; without one where `signal` is aborted, so that the task can report it. */
  async run<Result>(task: () => Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else if (!(await this.#acquire(signal))) return await task();
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  /** @returns false where `signal` ended the wait */
  #acquire(signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted === true) return Promise.resolve(false);
    return new Promise((resolve) => {
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1);
        resolve(false);
      };
      const start = () => {
        signal?.removeEventListener("abort", onAbort);
        resolve(true);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(start);
    });
  }
}
