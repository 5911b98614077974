import { type Address, addressToBigInt, familyOf } from "../../core/address.ts";
import type { CooldownSettings } from "./acquaintances.ts";
import type { PastDecision } from "./alert-gate.ts";
import type { Knocked } from "./burst.ts";
import type { Due } from "./due-data.ts";

/** An alert as it was stored: when it was decided, and what it tells. */
export interface StoredAlert {
  readonly at: number;
  readonly due: Due;
}

/** A connection as it was stored, without what no decision looks at. */
export interface PastKnock extends Knocked {
  readonly id: string;
  /** When it was over, and decided upon. */
  readonly decidedAt: number;
}

export interface Past {
  /** Of one listener and one channel. */
  readonly alerts: readonly StoredAlert[];
  /** Of that listener, without those that are nobody's business. */
  readonly knocks: readonly PastKnock[];
}

/**
 * What a gate decided before a restart, oldest first, from what was stored: alerts, and connections without the word that
 * was said about them. Who has no alert was counted in silence where its address was cooling down, else it went into
 * the digest that was gathering. Exact as long as no more addresses were about than the gate remembers.
 */
export function pastDecisions({ alerts, knocks }: Past, cooldown: CooldownSettings): PastDecision[] {
  const told = new Set(alerts.flatMap(({ due }) => (due.kind === "connection" ? [due.connection.id] : [])));
  const events: (StoredAlert | PastKnock)[] = [...alerts, ...knocks.filter(({ id }) => !told.has(id))];
  // The sort is stable: of one moment, alerts come first. So what is in doubt is told once more rather than never.
  events.sort((one, other) => momentOf(one) - momentOf(other));
  const inference = new Inference(cooldown);
  return events.map((event) => ("due" in event ? inference.alerted(event) : inference.knocked(event)));
}

function momentOf(event: StoredAlert | PastKnock): number {
  return "due" in event ? event.at : event.decidedAt;
}

class Inference {
  readonly #cooldown: CooldownSettings;
  /** Who was told of when, and in which digest if in one. */
  readonly #tellings = new Map<string, { readonly at: number; readonly digest?: number }>();
  #digest = 0;

  constructor(cooldown: CooldownSettings) {
    this.#cooldown = cooldown;
  }

  alerted({ at, due }: StoredAlert): PastDecision {
    switch (due.kind) {
      case "connection": {
        const { peer, local, identification } = due.connection;
        this.#tellings.set(this.#keyOf(peer.address), { at });
        return { kind: "alert", address: peer.address, port: local.port, protocol: identification.protocol, at };
      }
      case "summary":
        this.#tellings.delete(this.#keyOf(due.burst.address));
        return { kind: "summary", address: due.burst.address, at };
      case "digest":
        this.#digest += 1;
        return { kind: "digest", at };
    }
  }

  knocked({ decidedAt, address, port, protocol, at }: PastKnock): PastDecision {
    const key = this.#keyOf(address);
    const telling = this.#tellings.get(key);
    const isCooling = telling !== undefined && decidedAt - telling.at < this.#cooldown.cooldownMs;
    if (!isCooling) this.#tellings.set(key, { at: decidedAt, digest: this.#digest });
    const kind = isCooling && telling.digest !== this.#digest ? "suppressed" : "digested";
    return { kind, address, port, protocol, at };
  }

  #keyOf(address: Address): string {
    if (!this.#cooldown.ipv6ByNetwork || familyOf(address) === 4) return address;
    return (addressToBigInt(address) >> 64n).toString(16);
  }
}
