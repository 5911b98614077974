import type { Outbox } from "../../src/notify/outbox/delivery-loop.ts";

/** A real outbox that records its calls. */
export class WatchedOutbox implements Outbox {
  readonly #outbox: Outbox;
  readonly #waiting = new Set<() => void>();
  readonly #outcomes = new Map<number, string[]>();
  #sending = 0;
  #calls = 0;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Something is claimed and neither recorded nor released, or a database query is running. */
  get isBusy(): boolean {
    return this.#sending > 0 || this.#calls > 0;
  }

  /** The outcomes recorded for a delivery, in order. */
  outcomes(id: number): readonly string[] {
    return this.#outcomes.get(id) ?? [];
  }

  changed(): Promise<void> {
    return new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.changed();
  }

  recover(at: number, inHand?: readonly number[]): Promise<number> {
    return this.#call(() => this.#outbox.recover(at, inHand));
  }

  list(query: Parameters<Outbox["list"]>[0]): ReturnType<Outbox["list"]> {
    return this.#call(() => this.#outbox.list(query));
  }

  nextDueAt(options?: Parameters<Outbox["nextDueAt"]>[0]): Promise<number | undefined> {
    return this.#call(() => this.#outbox.nextDueAt(options));
  }

  claim(options: Parameters<Outbox["claim"]>[0]): ReturnType<Outbox["claim"]> {
    return this.#call(async () => {
      const claimed = await this.#outbox.claim(options);
      this.#sending += claimed.length;
      return claimed;
    });
  }

  recordOutcome(...[id, outcome, options]: Parameters<Outbox["recordOutcome"]>): Promise<void> {
    return this.#call(async () => {
      await this.#outbox.recordOutcome(id, outcome, options);
      this.#outcomes.set(id, [...this.outcomes(id), outcome.kind]);
      this.#sending -= 1;
    });
  }

  release(id: number): Promise<void> {
    return this.#call(async () => {
      await this.#outbox.release(id);
      this.#sending -= 1;
    });
  }

  async #call<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    this.#calls += 1;
    try {
      return await work();
    } finally {
      this.#calls -= 1;
      for (const resolve of this.#waiting) resolve();
      this.#waiting.clear();
    }
  }
}
