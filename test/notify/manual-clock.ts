import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../src/core/clock.ts";

/** A clock that stands still until the test moves it. */
export class ManualClock implements Clock {
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  #now: number;

  constructor(now = Date.UTC(2026, 0, 5, 8)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener("abort", sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", sleeper.wake, { once: true });
    });
  }

  /** Wakes the sleepers that are due. */
  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.until <= this.#now) sleeper.wake();
    }
  }

  /** The number of sleepers; aborted ones must not be counted. */
  get sleepers(): number {
    return this.#sleepers.size;
  }
}

/**
 * Lets time pass, in steps, until `condition` is true. It stands still during a delivery or a database query: on
 * a busy machine hours would pass during one query, and deliveries that are due together would no longer be claimed together.
 */
export async function passTime(
  clock: ManualClock,
  outbox: { readonly isBusy: boolean; changed(): Promise<void> },
  condition: () => boolean,
  stepMs = 1000,
): Promise<void> {
  for (let steps = 0; !condition(); steps += 1) {
    if (steps > 1_000_000) throw new Error("it never came about");
    if (outbox.isBusy) await outbox.changed();
    else clock.advance(stepMs);
    // Its waiters continue first.
    await nextTurn();
  }
}
