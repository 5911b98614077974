import pLimit, { type LimitFunction } from "p-limit";

export interface ConcurrencyLimits {
  /** Tasks that run at once. */
  readonly parallel: number;
  /** Tasks that wait. */
  readonly queue: number;
}

/** Runs a few tasks at a time and lets a bounded number wait, in order of arrival. */
export class BoundedConcurrency {
  readonly #limits: ConcurrencyLimits;
  readonly #run: LimitFunction;

  constructor(limits: ConcurrencyLimits) {
    this.#limits = limits;
    this.#run = pLimit(limits.parallel);
  }

  /** @returns what `task` returns; `undefined`, without running `task`, where too many wait already */
  async run<Result>(task: () => Promise<Result>): Promise<Result | undefined> {
    const { activeCount, pendingCount } = this.#run;
    if (activeCount >= this.#limits.parallel && pendingCount >= this.#limits.queue) return undefined;
    return await this.#run(task);
  }
}
