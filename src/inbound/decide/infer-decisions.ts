import type { Address } from "../../core/address.ts";
import type { AlertContent } from "../alert/alert-content.ts";
import type { Burst, CountedConnection } from "../alert/burst.ts";
import type { BudgetSettings, PastDecision } from "./alert-gate.ts";
import { NeighbourCount } from "./cooldown-key.ts";
import { type CooldownSettings, silenceMsOf } from "./cooldown-table.ts";
import { DueQueue, type Scheduled } from "./due-queue.ts";

/** A stored alert: when it was decided, and its content. */
export interface StoredAlert {
  readonly at: number;
  readonly due: AlertContent;
}

/** The part of a stored connection that a decision needs. */
export interface StoredDecidable extends CountedConnection {
  readonly id: string;
  /** When it ended, which is when the gate decided. */
  readonly decidedAt: number;
}

export interface StoredHistory {
  /** Of one listener and one channel. */
  readonly alerts: readonly StoredAlert[];
  /** Of that listener, without ignored ones. */
  readonly connections: readonly StoredDecidable[];
  /** When the channel got a message, for any listener; ascending. */
  readonly messages: readonly number[];
}

export interface InferenceRules {
  readonly cooldown: CooldownSettings;
  readonly budget?: BudgetSettings | undefined;
}

/** Stored durations are rounded: a decision may be this much earlier or later. */
const roundingMs = 2;

/**
 * Infers what a gate decided before a restart, oldest first, from stored alerts and connections. A connection without
 * an alert was suppressed if its address was in its cooldown; otherwise it went into the open digest. Where no digest
 * can have been open, it was not to be reported: other rules were in force, or the channel did not exist. Exact as
 * long as the number of addresses stayed within the limit of the gate.
 */
export function inferDecisions(
  { alerts, connections, messages }: StoredHistory,
  rules: InferenceRules,
): PastDecision[] {
  const alertedIds = new Set(alerts.flatMap(({ due }) => (due.kind === "connection" ? [due.connection.id] : [])));
  const events: (StoredAlert | StoredDecidable)[] = [...alerts, ...connections.filter(({ id }) => !alertedIds.has(id))];
  // The sort is stable, so alerts come first among equal times. In doubt a connection is reported twice rather than
  // never.
  events.sort((one, other) => momentOf(one) - momentOf(other));
  const inference = new DecisionReplay(rules, messages);
  return events.flatMap((event) => ("due" in event ? inference.alert(event) : (inference.connection(event) ?? [])));
}

function momentOf(event: StoredAlert | StoredDecidable): number {
  return "due" in event ? event.at : event.decidedAt;
}

/** The last alert about a key, and what came after it. */
interface LastAlert {
  readonly at: number;
  readonly inDigest: boolean;
  /** When its latest suppressed connection ended; `undefined`: none was suppressed. */
  suppressedAt?: number;
}

/** When the suppressed connections of a key are to be reported at the earliest. */
interface OpenBurst extends Scheduled {
  readonly key: string;
  readonly lastAlert: LastAlert;
}

class DecisionReplay {
  readonly #cooldown: CooldownSettings;
  readonly #budget: BudgetSettings | undefined;
  readonly #messages: readonly number[];
  /** Indices into `#messages`: the first that may still matter, and the first that is later than the current event. */
  #from = 0;
  #to = 0;
  /** A digest is open: it has connections since the last digest. */
  #isGathering = false;
  #lastDigestAt = Number.NEGATIVE_INFINITY;
  /** The last alert about each key. */
  readonly #lastAlerts = new Map<string, LastAlert>();
  readonly #bursts = new DueQueue<OpenBurst>();
  readonly #neighbours = new NeighbourCount();

  constructor({ cooldown, budget }: InferenceRules, messages: readonly number[]) {
    this.#cooldown = cooldown;
    this.#budget = budget;
    this.#messages = messages;
  }

  alert({ at, due }: StoredAlert): PastDecision {
    switch (due.kind) {
      case "connection": {
        const { peer, local, identification } = due.connection;
        this.#remember(peer.address, { at, inDigest: false });
        return { kind: "alert", address: peer.address, port: local.port, protocol: identification.protocol, at };
      }
      case "summary":
        return this.#summarized(due.burst, at);
      case "digest":
        this.#isGathering = false;
        this.#lastDigestAt = at;
        // It contains the bursts that were over.
        while (this.#hasOverdueBurst(at));
        return { kind: "digest", at };
    }
  }

  connection({ decidedAt, address, port, protocol, at }: StoredDecidable): PastDecision | undefined {
    const key = this.#keyOf(address);
    const lastAlert = this.#lastAlerts.get(key);
    const decided = { address, port, protocol, at };
    if (lastAlert !== undefined && decidedAt - lastAlert.at < this.#cooldown.cooldownMs) {
      // As the gate does: an address whose last alert was a digest goes into the open one, also if that is a later one.
      if (lastAlert.inDigest && this.#isGathering) return { kind: "digested", ...decided };
      this.#suppress(key, lastAlert, decidedAt);
      return { kind: "suppressed", ...decided };
    }
    if (!this.#mayGather(decidedAt)) return undefined;
    this.#isGathering = true;
    this.#remember(address, { at: decidedAt, inDigest: true });
    return { kind: "digested", ...decided };
  }

  #suppress(key: string, lastAlert: LastAlert, decidedAt: number): void {
    const isFirst = lastAlert.suppressedAt === undefined;
    lastAlert.suppressedAt = decidedAt;
    if (isFirst && this.#cooldown.summaries)
      this.#bursts.push({ key, lastAlert, dueAt: burstEndsAt(lastAlert, this.#cooldown) });
  }

  /**
   * Whether suppressed connections were to be reported by then and have neither a summary nor a digest: without budget for a summary they
   * opened a digest.
   */
  #hasOverdueBurst(moment: number): boolean {
    for (let burst = this.#bursts.pop(moment); burst !== undefined; burst = this.#bursts.pop(moment)) {
      const { key, lastAlert } = burst;
      if (this.#lastAlerts.get(key) !== lastAlert) continue;
      const dueAt = burstEndsAt(lastAlert, this.#cooldown);
      if (dueAt <= moment) return true;
      this.#bursts.push({ key, lastAlert, dueAt });
    }
    return false;
  }

  #remember(address: Address, lastAlert: LastAlert): void {
    const key = this.#keyOf(address);
    if (key === address && !this.#lastAlerts.has(key)) this.#neighbours.added(address, this.#cooldown);
    this.#lastAlerts.set(key, lastAlert);
  }

  #summarized({ address, network }: Pick<Burst, "address" | "network">, at: number): PastDecision {
    const key = network ?? this.#keyOf(address);
    if (this.#lastAlerts.delete(key) && key === address) this.#neighbours.removed(address);
    return { kind: "summary", address, network, at };
  }

  #keyOf(address: Address): string {
    return this.#lastAlerts.has(address) ? address : this.#neighbours.keyOf(address, this.#cooldown);
  }

  /** Whether a digest was open, or the budget of the channel was used up so that one was opened. */
  #mayGather(moment: number): boolean {
    if (this.#isGathering) return true;
    if (this.#budget === undefined) return false;
    if (this.#hasOverdueBurst(moment)) return true;
    const { atOnce, refillMs, maxDigestMs } = this.#budget;
    if (moment - this.#lastDigestAt <= maxDigestMs + roundingMs) return true;
    // The budget was used up if as many messages as it holds were sent within the time that refills it.
    const earliest = moment - atOnce * refillMs - roundingMs;
    while (this.#to < this.#messages.length && (this.#messages[this.#to] ?? 0) <= moment + roundingMs) this.#to += 1;
    while (this.#from < this.#to && (this.#messages[this.#from] ?? 0) < earliest) this.#from += 1;
    return this.#to - this.#from >= Math.max(1, atOnce - 1);
  }
}

function burstEndsAt({ at, suppressedAt = at }: LastAlert, cooldown: CooldownSettings): number {
  return Math.max(at + cooldown.cooldownMs, suppressedAt + silenceMsOf(cooldown));
}
