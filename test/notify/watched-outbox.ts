import type { Outbox } from "../../src/notify/outbox/delivery-loop.ts";

/** A real outbox, and what is done with it. */
export class WatchedOutbox implements Outbox {
  readonly #outbox: Outbox;
  readonly #waiting = new Set<() => void>();
  readonly #settled = new Map<number, string[]>();
  #sending = 0;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Claimed, and neither settled nor released. */
  get sending(): number {
    return this.#sending;
  }

  /** The outcomes recorded for a delivery, in order. */
  outcomes(id: number): readonly string[] {
    return this.#settled.get(id) ?? [];
  }

  changed(): Promise<void> {
    return new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.changed();
  }

  recover(at: number, inHand?: readonly number[]): Promise<number> {
    return this.#outbox.recover(at, inHand);
  }

  list(query: Parameters<Outbox["list"]>[0]): ReturnType<Outbox["list"]> {
    return this.#outbox.list(query);
  }

  nextDueAt(options?: Parameters<Outbox["nextDueAt"]>[0]): Promise<number | undefined> {
    return this.#outbox.nextDueAt(options);
  }

  async claim(options: Parameters<Outbox["claim"]>[0]): ReturnType<Outbox["claim"]> {
    const claimed = await this.#outbox.claim(options);
    this.#change(claimed.length);
    return claimed;
  }

  async settle(...[id, outcome, options]: Parameters<Outbox["settle"]>): Promise<void> {
    await this.#outbox.settle(id, outcome, options);
    this.#settled.set(id, [...this.outcomes(id), outcome.kind]);
    this.#change(-1);
  }

  async release(id: number): Promise<void> {
    await this.#outbox.release(id);
    this.#change(-1);
  }

  #change(by: number): void {
    this.#sending += by;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
