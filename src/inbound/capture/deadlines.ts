import type { Clock } from "../../core/clock.ts";

/** Something with a deadline. The fields belong to the {@link Deadlines} that holds it. */
export interface Timed<Self extends Timed<Self>> {
  dueAt: number;
  earlier: Self | undefined;
  later: Self | undefined;
  waitsIn: Deadlines<Self> | undefined;
  /** Called once, at the deadline or a little later. */
  onDue(): void;
  /** Called instead when everything must end now. */
  onClose(): void;
}

/**
 * Deadlines with the same delay, so that they expire in the order in which they were set: one list and one timer
 * serve any number of connections, and setting or removing one costs a few assignments.
 *
 * An intrusive linked list, not a `Set`: its discarded hash tables kept finished connections alive past the young
 * generation, which made garbage collection four times as expensive.
 */
export class Deadlines<Item extends Timed<Item>> {
  readonly #delayMs: number;
  readonly #clock: Clock;
  #first: Item | undefined;
  #last: Item | undefined;
  #watching = false;
  #closing = new AbortController();

  constructor(delayMs: number, clock: Clock) {
    this.#delayMs = delayMs;
    this.#clock = clock;
  }

  /** @param from start of the delay on the monotonic clock; not before that of the item set last */
  set(item: Item, from: number): void {
    if (item.waitsIn !== undefined) throw new TypeError("a deadline is already set");
    item.dueAt = from + this.#delayMs;
    item.waitsIn = this;
    item.earlier = this.#last;
    if (this.#last === undefined) this.#first = item;
    else this.#last.later = item;
    this.#last = item;
    if (!this.#watching) void this.#watch();
  }

  /** Does nothing where the deadline has passed or another list holds the item. */
  remove(item: Item): void {
    if (item.waitsIn !== this) return;
    const { earlier, later } = item;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    item.waitsIn = undefined;
    item.earlier = undefined;
    item.later = undefined;
  }

  /** Ends every item. */
  close(): void {
    for (let item = this.#first; item !== undefined; item = this.#first) {
      this.remove(item);
      item.onClose();
    }
    this.#closing.abort();
    this.#closing = new AbortController();
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    let next = this.#first;
    while (next !== undefined) {
      await this.#clock.sleep(Math.max(1, Math.ceil(next.dueAt - this.#clock.monotonic())), this.#closing.signal);
      const now = this.#clock.monotonic();
      next = this.#first;
      while (next !== undefined && next.dueAt <= now) {
        this.remove(next);
        next.onDue();
        next = this.#first;
      }
    }
    this.#watching = false;
  }
}
