/** One cap: `perSecond` on average, `burst` at once. */
export interface PaceOptions {
  /** Infinity for no cap. */
  readonly perSecond: number;
  readonly burst: number;
}

/** How far probes may be ahead of an even pace. */
function toleranceMs({ perSecond, burst }: PaceOptions): number {
  return Number.isFinite(perSecond) ? (1000 / perSecond) * Math.max(0, burst - 1) : 0;
}

/** A leaky bucket for all probes: the generic cell rate algorithm (ITU-T I.371), one number of state. */
export class Pace {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  /** When the next probe would be due at an even pace. */
  #due = Number.NEGATIVE_INFINITY;

  constructor(options: PaceOptions) {
    this.#intervalMs = 1000 / options.perSecond;
    this.#toleranceMs = toleranceMs(options);
  }

  /** Milliseconds until a probe may be sent; 0 for now. */
  waitMs(now: number): number {
    return Math.max(0, this.#due - this.#toleranceMs - now);
  }

  /** A probe is sent. */
  spend(now: number): void {
    this.#due = Math.max(now, this.#due) + this.#intervalMs;
  }
}

/** Slots searched for one key. */
const ways = 8;

/**
 * The same for many keys (hosts, networks) in a table of fixed size. A key whose bucket is full again needs no
 * slot, so the slot that is due first is replaced. Only when more keys than slots are busy at once is the state of a key
 * lost too early; then the load is spread so widely that no key gets much.
 */
export class KeyedPace {
  readonly #intervalMs: number;
  readonly #toleranceMs: number;
  readonly #keys: Float64Array;
  readonly #due: Float64Array;
  readonly #mask: number;

  /** @param slots a power of two */
  constructor(options: PaceOptions & { readonly slots: number }) {
    this.#intervalMs = 1000 / options.perSecond;
    this.#toleranceMs = toleranceMs(options);
    const isCapped = Number.isFinite(options.perSecond);
    this.#keys = new Float64Array(isCapped ? options.slots + ways : 0).fill(Number.NaN);
    this.#due = new Float64Array(this.#keys.length);
    this.#mask = options.slots - 1;
  }

  /** Reserves the next free moment of `key`. @returns that moment, on the clock of `now` */
  reserve(key: number, now: number): number {
    if (this.#keys.length === 0) return now;
    const slot = this.#slotOf(key);
    const due = Math.max(now, this.#keys[slot] === key ? (this.#due[slot] ?? 0) : 0);
    this.#keys[slot] = key;
    this.#due[slot] = due + this.#intervalMs;
    return Math.max(now, due - this.#toleranceMs);
  }

  #slotOf(key: number): number {
    const first = (Math.imul(key ^ Math.floor(key / 0x1_0000_0000), 0x9e3779b1) >>> 12) & this.#mask;
    let leastBusy = first;
    for (let slot = first; slot < first + ways; slot++) {
      if (this.#keys[slot] === key) return slot;
      if ((this.#due[slot] ?? 0) < (this.#due[leastBusy] ?? 0)) leastBusy = slot;
    }
    return leastBusy;
  }
}
