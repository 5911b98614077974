/** Exports at once: each reads the database for minutes. */
const maxExports = 4;

/** Limits how many exports of a server run at the same time, whichever lists they are of. */
export class ExportSlots {
  readonly #taken = new Set<object>();

  /** Disposing it lets another export begin. `undefined`: all are taken. */
  take(): Disposable | undefined {
    if (this.#taken.size >= maxExports) return undefined;
    const slot = { [Symbol.dispose]: () => void this.#taken.delete(slot) };
    this.#taken.add(slot);
    return slot;
  }
}
