import { maxTimerMs } from "../../core/clock.ts";

/**
 * The time limit of one piece of work, which may need several connections and waits. Ends early when the caller's signal
 * is aborted.
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

  /** A shorter limit within this one: ends after `timeoutMs`, or with this one. */
  part(timeoutMs: number): Deadline {
    return new Deadline(Math.min(timeoutMs, this.remainingMs()), this.signal);
  }

  /** Frees the timer; the signal is not aborted. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#abort);
  }
}
