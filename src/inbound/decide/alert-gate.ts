// Decides which connections become alerts. Takes a connection, returns a decision; what was suppressed or over the
// budget is reported later in summaries and digests. Pure: it has no clock and neither sends nor stores.
import type { Address } from "../../core/address.ts";
import type { Connection } from "../../core/connection.ts";
import type { Burst, CountedConnection } from "../alert/burst.ts";
import { type CountryOf, type Digest, DigestCount } from "../alert/digest.ts";
import { type CooldownEntry, type CooldownSettings, CooldownTable } from "./cooldown-table.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { TokenBucket } from "./token-bucket.ts";

/** How many alerts a channel may send. */
export interface BudgetSettings {
  /** Alerts that may be sent in a row. */
  readonly atOnce: number;
  /** After them, one more each time this interval has passed. */
  readonly refillMs: number;
  /** How long a digest collects connections; it doubles with each digest in a row, up to `maxDigestMs`. */
  readonly digestMs: number;
  readonly maxDigestMs: number;
}

export interface AlertGateOptions {
  readonly cooldown: CooldownSettings;
  /** Absent: every alert is sent. */
  readonly budget?: BudgetSettings | undefined;
  /** The bucket of the channel, shared by its gates. Default: one of its own. */
  readonly bucket?: TokenBucket | undefined;
  readonly ignore?: IgnoreRules | undefined;
  /**
   * Whether the record queue has room for one more alert besides `others` of this gate that are about to be added.
   * Without room, everything new goes into a digest. Default: always.
   */
  readonly hasRoom?: (others: number) => boolean;
  /** Finds the countries for digests. Called under load: it must answer from memory. */
  readonly countryOf?: CountryOf | undefined;
}

/**
 * What happens with a connection.
 * - `alert`: send an alert now. `suppressedBefore` connections of its address were suppressed since the last alert;
 *   of its network `suppressedNetwork`, where other addresses of that made some of them.
 * - `suppressed`: its address is in its cooldown; the connection is counted for the next alert or the summary.
 * - `digested`: over the budget; counted in a digest.
 * - `ignored`: a rule excludes it from alerts; `record` says whether it is recorded.
 */
export type Decision =
  | { readonly kind: "alert"; readonly suppressedBefore: number; readonly suppressedNetwork: string | undefined }
  | { readonly kind: "suppressed" }
  | { readonly kind: "digested" }
  | { readonly kind: "ignored"; readonly record: boolean };

/** An alert that is due without a new connection. */
export type TimedAlert =
  | { readonly kind: "summary"; readonly burst: Burst }
  | { readonly kind: "digest"; readonly digest: Digest };

/** The part of a connection that a decision needs. */
export type DecidableConnection = Pick<Connection, "at" | "peer" | "local" | "identification">;

/** A decision before a restart. */
export type PastDecision =
  | ({ readonly kind: "alert" | "suppressed" | "digested" } & CountedConnection)
  | { readonly kind: "summary"; readonly address: Address; readonly network?: string | undefined; readonly at: number }
  | { readonly kind: "digest"; readonly at: number };

export function newBucket({ atOnce, refillMs }: BudgetSettings): TokenBucket {
  return new TokenBucket({ capacity: atOnce, refillMs });
}

/** Without a budget, digests contain only bursts that were evicted from the cooldown table. */
const unbudgetedDigestMs = 60_000;

const suppressed: Decision = { kind: "suppressed" };
const digested: Decision = { kind: "digested" };
const ignoredButRecorded: Decision = { kind: "ignored", record: true };
const ignoredAltogether: Decision = { kind: "ignored", record: false };

/**
 * One for each listener and channel; those of a channel share its budget. Every connection that is not ignored is
 * reported exactly once: by its own alert, as a number in the next alert or in the summary of its address, or in a
 * digest.
 *
 * When very many addresses connect, the first `atOnce` of them get alerts of their own. From the first alert over the
 * budget on, everything new goes into a digest, and digests come at growing intervals. After an interval without
 * anything new, alerts are sent one by one again.
 */
export class AlertGate {
  #ignore: IgnoreRules | undefined;
  #budget: BudgetSettings | undefined;
  #bucket: TokenBucket | undefined;
  readonly #cooldowns: CooldownTable;
  #hasRoom: (others: number) => boolean;
  #sendsSummaries: boolean;
  #digestOptions: { readonly limit: number; readonly countryOf: CountryOf | undefined };
  #digest: DigestCount | undefined;
  /** A digest collects until then; meanwhile no single alerts are sent. */
  #gathersUntil = Number.NEGATIVE_INFINITY;
  #digestMs: number;

  constructor(options: AlertGateOptions) {
    const { budget, cooldown, countryOf } = options;
    this.#ignore = options.ignore;
    this.#budget = budget;
    this.#hasRoom = options.hasRoom ?? (() => true);
    this.#bucket = budget && (options.bucket ?? newBucket(budget));
    this.#digestMs = budget?.digestMs ?? unbudgetedDigestMs;
    this.#digestOptions = { limit: cooldown.limit, countryOf };
    this.#sendsSummaries = cooldown.summaries;
    this.#cooldowns = new CooldownTable(cooldown, (burst, now) => {
      if (this.#sendsSummaries) this.#gather(now).addBurst(burst);
    });
  }

  /**
   * Changes the settings. Times of alerts, counts and the open digest stay, so a changed cooldown counts from the
   * earlier alerts.
   */
  adjust(options: AlertGateOptions, now: number): void {
    const { budget, cooldown, countryOf } = options;
    this.#ignore = options.ignore;
    this.#budget = budget;
    this.#bucket = budget && (options.bucket ?? newBucket(budget));
    this.#hasRoom = options.hasRoom ?? (() => true);
    const shortest = budget?.digestMs ?? unbudgetedDigestMs;
    this.#digestMs = Math.min(Math.max(this.#digestMs, shortest), budget?.maxDigestMs ?? shortest);
    this.#digestOptions = { limit: cooldown.limit, countryOf };
    this.#sendsSummaries = cooldown.summaries;
    this.#cooldowns.adjust(cooldown, now);
  }

  /** No address has an entry, and nothing waits to be reported. */
  get isIdle(): boolean {
    return this.#cooldowns.size === 0 && this.#digest === undefined;
  }

  /** How many addresses have an entry. */
  get remembered(): number {
    return this.#cooldowns.size;
  }

  /** How many entries are in the queue. Removed ones stay until they are due: at most twice the limit. */
  get queued(): number {
    return this.#cooldowns.queued;
  }

  /**
   * @param now milliseconds since the epoch
   * @param ignore the rules under which the connection was accepted, if others are in force now
   */
  decide(connection: DecidableConnection, now: number, ignore = this.#ignore): Decision {
    const { peer, local } = connection;
    const handling = ignore?.handlingFrom(peer.address, local.port) ?? "alert";
    if (handling !== "alert") return handling === "record" ? ignoredButRecorded : ignoredAltogether;
    const counted: CountedConnection = {
      address: peer.address,
      port: local.port,
      protocol: connection.identification.protocol,
      at: connection.at,
    };
    const entry = this.#cooldowns.touch(peer.address, now);
    if (this.#cooldowns.isCooling(entry, now)) return this.#suppress(entry, counted);
    if (this.#mayAlert(now)) {
      return alertWith(this.#cooldowns.alerted(entry, now, false));
    }
    const before = this.#cooldowns.alerted(entry, now, true);
    const digest = this.#gather(now);
    if (before !== undefined) digest.addBurst(before);
    digest.add(counted);
    return digested;
  }

  /** Summaries and digests that are due. Each is returned once: the caller must store it. */
  due(now: number): TimedAlert[] {
    const due: TimedAlert[] = [];
    for (const burst of this.#cooldowns.takeSilentBursts(now)) {
      if (this.#mayAlert(now, due.length)) due.push({ kind: "summary", burst });
      else this.#gather(now).addBurst(burst);
    }
    const digest = this.#takeDigest(now, due.length);
    if (digest !== undefined) due.push({ kind: "digest", digest });
    return due;
  }

  /** When to call {@link due}; it may return nothing then. `undefined`: not before the next connection. */
  nextDueAt(now: number): number | undefined {
    const digestAt =
      this.#digest && Math.max(this.#clampedGathersUntil(now), this.#bucket?.nextAt(now) ?? Number.NEGATIVE_INFINITY);
    const summaryAt = this.#cooldowns.nextAt;
    if (digestAt === undefined || summaryAt === undefined) return digestAt ?? summaryAt;
    return Math.min(digestAt, summaryAt);
  }

  /**
   * Restores the decisions before a restart. The latest alerts alone keep the cooldowns; with every decision, summary
   * and digest since then, nothing is lost and nothing is reported twice.
   * @param past oldest first
   */
  restore(past: Iterable<PastDecision>): void {
    for (const entry of past) {
      if (entry.kind === "digest") this.#restoreDigest(entry.at);
      else this.#restoreDecision(entry);
    }
  }

  #restoreDecision(decision: Exclude<PastDecision, { readonly kind: "digest" }>): void {
    if (decision.kind === "summary") {
      this.#cooldowns.summarized(decision);
      this.#bucket?.take(decision.at);
      return;
    }
    const { kind, at, address } = decision;
    const entry = this.#cooldowns.touch(address, at);
    if (kind === "alert") {
      this.#cooldowns.alerted(entry, at, false);
      this.#bucket?.take(at);
      this.#digestMs = this.#budget?.digestMs ?? unbudgetedDigestMs;
    } else if (kind === "digested") {
      const isCooling = this.#cooldowns.isCooling(entry, at);
      const before = isCooling ? undefined : this.#cooldowns.alerted(entry, at, true);
      const digest = this.#gather(at);
      if (before !== undefined) digest.addBurst(before);
      digest.add(decision);
    } else {
      // The alert may be older than the history that was read.
      if (!entry.isQueued) this.#cooldowns.alerted(entry, at, false);
      entry.suppress(decision);
    }
  }

  #restoreDigest(at: number): void {
    // Bursts that were over and had no summary were part of the digest.
    this.#cooldowns.takeSilentBursts(at);
    this.#digest = undefined;
    this.#bucket?.take(at);
    this.#pauseAfterDigest(at);
  }

  #suppress(entry: CooldownEntry, counted: CountedConnection): Decision {
    if (entry.inDigest && this.#digest !== undefined) {
      this.#digest.add(counted);
      return digested;
    }
    entry.suppress(counted);
    return suppressed;
  }

  #mayAlert(now: number, others = 0): boolean {
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
    this.#digestMs = Math.min(this.#digestMs * 2, this.#budget.maxDigestMs);
    this.#gathersUntil = now + this.#digestMs;
  }

  /** Never later than the longest digest allows: the wall clock may have gone back. */
  #clampedGathersUntil(now: number): number {
    const longest = now + (this.#budget?.maxDigestMs ?? unbudgetedDigestMs);
    if (this.#gathersUntil > longest) this.#gathersUntil = longest;
    return this.#gathersUntil;
  }
}

function alertWith(before: Burst | undefined): Decision {
  if (before === undefined) return { kind: "alert", suppressedBefore: 0, suppressedNetwork: undefined };
  const { connections, network, addresses } = before;
  const suppressedNetwork = addresses === undefined ? undefined : network;
  return { kind: "alert", suppressedBefore: connections, suppressedNetwork };
}
