import type { Address } from "../../core/address.ts";
import type { AlertContent } from "../alert/alert-content.ts";
import type { Burst, CountedConnection } from "../alert/burst.ts";
import type { BudgetSettings, PastDecision } from "./alert-gate.ts";
import { NeighbourCount } from "./cooldown-key.ts";
import type { CooldownSettings } from "./cooldown-table.ts";

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

interface LastAlert {
  readonly at: number;
  readonly digest?: number;
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
  /** The last alert about each key, and the number of its digest if it was one. */
  readonly #lastAlerts = new Map<string, LastAlert>();
  readonly #neighbours = new NeighbourCount();
  #digest = 0;

  constructor({ cooldown, budget }: InferenceRules, messages: readonly number[]) {
    this.#cooldown = cooldown;
    this.#budget = budget;
    this.#messages = messages;
  }

  alert({ at, due }: StoredAlert): PastDecision {
    switch (due.kind) {
      case "connection": {
        const { peer, local, identification } = due.connection;
        this.#remember(peer.address, { at });
        return { kind: "alert", address: peer.address, port: local.port, protocol: identification.protocol, at };
      }
      case "summary":
        return this.#summarized(due.burst, at);
      case "digest":
        this.#digest += 1;
        this.#isGathering = false;
        this.#lastDigestAt = at;
        return { kind: "digest", at };
    }
  }

  connection({ decidedAt, address, port, protocol, at }: StoredDecidable): PastDecision | undefined {
    const lastAlert = this.#lastAlerts.get(this.#keyOf(address));
    const isCooling = lastAlert !== undefined && decidedAt - lastAlert.at < this.#cooldown.cooldownMs;
    const kind = isCooling && lastAlert.digest !== this.#digest ? "suppressed" : "digested";
    if (!isCooling) {
      if (!this.#mayGather(decidedAt)) return undefined;
      this.#isGathering = true;
      this.#remember(address, { at: decidedAt, digest: this.#digest });
    }
    return { kind, address, port, protocol, at };
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
    const { atOnce, refillMs, maxDigestMs } = this.#budget;
    if (moment - this.#lastDigestAt <= maxDigestMs + roundingMs) return true;
    // The budget was used up if as many messages as it holds were sent within the time that refills it.
    const earliest = moment - atOnce * refillMs - roundingMs;
    while (this.#to < this.#messages.length && (this.#messages[this.#to] ?? 0) <= moment + roundingMs) this.#to += 1;
    while (this.#from < this.#to && (this.#messages[this.#from] ?? 0) < earliest) this.#from += 1;
    return this.#to - this.#from >= Math.max(1, atOnce - 1);
  }
}
