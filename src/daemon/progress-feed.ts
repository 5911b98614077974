import type { WatchProgress } from "./outbound-stages.ts";

/** Passes what happens to any number of listeners. */
class Feed<Values extends readonly unknown[]> {
  readonly #listeners = new Set<(...values: Values) => void>();

  readonly report = (...values: Values): void => {
    for (const listener of this.#listeners) listener(...values);
  };

  /** Disposing ends it. */
  subscribe(listener: (...values: Values) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }
}

/** The progress of running watches. */
export class ProgressFeed extends Feed<Parameters<WatchProgress>> {}

/** Names of watches whose runs begin or end. */
export class WatchFeed extends Feed<[name: string]> {}
