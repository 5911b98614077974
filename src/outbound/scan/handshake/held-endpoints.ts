const none = -1;

/** Endpoints that wait until it is known whether their host is up, in lists by host: bounded, without an allocation for each. */
export class HeldEndpoints {
  readonly #endpoints: Float64Array;
  readonly #next: Int32Array;
  readonly #lists = new Map<number, { first: number; last: number; count: number }>();
  #free = none;
  #fresh = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#endpoints = new Float64Array(capacity);
    this.#next = new Int32Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.#next.length;
  }

  has(host: number): boolean {
    return this.#lists.has(host);
  }

  /** How many endpoints of a host are held. */
  countOf(host: number): number {
    return this.#lists.get(host)?.count ?? 0;
  }

  /** Behind the others of its host. */
  add(host: number, endpoint: number): void {
    if (this.isFull) throw new RangeError("too many held endpoints");
    const slot = this.#takeSlot();
    this.#endpoints[slot] = endpoint;
    this.#next[slot] = none;
    const list = this.#lists.get(host);
    if (list === undefined) this.#lists.set(host, { first: slot, last: slot, count: 1 });
    else {
      this.#next[list.last] = slot;
      list.last = slot;
      list.count += 1;
    }
    this.#length += 1;
  }

  /** Takes the first endpoint of a host, which must have one. */
  take(host: number): number {
    const list = this.#lists.get(host);
    if (list === undefined) throw new RangeError("no endpoint of this host is held");
    const slot = list.first;
    const next = this.#next[slot] ?? none;
    list.count -= 1;
    if (next === none) this.#lists.delete(host);
    else list.first = next;
    this.#next[slot] = this.#free;
    this.#free = slot;
    this.#length -= 1;
    return this.#endpoints[slot] ?? none;
  }

  *[Symbol.iterator](): Generator<number> {
    for (const { first } of this.#lists.values()) {
      for (let slot = first; slot !== none; slot = this.#next[slot] ?? none) yield this.#endpoints[slot] ?? none;
    }
  }

  #takeSlot(): number {
    if (this.#free === none) {
      this.#fresh += 1;
      return this.#fresh - 1;
    }
    const slot = this.#free;
    this.#free = this.#next[slot] ?? none;
    return slot;
  }
}
