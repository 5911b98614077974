import { LRUCache } from "lru-cache";
import type { Clock } from "../../core/clock.ts";

/** At most `capacity` entries, each with a time to live. The least recently used one makes room. */
export class ExpiringCache<Key extends NonNullable<unknown>, Value extends NonNullable<unknown>> {
  /** Absent for a capacity of 0, which `lru-cache` reads as "no limit". */
  readonly #entries: LRUCache<Key, Value> | undefined;

  constructor(capacity: number, clock: Clock) {
    if (capacity === 0) return;
    this.#entries = new LRUCache({
      max: capacity,
      // To `lru-cache`, a start at 0 means an entry that never expires.
      perf: { now: () => clock.monotonic() + 1 },
      ttlResolution: 0,
    });
  }

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  get(key: Key): Value | undefined {
    return this.#entries?.get(key);
  }

  set(key: Key, value: Value, timeToLiveMs: number): void {
    this.#entries?.set(key, value, { ttl: timeToLiveMs });
  }
}
