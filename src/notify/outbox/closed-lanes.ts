import type { ChannelName, ClosedLane, Delivery, Lane } from "../../core/delivery.ts";

interface Closure {
  readonly lane: ClosedLane;
  readonly since: number;
  /** When the scout is tried again. */
  readonly until: number;
  /** Consecutive attempts that found the lane closed. */
  readonly failures: number;
}

/** At this limit the lane that was closed first is removed, and its deliveries are tried one by one. */
const maxLanes = 200;

/** If the scout is later than this, it was superseded or deleted, and the lane counts as open. */
const trialGraceMs = 60_000;

/**
 * Keeps the closed lanes. The delivery that finds its lane closed becomes the lane's scout: only the scout is tried again, and
 * the other deliveries of the lane wait. So a server that is down, or that asked for a pause, gets one message and not all of
 * them. When the lane opens, the waiting deliveries are sent in their order.
 */
export class ClosedLanes {
  readonly #closures = new Map<string, Closure>();

  /** Consecutive attempts that found the lane closed. */
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

  /** Opens every lane of these channels. */
  openAll(channels: readonly ChannelName[]): void {
    for (const { lane } of this.#closures.values()) if (channels.includes(lane.channel)) this.open(lane);
  }

  /** The lanes that are closed at `now`. */
  closedAt(now: number): readonly ClosedLane[] {
    return [...this.#closures.values()].filter((closure) => isInForce(closure, now)).map(({ lane }) => lane);
  }
}

/** A closure ends if the wall clock was set back. Otherwise the lane would stay closed for as long as the step. */
function isInForce({ since, until }: Closure, now: number): boolean {
  return now >= since && now < until + trialGraceMs;
}

export function keyOf({ channel, recipient }: Lane): string {
  return `${channel} ${recipient}`;
}
