import { setTimeout as pause } from "node:timers/promises";
import pLimit from "p-limit";
import type { Deadline } from "../../probe/deadline.ts";

/** Connections at the same time, until the server refuses one. */
const maxConcurrency = 2;
/** Between the starts of two connections; servers that limit connections count them per second or minute. */
const minSpacingMs = 10;
const firstBackOffMs = 250;
const maxBackOffMs = 4000;
/** After so many refusals in a row, with growing pauses between them, no more connections are made. */
const maxRefusalsInRow = 6;

/**
 * Paces the many connections of one check to one server: two at the same time at first; after the first refusal one, with pauses
 * that double at each refusal (250 ms to 4 s) and shrink slowly when the server accepts connections again.
 */
export class PacedConnections {
  readonly #deadline: Deadline;
  readonly #limit = pLimit(maxConcurrency);
  #left: number;
  #opened = 0;
  #refused = 0;
  #refusedInRow = 0;
  #reason: string | undefined;
  #spacingMs = minSpacingMs;
  #nextStart = 0;

  /** @param max connections in all */
  constructor(max: number, deadline: Deadline) {
    this.#left = max;
    this.#deadline = deadline;
  }

  get opened(): number {
    return this.#opened;
  }

  get refused(): number {
    return this.#refused;
  }

  /** The reason of the last refusal. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** No more connections are made: time is up, the maximum is reached, or the server refuses all. */
  get isOver(): boolean {
    return this.#deadline.isOver || this.#left <= 0 || this.#refusedInRow >= maxRefusalsInRow;
  }

  /** Runs `connect` when the pace allows it; `undefined` where no more connections are made. */
  async run<T>(connect: () => Promise<T>): Promise<T | undefined> {
    return await this.#limit(async () => {
      const now = performance.now();
      const startAt = Math.max(now, this.#nextStart);
      this.#nextStart = startAt + this.#spacingMs;
      // The pause would exceed the time that is left.
      if (startAt - now > this.#deadline.remainingMs()) this.#left = 0;
      else if (startAt > now) await pause(startAt - now, undefined, { signal: this.#deadline.signal }).catch(() => {});
      if (this.isOver) return undefined;
      this.#left -= 1;
      this.#opened += 1;
      return await connect();
    });
  }

  /** The server accepted a connection and answered in TLS. */
  wasAccepted(): void {
    this.#refusedInRow = 0;
    this.#spacingMs = Math.max(minSpacingMs, this.#spacingMs * 0.8);
  }

  /** The server refused a connection because of earlier ones, not because of what was sent on it. */
  wasRefused(reason: string): void {
    this.#limit.concurrency = 1;
    this.#refused += 1;
    this.#refusedInRow += 1;
    this.#reason = reason;
    this.#spacingMs = Math.min(maxBackOffMs, Math.max(firstBackOffMs, this.#spacingMs * 2));
    this.#nextStart = Math.max(this.#nextStart, performance.now() + this.#spacingMs);
  }
}
