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

  /** Wakes whoever's time has come. */
  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.until <= this.#now) sleeper.wake();
    }
  }

  /** How many wait for their time; what nobody waits for any more must not stand here. */
  get sleepers(): number {
    return this.#sleepers.size;
  }
}

/**
 * Lets time pass, in steps, until `condition` holds. It stands still while something is being sent or the database is asked: on
 * a busy machine hours would pass during one question, and what is due at one instant would no longer be claimed together.
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
    // Whoever was waiting for that goes on first.
    await nextTurn();
  }
}
