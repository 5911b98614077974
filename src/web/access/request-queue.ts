import type { Clock } from "../../core/clock.ts";

export interface Waiting {
  /** Whose request it is: clients take turns. */
  readonly client: string;
  /** Whether nobody waits for the answer any more. */
  readonly isGone: () => boolean;
}

/** `gone`: nobody waits for the answer; `busy`: too many wait, or it waited too long. */
export type Turn = Disposable | "gone" | "busy";

export interface RequestQueueOptions {
  readonly clock: Pick<Clock, "monotonic">;
  /** Requests that are served at once. */
  readonly maxServed: number;
  readonly maxWaiting: number;
  readonly maxWaitingPerClient: number;
  /** Whoever waited longer is told to come back, in milliseconds. */
  readonly maxWaitMs: number;
}

interface Entry extends Waiting {
  readonly since: number;
  readonly begin: (turn: Turn) => void;
}

/**
 * Lets a few requests at a time read the database, the clients in turn. The program itself reads the same database: only what is served
 * can delay it, and a request whose client has left is never served.
 */
export class RequestQueue {
  readonly #options: RequestQueueOptions;
  /** By client; the one that waited longest for its turn first. */
  readonly #waiting = new Map<string, Entry[]>();
  #served = 0;

  constructor(options: RequestQueueOptions) {
    this.#options = options;
  }

  /** Resolves when the request may be served. Disposing the turn lets the next one begin. */
  async turn(request: Waiting): Promise<Turn> {
    const { clock, maxServed, maxWaiting, maxWaitingPerClient } = this.#options;
    if (request.isGone()) return "gone";
    if (this.#served < maxServed) return this.#serve();
    if (this.#isFull(request.client, maxWaitingPerClient, maxWaiting)) {
      this.#dropGone();
      if (this.#isFull(request.client, maxWaitingPerClient, maxWaiting)) return "busy";
    }
    const { promise, resolve } = Promise.withResolvers<Turn>();
    const entries = this.#waiting.get(request.client) ?? [];
    entries.push({ ...request, since: clock.monotonic(), begin: resolve });
    this.#waiting.set(request.client, entries);
    return await promise;
  }

  #serve(): Disposable {
    this.#served += 1;
    let isServed = true;
    return {
      [Symbol.dispose]: () => {
        if (!isServed) return;
        isServed = false;
        this.#served -= 1;
        this.#next();
      },
    };
  }

  #next(): void {
    const { clock, maxWaitMs } = this.#options;
    for (let entry = this.#take(); entry !== undefined; entry = this.#take()) {
      if (entry.isGone()) entry.begin("gone");
      else if (clock.monotonic() - entry.since > maxWaitMs) entry.begin("busy");
      else {
        entry.begin(this.#serve());
        return;
      }
    }
  }

  #take(): Entry | undefined {
    for (const [client, entries] of this.#waiting) {
      this.#waiting.delete(client);
      const entry = entries.shift();
      // Behind the other clients.
      if (entries.length > 0) this.#waiting.set(client, entries);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #isFull(client: string, perClient: number, all: number): boolean {
    if ((this.#waiting.get(client)?.length ?? 0) >= perClient) return true;
    return [...this.#waiting.values()].reduce((count, { length }) => count + length, 0) >= all;
  }

  #dropGone(): void {
    for (const [client, entries] of this.#waiting) {
      const { gone = [], here = [] } = Object.groupBy(entries, (entry) => (entry.isGone() ? "gone" : "here"));
      if (here.length > 0) this.#waiting.set(client, here);
      else this.#waiting.delete(client);
      for (const { begin } of gone) begin("gone");
    }
  }
}
