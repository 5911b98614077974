import type { Address } from "../../core/address.ts";
import { type Burst, BurstCount, type CountedConnection } from "../alert/burst.ts";
import { NeighbourCount, networkOf, type SharedCooldown } from "./cooldown-key.ts";
import { DueQueue } from "./due-queue.ts";

export interface CooldownSettings extends SharedCooldown {
  /** After an alert, further connections of the address are counted in silence for this long. 0: every one alerts. */
  readonly cooldownMs: number;
  /** Without summaries: how long what was counted waits for the address to come back. */
  readonly forgetMs: number;
  /** Addresses remembered at most; the longest unheard of is forgotten first. */
  readonly limit: number;
  /** Counts are told of in summaries once the address has been silent for a while after its cooldown. */
  readonly summaries: boolean;
}

/** How long an address must be silent after its cooldown, unless the cooldown itself is shorter. */
const maxSilenceMs = 5 * 60_000;

function silenceMsOf({ cooldownMs }: CooldownSettings): number {
  return Math.min(cooldownMs, maxSilenceMs);
}

function forgetMsOf({ forgetMs, cooldownMs }: CooldownSettings): number {
  return Math.max(forgetMs, cooldownMs);
}

/** One address, or one network, that was told of, and what it did since. */
export class CooldownEntry {
  readonly key: string;
  /** When it was last told of. */
  alertedAt: number;
  seenAt: number;
  /** It was told of in a digest. */
  inDigest = false;
  dueAt = 0;
  /** In the queue of what is due. */
  isQueued = false;
  isRemoved = false;
  /** Neighbours in the order in which they were heard of. */
  older: CooldownEntry | undefined;
  newer: CooldownEntry | undefined;
  /** The one heard of last. */
  address: Address;
  /** The one that was told of last. */
  #alertedAddress: Address | undefined;
  #burst: BurstCount | undefined;

  constructor(key: string, address: Address) {
    this.key = key;
    this.address = address;
    this.alertedAt = Number.NEGATIVE_INFINITY;
    this.seenAt = Number.NEGATIVE_INFINITY;
  }

  /** Connections since it was last told of. */
  get suppressed(): number {
    return this.#burst?.connections ?? 0;
  }

  suppress(connection: CountedConnection): void {
    this.#burst ??= new BurstCount();
    this.#burst.add(connection);
  }

  /** What was counted; the count begins anew. */
  takeBurst(): Burst | undefined {
    const burst = this.#burst?.read(this.address, this.#alertedAddress);
    this.#burst = undefined;
    if (burst === undefined || this.key === this.address) return burst;
    return { ...burst, network: networkOf(this.address) };
  }

  /** Its address is being told of. @returns what was counted before */
  markAlerted(now: number): Burst | undefined {
    const before = this.takeBurst();
    this.#alertedAddress = this.address;
    this.alertedAt = now;
    return before;
  }
}

/**
 * The memory behind the cooldown: which addresses were told of, when, and what each did since. An address stands here
 * only as long as that matters: through its cooldown, and after it while something counted waits to be told.
 */
export class CooldownTable {
  #settings: CooldownSettings;
  #silenceMs: number;
  #forgetMs: number;
  readonly #known = new Map<string, CooldownEntry>();
  #neighbours = new NeighbourCount();
  // The order stands in the entries themselves: to find the first key of a map that lost many takes long.
  #oldest: CooldownEntry | undefined;
  #newest: CooldownEntry | undefined;
  readonly #queue = new DueQueue<CooldownEntry>();
  readonly #onEvicted: (burst: Burst, now: number) => void;
  #latest = Number.NEGATIVE_INFINITY;

  /** @param onForgotten hears of counts that had to make room before anybody was told */
  constructor(settings: CooldownSettings, onEvicted: (burst: Burst, now: number) => void) {
    this.#settings = settings;
    this.#silenceMs = silenceMsOf(settings);
    this.#forgetMs = forgetMsOf(settings);
    this.#onEvicted = onEvicted;
  }

  /** Other settings from now on. Who was told of when, and what was counted since, stays. */
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

  /** When something may be due; it may turn out to be nothing. */
  get nextAt(): number | undefined {
    return this.#queue.nextAt;
  }

  /** The acquaintance behind an address, new or known; it becomes the one heard of last. */
  touch(address: Address, now: number): CooldownEntry {
    // In a flood most are known by their own address: one look instead of two.
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
      // The same address in another text would outlive its connection for nothing.
      if (entry.address !== address) entry.address = address;
    }
    entry.seenAt = now;
    this.#linkAsNewest(entry);
    return entry;
  }

  /** A summary told of an address, or of a network that it is in: there is nothing left to remember. */
  summarized({ address, network }: Pick<Burst, "address" | "network">): void {
    const entry = this.#known.get(network ?? this.#keyOf(address));
    if (entry !== undefined) this.remove(entry);
  }

  isCooling(entry: CooldownEntry, now: number): boolean {
    // The wall clock went back: the cooldown begins anew, or it would last for as long as the jump was.
    if (now < entry.alertedAt) entry.alertedAt = now;
    return now - entry.alertedAt < this.#settings.cooldownMs;
  }

  /** The address is being told of. @returns what it did before */
  alerted(entry: CooldownEntry, now: number, inDigest: boolean): Burst | undefined {
    const before = entry.markAlerted(now);
    entry.inDigest = inDigest;
    if (this.#settings.cooldownMs === 0) this.remove(entry);
    else if (!entry.isQueued) this.#enqueue(entry, now + this.#settings.cooldownMs);
    return before;
  }

  /** The bursts that are over by `now` and that nobody was told of. */
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

  /** Otherwise everything would wait for as long as the jump was. */
  #clockWentBack(now: number): void {
    this.#queue.keep(() => false);
    for (const entry of this.#known.values()) {
      entry.alertedAt = Math.min(entry.alertedAt, now);
      entry.seenAt = Math.min(entry.seenAt, now);
      this.#enqueue(entry, this.#expiresAt(entry));
    }
  }

  /** When there is nothing left to remember of it, as things stand. */
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
    // The forgotten stay in the queue until they are due: not without a bound.
    if (this.#queue.size > this.#settings.limit * 2) this.#queue.keep((queued) => !queued.isRemoved);
  }

  #evictOldest(now: number): void {
    const oldest = this.#oldest;
    if (oldest === undefined) return;
    this.remove(oldest);
    const burst = oldest.takeBurst();
    if (burst !== undefined) this.#onEvicted(burst, now);
  }

  /** The address is as good as new. */
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
