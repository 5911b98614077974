/** The latest durations, up to a number, and their quantiles. */
export class Latencies {
  readonly #values: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
  }

  add(ms: number): void {
    this.#values[this.#count % this.#values.length] = ms;
    this.#count += 1;
  }

  /** @param share from 0 to 1 */
  at(share: number): number {
    const sorted = this.#values.slice(0, Math.min(this.#count, this.#values.length)).sort();
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  }
}

/** More than a record queue can hold. */
const waitingAtMost = 2 ** 17;

/** When waiting connections began to wait, first in, first out. It hardly affects the measurement: an array is only written to. */
export class Waiting {
  readonly #times = new Float64Array(waitingAtMost);
  #added = 0;
  #taken = 0;

  add(at: number): void {
    this.#times[this.#added++ % waitingAtMost] = at;
  }

  take(): number {
    return this.#times[this.#taken++ % waitingAtMost] ?? 0;
  }
}
