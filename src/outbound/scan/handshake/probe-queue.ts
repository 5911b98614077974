/** First in, first out, of bounded size, allocating nothing after construction. */
export class ProbeQueue {
  readonly #endpoints: Float64Array;
  readonly #tries: Uint8Array;
  #head = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#endpoints = new Float64Array(capacity);
    this.#tries = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get capacity(): number {
    return this.#endpoints.length;
  }

  push(endpoint: number, tries: number): void {
    if (this.#length === this.#endpoints.length) throw new RangeError("the probe queue is full");
    const tail = (this.#head + this.#length) % this.#endpoints.length;
    this.#endpoints[tail] = endpoint;
    this.#tries[tail] = tries;
    this.#length += 1;
  }

  get firstEndpoint(): number {
    return this.#endpoints[this.#head] ?? -1;
  }

  get firstTries(): number {
    return this.#tries[this.#head] ?? 0;
  }

  dropFirst(): void {
    this.#head = (this.#head + 1) % this.#endpoints.length;
    this.#length -= 1;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.#length; i++) yield this.#endpoints[(this.#head + i) % this.#endpoints.length] ?? -1;
  }
}
