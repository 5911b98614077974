import type { Address } from "../../core/address.ts";
import { type Burst, BurstCount, type CountedConnection } from "../alert/burst.ts";
import { NeighbourCount, networkOf, type SharedCooldown } from "./cooldown-key.ts";
import { DueQueue } from "./due-queue.ts";

export interface CooldownSettings extends SharedCooldown {
  /**
   * After an alert, further connections of the address are suppressed and counted for this long. 0: each one alerts.
   */
  readonly cooldownMs: number;
  /** Without summaries: how long a count is kept in case the address connects again. */
  readonly forgetMs: number;
  /** Maximum number of entries; the address that connected least recently is evicted first. */
  readonly limit: number;
  /** A summary reports the count once the address has not connected for a while after its cooldown. */
  readonly summaries: boolean;
}

/** The summary follows when an address has not connected for this long, or for the cooldown where that is shorter. */
const maxSilenceMs = 5 * 60_000;

export function silenceMsOf({ cooldownMs }: CooldownSettings): number {
  return Math.min(cooldownMs, maxSilenceMs);
}

function forgetMsOf({ forgetMs, cooldownMs }: CooldownSettings): number {
  return Math.max(forgetMs, cooldownMs);
}

/** One address, or one network, with the time of its last alert and its connections since then. */
export class CooldownEntry {
  readonly key: string;
  /** When the last alert was sent. */
  alertedAt: number;
  seenAt: number;
  /** Its last alert was a digest. */
  inDigest = false;
  dueAt = 0;
  /** It is in the queue. */
  isQueued = false;
  isRemoved = false;
  /** Links of the list in the order of the last connection. */
  older: CooldownEntry | undefined;
  newer: CooldownEntry | undefined;
  /** The address that connected last. */
  address: Address;
  /** The address of the last alert. */
  #alertedAddress: Address | undefined;
  #burst: BurstCount | undefined;

  constructor(key: string, address: Address) {
    this.key = key;
    this.address = address;
    this.alertedAt = Number.NEGATIVE_INFINITY;
    this.seenAt = Number.NEGATIVE_INFINITY;
  }

  /** Connections since the last alert. */
  get suppressed(): number {
    return this.#burst?.connections ?? 0;
  }

  suppress(connection: CountedConnection): void {
    this.#burst ??= new BurstCount();
    this.#burst.add(connection);
  }

  /** Returns the count, and resets it. */
  takeBurst(): Burst | undefined {
    const burst = this.#burst?.read(this.address, this.#alertedAddress);
    this.#burst = undefined;
    if (burst === undefined || this.key === this.address) return burst;
    return { ...burst, network: networkOf(this.address) };
  }

  /** An alert about its address is sent. @returns what was counted before */
  markAlerted(now: number): Burst | undefined {
    const before = this.takeBurst();
    this.#alertedAddress = this.address;
    this.alertedAt = now;
    return before;
  }
}

/**
 * The memory behind the cooldown: when each address had its last alert, and what it did since. An entry stays through
 * its cooldown, and after that while a count waits to be reported.
 */
export class CooldownTable {
  #settings: CooldownSettings;
  #silenceMs: number;
  #forgetMs: number;
  readonly #known = new Map<string, CooldownEntry>();
  #neighbours = new NeighbourCount();
  // A linked list: finding the first key of a Map that lost many keys is slow.
  #oldest: CooldownEntry | undefined;
  #newest: CooldownEntry | undefined;
  readonly #queue = new DueQueue<CooldownEntry>();
  readonly #onEvicted: (burst: Burst, now: number) => void;
  #latest = Number.NEGATIVE_INFINITY;

  /** @param onEvicted receives counts that were evicted before they were reported */
  constructor(settings: CooldownSettings, onEvicted: (burst: Burst, now: number) => void) {
    this.#settings = settings;
    this.#silenceMs = silenceMsOf(settings);
    this.#forgetMs = forgetMsOf(settings);
    this.#onEvicted = onEvicted;
  }

  /** Changes the settings. Times of alerts and counts stay. */
  adjust(settings: CooldownSettings, now: number): void {
    this.#settings = settings;
    this.#silenceMs = silenceMsOf(settings);
    this.#forgetMs = forgetMsOf(settings);
    this.#neighbours = new NeighbourCount();
    this.#queue.keep(() => false);
    for (const entry of this.#known.values()) {
      if (entry.key === entry.address) this.#neighbours.added(entry.address, settings);
      this.#enqueue(entry, this.#expiresAt(entry));
    }
    while (this.#known.size > settings.limit) this.#evictOldest(now);
  }

  get size(): number {
    return this.#known.size;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** When the next entry is due. */
  get nextAt(): number | undefined {
    return this.#queue.nextAt;
  }

  /** Finds or makes the entry of an address, and makes it the most recent one. */
  touch(address: Address, now: number): CooldownEntry {
    // In a flood most addresses have an entry of their own: one lookup instead of two.
    let entry = this.#known.get(address);
    const key = entry === undefined ? this.#neighbours.keyOf(address, this.#settings) : address;
    if (key !== address) entry = this.#known.get(key);
    if (entry === undefined) {
      if (this.#known.size >= this.#settings.limit) this.#evictOldest(now);
      entry = new CooldownEntry(key, address);
      this.#known.set(key, entry);
      if (key === address) this.#neighbours.added(address, this.#settings);
    } else {
      this.#unlink(entry);
      // Keeps the earlier string: a new one would outlive its connection.
      if (entry.address !== address) entry.address = address;
    }
    entry.seenAt = now;
    this.#linkAsNewest(entry);
    return entry;
  }

  /** A summary about an address, or its network, was sent: removes the entry. */
  summarized({ address, network }: Pick<Burst, "address" | "network">): void {
    const entry = this.#known.get(network ?? this.#keyOf(address));
    if (entry !== undefined) this.remove(entry);
  }

  isCooling(entry: CooldownEntry, now: number): boolean {
    // The wall clock went back: restart the cooldown, or it would last for as long as the jump was.
    if (now < entry.alertedAt) entry.alertedAt = now;
    return now - entry.alertedAt < this.#settings.cooldownMs;
  }

  /** An alert about the address is sent. @returns what was counted before */
  alerted(entry: CooldownEntry, now: number, inDigest: boolean): Burst | undefined {
    const before = entry.markAlerted(now);
    entry.inDigest = inDigest;
    if (this.#settings.cooldownMs === 0) this.remove(entry);
    else if (!entry.isQueued) this.#enqueue(entry, now + this.#settings.cooldownMs);
    return before;
  }

  /** Removes and returns the bursts that are over by `now` and not reported. */
  takeSilentBursts(now: number): Burst[] {
    const silent: Burst[] = [];
    if (now < this.#latest) this.#clockWentBack(now);
    this.#latest = now;
    for (let entry = this.#queue.pop(now); entry !== undefined; entry = this.#queue.pop(now)) {
      entry.isQueued = false;
      if (entry.isRemoved) continue;
      const next = this.#expiresAt(entry);
      if (next > now) {
        this.#enqueue(entry, next);
        continue;
      }
      this.remove(entry);
      const burst = entry.takeBurst();
      if (burst !== undefined && this.#settings.summaries) silent.push(burst);
    }
    return silent;
  }

  /** Otherwise every entry would wait for as long as the jump was. */
  #clockWentBack(now: number): void {
    this.#queue.keep(() => false);
    for (const entry of this.#known.values()) {
      entry.alertedAt = Math.min(entry.alertedAt, now);
      entry.seenAt = Math.min(entry.seenAt, now);
      this.#enqueue(entry, this.#expiresAt(entry));
    }
  }

  /** When the entry can be removed, in its present state. */
  #expiresAt(entry: CooldownEntry): number {
    const cooled = entry.alertedAt + this.#settings.cooldownMs;
    if (entry.suppressed === 0) return cooled;
    return this.#settings.summaries
      ? Math.max(cooled, entry.seenAt + this.#silenceMs)
      : Math.max(cooled, entry.seenAt + this.#forgetMs);
  }

  #enqueue(entry: CooldownEntry, dueAt: number): void {
    entry.dueAt = dueAt;
    entry.isQueued = true;
    this.#queue.push(entry);
    // Removed entries stay in the queue until they are due; this bounds their number.
    if (this.#queue.size > this.#settings.limit * 2) this.#queue.keep((queued) => !queued.isRemoved);
  }

  #evictOldest(now: number): void {
    const oldest = this.#oldest;
    if (oldest === undefined) return;
    this.remove(oldest);
    const burst = oldest.takeBurst();
    if (burst !== undefined) this.#onEvicted(burst, now);
  }

  /** Removes an entry: the next connection of its address alerts again. */
  remove(entry: CooldownEntry): void {
    this.#known.delete(entry.key);
    if (entry.key === entry.address) this.#neighbours.removed(entry.address);
    this.#unlink(entry);
    entry.isRemoved = true;
  }

  #keyOf(address: Address): string {
    return this.#known.has(address) ? address : this.#neighbours.keyOf(address, this.#settings);
  }

  #linkAsNewest(entry: CooldownEntry): void {
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #unlink(entry: CooldownEntry): void {
    if (entry.older === undefined) this.#oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === undefined) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    entry.older = undefined;
    entry.newer = undefined;
  }
}
