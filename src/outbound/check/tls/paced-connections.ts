import { setTimeout as pause } from "node:timers/promises";
import type { Deadline } from "../../probe/deadline.ts";

/** Side by side while the server takes all of them. */
const maxAtOnce = 2;
/** Between the starts of two connections; servers that count connections count them per second or minute. */
const minSpacingMs = 10;
const firstBackOffMs = 250;
const maxBackOffMs = 4000;
/** So many refusals in a row, with growing pauses between them, say that the server will not have us for a while. */
const maxRefusalsInRow = 6;

/**
 * Spaces the many connections of one check to one server. Two at once at first; after the first refusal one at a time, with
 * pauses that double at each refusal (250 ms to 4 s) and shrink slowly when the server takes connections again.
 */
export class PacedConnections {
  readonly #deadline: Deadline;
  #left: number;
  #opened = 0;
  #refused = 0;
  #refusedInRow = 0;
  #reason: string | undefined;
  #spacingMs = minSpacingMs;
  #running = 0;
  #nextStart = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param most connections in all */
  constructor(most: number, deadline: Deadline) {
    this.#left = most;
    this.#deadline = deadline;
  }

  get opened(): number {
    return this.#opened;
  }

  get refused(): number {
    return this.#refused;
  }

  /** What the last refusal was. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** No more connections: time is up, too many were made, or the server turns all away. */
  get isOver(): boolean {
    return this.#deadline.isOver || this.#left <= 0 || this.#refusedInRow >= maxRefusalsInRow;
  }

  /** Runs `connect` when it is its turn. `undefined` where there will be no turn. */
  async run<T>(connect: () => Promise<T>): Promise<T | undefined> {
    while (this.#running >= (this.#refused === 0 ? maxAtOnce : 1)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running += 1;
    try {
      const now = performance.now();
      const startAt = Math.max(now, this.#nextStart);
      this.#nextStart = startAt + this.#spacingMs;
      // The pause would outlast the time that is left.
      if (startAt - now > this.#deadline.remainingMs()) this.#left = 0;
      else if (startAt > now) await pause(startAt - now, undefined, { signal: this.#deadline.signal }).catch(() => {});
      if (this.isOver) return undefined;
      this.#left -= 1;
      this.#opened += 1;
      return await connect();
    } finally {
      this.#running -= 1;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  /** The server took a connection and spoke TLS. */
  wasTaken(): void {
    this.#refusedInRow = 0;
    this.#spacingMs = Math.max(minSpacingMs, this.#spacingMs * 0.8);
  }

  /** The server turned a connection away, for what was before it and not for what was said on it. */
  wasRefused(reason: string): void {
    this.#refused += 1;
    this.#refusedInRow += 1;
    this.#reason = reason;
    this.#spacingMs = Math.min(maxBackOffMs, Math.max(firstBackOffMs, this.#spacingMs * 2));
    this.#nextStart = Math.max(this.#nextStart, performance.now() + this.#spacingMs);
  }
}
