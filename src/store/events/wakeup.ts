/** Calls its subscribers when something was recorded. */
export class Wakeup {
  readonly #listeners = new Set<{ readonly call: () => void }>();

  subscribe(call: () => void): Disposable {
    // Two subscriptions with one function are two.
    const listener = { call };
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  notify(): void {
    for (const { call } of this.#listeners) call();
  }
}
