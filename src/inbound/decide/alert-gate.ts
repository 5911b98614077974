// Decides which connections become alerts. A connection comes in, one word about it goes out; what was not told one by
// one comes out later as summaries and digests. Pure: no clock of its own, nothing is sent or stored here.
import type { Address } from "../../core/address.ts";
import type { Connection } from "../../core/connection.ts";
import type { AlertedConnection, Burst } from "../alert/burst.ts";
import { type CountryOf, type Digest, DigestCount } from "../alert/digest.ts";
import { type CooldownEntry, type CooldownSettings, CooldownTable } from "./cooldown-table.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { TokenBucket } from "./token-bucket.ts";

/** How many messages a channel is given. */
export interface BudgetSettings {
  /** Messages that may go out at once. */
  readonly atOnce: number;
  /** Then one each so often. */
  readonly refillMs: number;
  /** How long a digest gathers; it doubles with each digest of one storm, up to `longestDigestMs`. */
  readonly digestMs: number;
  readonly longestDigestMs: number;
}

export interface AlertGateOptions {
  readonly cooldown: CooldownSettings;
  /** Without it every alert goes out. */
  readonly budget?: BudgetSettings;
  /** From which the budget is taken; default: one of its own. Gates of one channel share one, whatever their listeners. */
  readonly bucket?: TokenBucket;
  readonly ignore?: IgnoreRules;
  /**
   * Whether one more alert can wait to be stored, besides those that do and `others` of this gate that are about to; while
   * none can, everything new goes into a digest. Default: always.
   */
  readonly hasRoom?: (others: number) => boolean;
  /** Names the countries in digests. It is asked in the middle of a storm: it must answer from memory. */
  readonly countryOf?: CountryOf;
}

/**
 * What becomes of a connection.
 * - `alert`: tell of it now; `suppressedBefore` connections of its address were kept quiet since it was last told of; of its
 *   network `suppressedNetwork`, where other addresses of that made some of them.
 * - `suppressed`: its address is cooling down; it is counted, for the next alert or the summary.
 * - `digested`: over the budget; a digest will tell of it.
 * - `ignored`: a rule says that nobody is told; `record` says whether it is kept at all.
 */
export type Decision =
  | { readonly kind: "alert"; readonly suppressedBefore: number; readonly suppressedNetwork?: string }
  | { readonly kind: "suppressed" }
  | { readonly kind: "digested" }
  | { readonly kind: "ignored"; readonly record: boolean };

/** What is to be told without a new connection. */
export type Due =
  | { readonly kind: "summary"; readonly burst: Burst }
  | { readonly kind: "digest"; readonly digest: Digest };

/** The part of a connection that a decision looks at. */
export type Decidable = Pick<Connection, "at" | "peer" | "local" | "identification">;

/** What was decided before a restart. */
export type PastDecision =
  | ({ readonly kind: "alert" | "suppressed" | "digested" } & AlertedConnection)
  | { readonly kind: "summary"; readonly address: Address; readonly network?: string; readonly at: number }
  | { readonly kind: "digest"; readonly at: number };

export function bucketOf({ atOnce, refillMs }: BudgetSettings): TokenBucket {
  return new TokenBucket({ capacity: atOnce, refillMs });
}

/** Without a budget only what had to make room in the memory is told of in digests. */
const unbudgetedDigestMs = 60_000;

const suppressed: Decision = { kind: "suppressed" };
const digested: Decision = { kind: "digested" };
const ignoredButRecorded: Decision = { kind: "ignored", record: true };
const ignoredAltogether: Decision = { kind: "ignored", record: false };

/**
 * One for each listener and channel; those of a channel share its budget. Every connection that is not ignored is told of exactly once: by its
 * own alert, as a number in the next alert or in the summary of its address, or in a digest.
 *
 * In a storm the first `atOnce` addresses are told of one by one. From the first alert that is over the budget on,
 * everything new goes into a digest, and digests come at growing intervals, until one interval passes in which nothing
 * new came; then it is one by one again.
 */
export class AlertGate {
  #ignore: IgnoreRules | undefined;
  #budget: BudgetSettings | undefined;
  #bucket: TokenBucket | undefined;
  readonly #acquaintances: CooldownTable;
  #hasRoom: (others: number) => boolean;
  #tellsSummaries: boolean;
  #digestOptions: { readonly limit: number; readonly countryOf?: CountryOf };
  #digest: DigestCount | undefined;
  /** Until then a digest gathers; while it does, nothing is told one by one. */
  #gathersUntil = Number.NEGATIVE_INFINITY;
  #digestMs: number;

  constructor(options: AlertGateOptions) {
    const { budget, cooldown, countryOf } = options;
    this.#ignore = options.ignore;
    this.#budget = budget;
    this.#hasRoom = options.hasRoom ?? (() => true);
    this.#bucket = budget && (options.bucket ?? bucketOf(budget));
    this.#digestMs = budget?.digestMs ?? unbudgetedDigestMs;
    this.#digestOptions = { limit: cooldown.limit, ...(countryOf === undefined ? {} : { countryOf }) };
    this.#tellsSummaries = cooldown.summaries;
    this.#acquaintances = new CooldownTable(cooldown, (burst, now) => {
      if (this.#tellsSummaries) this.#gather(now).addBurst(burst);
    });
  }

  /**
   * Other settings from now on. Who was told of when, what was counted since, and the digest that gathers stay; so a
   * changed cooldown counts from the alerts that were.
   */
  adjust(options: AlertGateOptions, now: number): void {
    const { budget, cooldown, countryOf } = options;
    this.#ignore = options.ignore;
    this.#budget = budget;
    this.#bucket = budget && (options.bucket ?? bucketOf(budget));
    this.#hasRoom = options.hasRoom ?? (() => true);
    const shortest = budget?.digestMs ?? unbudgetedDigestMs;
    this.#digestMs = Math.min(Math.max(this.#digestMs, shortest), budget?.longestDigestMs ?? shortest);
    this.#digestOptions = { limit: cooldown.limit, ...(countryOf === undefined ? {} : { countryOf }) };
    this.#tellsSummaries = cooldown.summaries;
    this.#acquaintances.adjust(cooldown, now);
  }

  /** Nothing is remembered, and nothing waits to be told. */
  get isIdle(): boolean {
    return this.#acquaintances.size === 0 && this.#digest === undefined;
  }

  /** How many addresses are remembered. */
  get remembered(): number {
    return this.#acquaintances.size;
  }

  /** How many wait for their time. Forgotten addresses stay until theirs: it is twice the limit at most. */
  get queued(): number {
    return this.#acquaintances.queued;
  }

  /**
   * @param now milliseconds since the epoch
   * @param ignore the rules under which the connection was accepted, where others are in force by now
   */
  decide(connection: Decidable, now: number, ignore = this.#ignore): Decision {
    const { peer, local } = connection;
    const attention = ignore?.attention(peer.address, local.port) ?? "tell";
    if (attention !== "tell") return attention === "record" ? ignoredButRecorded : ignoredAltogether;
    const knocked: AlertedConnection = {
      address: peer.address,
      port: local.port,
      protocol: connection.identification.protocol,
      at: connection.at,
    };
    const met = this.#acquaintances.meet(peer.address, now);
    if (this.#acquaintances.isCooling(met, now)) return this.#keepQuiet(met, knocked);
    if (this.#mayTell(now)) {
      return toldNow(this.#acquaintances.alerted(met, now, false));
    }
    const before = this.#acquaintances.alerted(met, now, true);
    const digest = this.#gather(now);
    if (before !== undefined) digest.addBurst(before);
    digest.add(knocked);
    return digested;
  }

  /** Summaries and digests that are due, each given once: whoever takes them stores them before anything else. */
  due(now: number): Due[] {
    const due: Due[] = [];
    for (const burst of this.#acquaintances.fallenSilent(now)) {
      if (this.#mayTell(now, due.length)) due.push({ kind: "summary", burst });
      else this.#gather(now).addBurst(burst);
    }
    const digest = this.#takeDigest(now, due.length);
    if (digest !== undefined) due.push({ kind: "digest", digest });
    return due;
  }

  /** When to ask for {@link due}; then it may turn out to be nothing. `undefined`: not before the next connection. */
  nextDueAt(now: number): number | undefined {
    const digestAt =
      this.#digest && Math.max(this.#clampedGathersUntil(now), this.#bucket?.nextAt(now) ?? Number.NEGATIVE_INFINITY);
    const summaryAt = this.#acquaintances.nextAt;
    if (digestAt === undefined || summaryAt === undefined) return digestAt ?? summaryAt;
    return Math.min(digestAt, summaryAt);
  }

  /**
   * Remembers what was decided before a restart. The latest alerts alone are enough to keep the cooldown; with every
   * decision, summary and digest since then nothing is lost and nothing told twice.
   * @param past oldest first
   */
  restore(past: Iterable<PastDecision>): void {
    for (const entry of past) {
      if (entry.kind === "digest") this.#restoreDigest(entry.at);
      else this.#restoreDecision(entry);
    }
  }

  #restoreDecision(entry: Exclude<PastDecision, { readonly kind: "digest" }>): void {
    if (entry.kind === "summary") {
      this.#acquaintances.summarized(entry);
      this.#bucket?.take(entry.at);
      return;
    }
    const { kind, at, address } = entry;
    const met = this.#acquaintances.meet(address, at);
    if (kind === "alert") {
      this.#acquaintances.alerted(met, at, false);
      this.#bucket?.take(at);
      this.#digestMs = this.#budget?.digestMs ?? unbudgetedDigestMs;
    } else if (kind === "digested") {
      const isCooling = this.#acquaintances.isCooling(met, at);
      const before = isCooling ? undefined : this.#acquaintances.alerted(met, at, true);
      const digest = this.#gather(at);
      if (before !== undefined) digest.addBurst(before);
      digest.add(entry);
    } else {
      // Its alert may lie before what is remembered.
      if (!met.isQueued) this.#acquaintances.alerted(met, at, false);
      met.suppress(entry);
    }
  }

  #restoreDigest(at: number): void {
    // What had fallen silent and had no summary of its own stood in the digest.
    this.#acquaintances.fallenSilent(at);
    this.#digest = undefined;
    this.#bucket?.take(at);
    this.#pauseAfterDigest(at);
  }

  #keepQuiet(met: CooldownEntry, knocked: AlertedConnection): Decision {
    if (met.inDigest && this.#digest !== undefined) {
      this.#digest.add(knocked);
      return digested;
    }
    met.suppress(knocked);
    return suppressed;
  }

  #mayTell(now: number, others = 0): boolean {
    if (!this.#hasRoom(others)) return false;
    if (this.#budget === undefined || this.#bucket === undefined) return true;
    if (this.#digest !== undefined || now < this.#clampedGathersUntil(now) || !this.#bucket.take(now)) return false;
    this.#digestMs = this.#budget.digestMs;
    return true;
  }

  #gather(now: number): DigestCount {
    if (this.#digest === undefined) {
      this.#digest = new DigestCount(this.#digestOptions);
      this.#gathersUntil = Math.max(
        this.#clampedGathersUntil(now),
        now + (this.#budget?.digestMs ?? unbudgetedDigestMs),
      );
    }
    return this.#digest;
  }

  #takeDigest(now: number, others: number): Digest | undefined {
    if (this.#digest === undefined || now < this.#clampedGathersUntil(now) || !this.#hasRoom(others)) return undefined;
    if (this.#bucket !== undefined && !this.#bucket.take(now)) return undefined;
    const digest = this.#digest.read();
    this.#digest = undefined;
    this.#pauseAfterDigest(now);
    return digest;
  }

  #pauseAfterDigest(now: number): void {
    if (this.#budget === undefined) return;
    this.#digestMs = Math.min(this.#digestMs * 2, this.#budget.longestDigestMs);
    this.#gathersUntil = now + this.#digestMs;
  }

  /** Never further away than a digest may take: the wall clock may have gone back. */
  #clampedGathersUntil(now: number): number {
    const longest = now + (this.#budget?.longestDigestMs ?? unbudgetedDigestMs);
    if (this.#gathersUntil > longest) this.#gathersUntil = longest;
    return this.#gathersUntil;
  }
}

function toldNow(before: Burst | undefined): Decision {
  if (before === undefined) return { kind: "alert", suppressedBefore: 0 };
  const { connections, network, addresses } = before;
  const isShared = network !== undefined && addresses !== undefined;
  return { kind: "alert", suppressedBefore: connections, ...(isShared ? { suppressedNetwork: network } : {}) };
}
