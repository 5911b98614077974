/** Probes that wait for their moment, earliest first: a binary heap in typed arrays, of bounded size. */
export class DelayedProbes {
  readonly #endpoints: Float64Array;
  readonly #tries: Uint8Array;
  readonly #due: Float64Array;
  #length = 0;

  constructor(capacity: number) {
    this.#endpoints = new Float64Array(capacity);
    this.#tries = new Uint8Array(capacity);
    this.#due = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.#due.length;
  }

  /** Infinity when empty. */
  get firstDue(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : (this.#due[0] ?? 0);
  }

  get firstEndpoint(): number {
    return this.#endpoints[0] ?? -1;
  }

  get firstTries(): number {
    return this.#tries[0] ?? 0;
  }

  /** @param due a moment of the monotonic clock */
  add(endpoint: number, tries: number, due: number): void {
    if (this.isFull) throw new RangeError("too many delayed probes");
    let at = this.#length;
    this.#length += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((this.#due[parent] ?? 0) <= due) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#place(at, endpoint, tries, due);
  }

  dropFirst(): void {
    this.#length -= 1;
    const last = this.#length;
    const due = this.#due[last] ?? 0;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= last) break;
      if (child + 1 < last && (this.#due[child + 1] ?? 0) < (this.#due[child] ?? 0)) child += 1;
      if ((this.#due[child] ?? 0) >= due) break;
      this.#move(child, at);
      at = child;
    }
    this.#place(at, this.#endpoints[last] ?? -1, this.#tries[last] ?? 0, due);
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.#length; i++) yield this.#endpoints[i] ?? -1;
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#endpoints[from] ?? -1, this.#tries[from] ?? 0, this.#due[from] ?? 0);
  }

  #place(at: number, endpoint: number, tries: number, due: number): void {
    this.#endpoints[at] = endpoint;
    this.#tries[at] = tries;
    this.#due[at] = due;
  }
}
