import type { ChannelName, ClosedLane, Delivery, Lane } from "../../core/delivery.ts";

interface Closure {
  readonly lane: ClosedLane;
  readonly since: number;
  /** When the scout tries again. */
  readonly until: number;
  /** How often in a row the lane was found closed. */
  readonly failures: number;
}

/** Past so many the one that was closed first is forgotten: its deliveries are tried one by one. */
const maxLanes = 200;

/** A scout that is so late was superseded or removed: it is waited for no longer. */
const trialGraceMs = 60_000;

/**
 * Remembers which lanes are closed. The delivery that finds its lane closed is the lane's scout: it alone is tried
 * again, and the others wait behind it. So a server that is down, or that asked for a pause, hears from one message and
 * not from each, and what waited goes out in its order as soon as the way is open.
 */
export class ClosedLanes {
  readonly #closures = new Map<string, Closure>();

  /** How often in a row the lane was found closed. */
  failures(lane: Lane): number {
    return this.#closures.get(keyOf(lane))?.failures ?? 0;
  }

  /** @param when.until when its scout is tried again */
  close(scout: Delivery, when: { readonly at: number; readonly until: number }): void {
    const key = keyOf(scout);
    const failures = this.failures(scout) + 1;
    this.#closures.delete(key);
    const [oldest] = this.#closures.keys();
    if (oldest !== undefined && this.#closures.size >= maxLanes) this.#closures.delete(oldest);
    const { channel, recipient, id } = scout;
    this.#closures.set(key, {
      lane: { channel, recipient, scout: id },
      since: when.at,
      until: when.until,
      failures,
    });
  }

  open(lane: Lane): void {
    this.#closures.delete(keyOf(lane));
  }

  /** Those of these channels are as if nothing had been sent to them yet. */
  openAll(channels: readonly ChannelName[]): void {
    for (const { lane } of this.#closures.values()) if (channels.includes(lane.channel)) this.open(lane);
  }

  /** Those that are closed at `now`. */
  closedAt(now: number): readonly ClosedLane[] {
    return [...this.#closures.values()].filter((closure) => isInForce(closure, now)).map(({ lane }) => lane);
  }
}

/** Not where the wall clock went back: nobody is to wait for as long as the jump was. */
function isInForce({ since, until }: Closure, now: number): boolean {
  return now >= since && now < until + trialGraceMs;
}

export function keyOf({ channel, recipient }: Lane): string {
  return `${channel} ${recipient}`;
}
