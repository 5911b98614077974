import { Pace } from "./pace.ts";

/**
 * Addresses that may be resolved per second, and at once. Requests are broadcasts, which every host has to process and switches limit;
 * and Linux reports at most 1,000 failures a second, 50 at once (`icmp_msgs_per_sec`, `icmp_msgs_burst`).
 */
const perSecond = 800;
const burst = 40;

/**
 * How many addresses of the own link may wait for ARP or neighbour discovery at once, for all scans of a process. Each
 * occupies an entry of the neighbour table until it is answered, or for about three seconds.
 */
export class NeighbourSlots {
  readonly #pace = new Pace({ perSecond, burst });
  #limit = 1;
  #inUse = 0;

  /** @param free entries of the neighbour table that are not in lasting use; ignored while slots are in use */
  measure(free: number): void {
    // An entry outlasts its slot by up to a second, and other programs need entries, too.
    if (this.#inUse === 0) this.#limit = Math.max(16, Math.floor((free * 5) / 8));
  }

  hasFree(now: number): boolean {
    return this.#inUse < this.#limit && this.#pace.waitMs(now) === 0;
  }

  take(now: number): boolean {
    if (!this.hasFree(now)) return false;
    this.#pace.spend(now);
    this.#inUse += 1;
    return true;
  }

  release(): void {
    this.#inUse -= 1;
  }
}
