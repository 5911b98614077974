import type { WatchProgress } from "./outbound-stages.ts";

/** Passes the progress of running watches to any number of listeners. */
export class ProgressFeed {
  readonly #listeners = new Set<WatchProgress>();

  readonly report: WatchProgress = (...progress) => {
    for (const listener of this.#listeners) listener(...progress);
  };

  /** Disposing ends it. */
  subscribe(listener: WatchProgress): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }
}
