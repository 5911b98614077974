export interface RoundTripOptions {
  /** The time-out is never shorter; milliseconds. */
  readonly floorMs: number;
  /** The time-out before the first answer; it is never longer. */
  readonly ceilingMs: number;
}

/**
 * How long an answer may take, learnt from answers: SRTT + 4 * RTTVAR (RFC 6298 section 2), over all hosts of a scan. A scan
 * mixes near and far hosts, so the slowest recent answer counts as well, fading by half every 1,000 answers.
 */
export class RoundTrip {
  readonly #floorMs: number;
  readonly #ceilingMs: number;
  #smoothed = 0;
  #variation = 0;
  #slowest = 0;
  #samples = 0;

  constructor(options: RoundTripOptions) {
    this.#floorMs = options.floorMs;
    this.#ceilingMs = options.ceilingMs;
  }

  get samples(): number {
    return this.#samples;
  }

  add(ms: number): void {
    this.#samples += 1;
    if (this.#samples === 1) {
      this.#smoothed = ms;
      this.#variation = ms / 2;
    } else {
      this.#variation += (Math.abs(this.#smoothed - ms) - this.#variation) / 4;
      this.#smoothed += (ms - this.#smoothed) / 8;
    }
    this.#slowest = Math.max(ms, this.#slowest * 0.9993);
  }

  /** The time-out of a probe, in milliseconds. */
  get timeoutMs(): number {
    if (this.#samples === 0) return this.#ceilingMs;
    const wanted = Math.max(this.#smoothed + 4 * this.#variation, 2 * this.#slowest);
    return Math.min(this.#ceilingMs, Math.max(this.#floorMs, wanted));
  }
}
