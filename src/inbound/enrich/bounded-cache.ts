import type { Clock } from "../../core/clock.ts";

/** At most `capacity` entries; the one that was used longest ago makes room. */
export class LeastRecentlyUsed<Key, Value> {
  readonly #capacity: number;
  readonly #entries = new Map<Key, Value>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    if (this.#capacity <= 0) return;
    this.#entries.delete(key);
    if (this.#entries.size >= this.#capacity) {
      // A map keeps the order of insertion, so its first key is the one to go.
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(key, value);
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }
}

/** The same, and every entry has a time to live. */
export class BoundedCache<Key, Value> {
  readonly #entries: LeastRecentlyUsed<Key, { readonly value: Value; readonly until: number }>;
  readonly #clock: Clock;

  constructor(capacity: number, clock: Clock) {
    this.#entries = new LeastRecentlyUsed(capacity);
    this.#clock = clock;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#clock.monotonic() < entry.until) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: Key, value: Value, timeToLiveMs: number): void {
    this.#entries.set(key, { value, until: this.#clock.monotonic() + timeToLiveMs });
  }
}
