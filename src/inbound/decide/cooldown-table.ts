import type { Address } from "../../core/address.ts";
import { type AlertedConnection, type Burst, BurstCount } from "../alert/burst.ts";
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
const longestSilenceMs = 5 * 60_000;

function silenceMsOf({ cooldownMs }: CooldownSettings): number {
  return Math.min(cooldownMs, longestSilenceMs);
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
  isForgotten = false;
  /** Neighbours in the order in which they were heard of. */
  older: CooldownEntry | undefined;
  newer: CooldownEntry | undefined;
  /** The one heard of last. */
  address: Address;
  /** The one that was told of last. */
  #told: Address | undefined;
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

  suppress(knocked: AlertedConnection): void {
    this.#burst ??= new BurstCount();
    this.#burst.add(knocked);
  }

  /** What was counted; the count begins anew. */
  takeBurst(): Burst | undefined {
    const burst = this.#burst?.read(this.address, this.#told);
    this.#burst = undefined;
    if (burst === undefined || this.key === this.address) return burst;
    return { ...burst, network: networkOf(this.address) };
  }

  /** Its address is being told of. @returns what was counted before */
  tell(now: number): Burst | undefined {
    const before = this.takeBurst();
    this.#told = this.address;
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
  readonly #onForgotten: (burst: Burst, now: number) => void;
  #latest = Number.NEGATIVE_INFINITY;

  /** @param onForgotten hears of counts that had to make room before anybody was told */
  constructor(settings: CooldownSettings, onForgotten: (burst: Burst, now: number) => void) {
    this.#settings = settings;
    this.#silenceMs = silenceMsOf(settings);
    this.#forgetMs = forgetMsOf(settings);
    this.#onForgotten = onForgotten;
  }

  /** Other settings from now on. Who was told of when, and what was counted since, stays. */
  adjust(settings: CooldownSettings, now: number): void {
    this.#settings = settings;
    this.#silenceMs = silenceMsOf(settings);
    this.#forgetMs = forgetMsOf(settings);
    this.#neighbours = new NeighbourCount();
    this.#queue.keep(() => false);
    for (const met of this.#known.values()) {
      if (met.key === met.address) this.#neighbours.added(met.address, settings);
      this.#enqueue(met, this.#settledAt(met));
    }
    while (this.#known.size > settings.limit) this.#forgetOldest(now);
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
  meet(address: Address, now: number): CooldownEntry {
    // In a flood most are known by their own address: one look instead of two.
    let met = this.#known.get(address);
    const key = met === undefined ? this.#neighbours.keyOf(address, this.#settings) : address;
    if (key !== address) met = this.#known.get(key);
    if (met === undefined) {
      if (this.#known.size >= this.#settings.limit) this.#forgetOldest(now);
      met = new CooldownEntry(key, address);
      this.#known.set(key, met);
      if (key === address) this.#neighbours.added(address, this.#settings);
    } else {
      this.#unlink(met);
      // The same address in another text would outlive its connection for nothing.
      if (met.address !== address) met.address = address;
    }
    met.seenAt = now;
    this.#linkAsNewest(met);
    return met;
  }

  /** A summary told of an address, or of a network that it is in: there is nothing left to remember. */
  summarized({ address, network }: Pick<Burst, "address" | "network">): void {
    const met = this.#known.get(network ?? this.#keyOf(address));
    if (met !== undefined) this.forget(met);
  }

  isCooling(met: CooldownEntry, now: number): boolean {
    // The wall clock went back: the cooldown begins anew, or it would last for as long as the jump was.
    if (now < met.alertedAt) met.alertedAt = now;
    return now - met.alertedAt < this.#settings.cooldownMs;
  }

  /** The address is being told of. @returns what it did before */
  alerted(met: CooldownEntry, now: number, inDigest: boolean): Burst | undefined {
    const before = met.tell(now);
    met.inDigest = inDigest;
    if (this.#settings.cooldownMs === 0) this.forget(met);
    else if (!met.isQueued) this.#enqueue(met, now + this.#settings.cooldownMs);
    return before;
  }

  /** The bursts that are over by `now` and that nobody was told of. */
  fallenSilent(now: number): Burst[] {
    const silent: Burst[] = [];
    if (now < this.#latest) this.#clockWentBack(now);
    this.#latest = now;
    for (let met = this.#queue.pop(now); met !== undefined; met = this.#queue.pop(now)) {
      met.isQueued = false;
      if (met.isForgotten) continue;
      const next = this.#settledAt(met);
      if (next > now) {
        this.#enqueue(met, next);
        continue;
      }
      this.forget(met);
      const burst = met.takeBurst();
      if (burst !== undefined && this.#settings.summaries) silent.push(burst);
    }
    return silent;
  }

  /** Otherwise everything would wait for as long as the jump was. */
  #clockWentBack(now: number): void {
    this.#queue.keep(() => false);
    for (const met of this.#known.values()) {
      met.alertedAt = Math.min(met.alertedAt, now);
      met.seenAt = Math.min(met.seenAt, now);
      this.#enqueue(met, this.#settledAt(met));
    }
  }

  /** When there is nothing left to remember of it, as things stand. */
  #settledAt(met: CooldownEntry): number {
    const cooled = met.alertedAt + this.#settings.cooldownMs;
    if (met.suppressed === 0) return cooled;
    return this.#settings.summaries
      ? Math.max(cooled, met.seenAt + this.#silenceMs)
      : Math.max(cooled, met.seenAt + this.#forgetMs);
  }

  #enqueue(met: CooldownEntry, dueAt: number): void {
    met.dueAt = dueAt;
    met.isQueued = true;
    this.#queue.push(met);
    // The forgotten stay in the queue until they are due: not without a bound.
    if (this.#queue.size > this.#settings.limit * 2) this.#queue.keep((queued) => !queued.isForgotten);
  }

  #forgetOldest(now: number): void {
    const oldest = this.#oldest;
    if (oldest === undefined) return;
    this.forget(oldest);
    const burst = oldest.takeBurst();
    if (burst !== undefined) this.#onForgotten(burst, now);
  }

  /** The address is as good as new. */
  forget(met: CooldownEntry): void {
    this.#known.delete(met.key);
    if (met.key === met.address) this.#neighbours.removed(met.address);
    this.#unlink(met);
    met.isForgotten = true;
  }

  #keyOf(address: Address): string {
    return this.#known.has(address) ? address : this.#neighbours.keyOf(address, this.#settings);
  }

  #linkAsNewest(met: CooldownEntry): void {
    met.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = met;
    else this.#newest.newer = met;
    this.#newest = met;
  }

  #unlink(met: CooldownEntry): void {
    if (met.older === undefined) this.#oldest = met.newer;
    else met.older.newer = met.newer;
    if (met.newer === undefined) this.#newest = met.older;
    else met.newer.older = met.older;
    met.older = undefined;
    met.newer = undefined;
  }
}
