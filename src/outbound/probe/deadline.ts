import { maxTimerMs } from "../../core/clock.ts";

/**
 * The time that a whole piece of work may take, however many connections and waits it is made of. Ends early where the
 * caller's signal is aborted.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #endsAt: number;
  readonly #timer: NodeJS.Timeout;
  readonly #abort = () => this.#controller.abort();

  constructor(timeoutMs: number, signal: AbortSignal) {
    this.#outer = signal;
    this.#endsAt = performance.now() + timeoutMs;
    this.#timer = setTimeout(this.#abort, Math.min(timeoutMs, maxTimerMs));
    if (signal.aborted) this.#abort();
    else signal.addEventListener("abort", this.#abort, { once: true });
  }

  /** Aborted when time is up or the caller gave up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isOver(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Milliseconds left; 0 when over. */
  remainingMs(): number {
    return this.isOver ? 0 : Math.max(0, this.#endsAt - performance.now());
  }

  /** A part of this time: it ends after `timeoutMs`, or with the whole. */
  part(timeoutMs: number): Deadline {
    return new Deadline(Math.min(timeoutMs, this.remainingMs()), this.signal);
  }

  /** Frees the timer; work that still waits for the signal is not told. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#abort);
  }
}
