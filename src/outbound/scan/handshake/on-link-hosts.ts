import { HeldEndpoints } from "./held-endpoints.ts";
import type { NeighbourSlots } from "./neighbour-slots.ts";

export interface OnLinkHostsOptions {
  /** Whether a host is reached without a router. */
  readonly isOnLink: (host: number) => boolean;
  readonly slots: NeighbourSlots;
  /** Hosts that may be pending at a time: each takes a connection. */
  readonly maxPending: number;
  /** Endpoints held, at most. */
  readonly room: number;
}

/**
 * What to do with an endpoint.
 * - `probe`: probe it; its host is behind a router.
 * - `resolve`: probe it; the outcome shows whether its host is up.
 * - `held`: it waits until that is known, or for its turn.
 * - `absent`: no host has the address.
 * - `link-down`: the host could not be probed, because the interface has no link.
 */
export type Admission = "probe" | "resolve" | "held" | "absent" | "link-down";

type HostState = "up" | "absent" | "link-down";

/** Hosts whose state is remembered, at most: those of a /15. A host that was forgotten is resolved again. */
const maxKnown = 131_072;

interface Resolution {
  /** The endpoint that is probed. */
  readonly endpoint: number;
  /** How often ARP or neighbour discovery found no host. */
  readonly failures: number;
  /** The neighbour table has an entry for the address, without a MAC address. */
  isUnresolved: boolean;
}

/**
 * Which hosts of the own link are up. Before the first probe of a host leaves, this machine must learn the MAC address, and for an
 * address that is not in use that fails after three requests in three seconds (EHOSTUNREACH) on any port. So one endpoint
 * of each host is probed first, and the others are held. When the host is up they are probed at once; when it is absent they
 * need no probe. Between the first probe and its outcome the host is *pending*.
 *
 * Each pending host takes a {@link NeighbourSlots slot}, since the neighbour table is small. Hosts are numbers, as in
 * `TargetSpace`.
 */
export class OnLinkHosts {
  readonly #options: OnLinkHostsOptions;
  readonly #held: HeldEndpoints;
  readonly #states = new Map<number, HostState>();
  readonly #pending = new Map<number, Resolution>();
  /** Hosts that wait for a slot, in order, with the number of failures so far. */
  readonly #waiting = new Map<number, number>();
  /** Hosts that are up and have endpoints held. */
  readonly #ready = new Set<number>();
  #readyCount = 0;
  #upCount = 0;
  #downCount = 0;

  constructor(options: OnLinkHostsOptions) {
    this.#options = options;
    // An endpoint that is probed again needs a place, too.
    this.#held = new HeldEndpoints(options.room + options.maxPending);
  }

  /** Hosts that are pending. */
  get pending(): number {
    return this.#pending.size;
  }

  /** How many hosts were found to be up, and how many not. */
  get known(): { readonly up: number; readonly down: number } {
    return { up: this.#upCount, down: this.#downCount };
  }

  /** Endpoints held. */
  get held(): number {
    return this.#held.length;
  }

  /** Those of them whose host is up. */
  get ready(): number {
    return this.#readyCount;
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** There is no room for further endpoints. */
  get isFull(): boolean {
    return this.#held.length >= this.#options.room;
  }

  /** Hosts wait for a slot. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** A waiting host can get a slot now: {@link takeNextHost} has one. */
  hasNextHost(now: number): boolean {
    return this.#waiting.size > 0 && this.#hasSlot(now);
  }

  /** {@link takeReady} has one. */
  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  admit(host: number, endpoint: number, now: number): Admission {
    if (!this.#options.isOnLink(host)) return "probe";
    const state = this.#states.get(host);
    if (state === "absent" || state === "link-down") return state;
    if (state === "up") {
      this.#ready.add(host);
      this.#readyCount += 1;
    } else if (!this.#pending.has(host) && !this.#waiting.has(host)) {
      if (this.#waiting.size === 0 && this.#takeSlot(now)) {
        this.#pending.set(host, { endpoint, failures: 0, isUnresolved: false });
        return "resolve";
      }
      this.#waiting.set(host, 0);
    }
    this.#held.add(host, endpoint);
    return "held";
  }

  /** The first endpoint of the next waiting host, to be probed; only when {@link hasNextHost} is true. */
  takeNextHost(now: number): number {
    for (const [host, failures] of this.#waiting) {
      if (!this.#takeSlot(now)) break;
      this.#waiting.delete(host);
      const endpoint = this.#held.take(host);
      this.#pending.set(host, { endpoint, failures, isUnresolved: false });
      return endpoint;
    }
    throw new RangeError("no host can get a slot");
  }

  /** An endpoint that was held, of a host that is up; only when {@link hasReady} is true. */
  takeReady(): number {
    for (const host of this.#ready) {
      const endpoint = this.#held.take(host);
      this.#readyCount -= 1;
      // The host goes to the end, so that its ports are not all probed in a row.
      this.#ready.delete(host);
      if (this.#held.has(host)) this.#ready.add(host);
      return endpoint;
    }
    throw new RangeError("nothing is ready");
  }

  isResolvedBy(host: number, endpoint: number): boolean {
    return this.#pending.get(host)?.endpoint === endpoint;
  }

  pendingHosts(): Iterable<number> {
    return this.#pending.keys();
  }

  /** How often no host was found at the address of a pending host. */
  failuresOf(host: number): number {
    return this.#pending.get(host)?.failures ?? 0;
  }

  /** The neighbour table has an entry for a pending host, without a MAC address. */
  markUnresolved(host: number): void {
    const resolution = this.#pending.get(host);
    if (resolution !== undefined) resolution.isUnresolved = true;
  }

  /** Whether {@link markUnresolved} was called since the host became pending. */
  isUnresolved(host: number): boolean {
    return this.#pending.get(host)?.isUnresolved === true;
  }

  /** The host is up, or cannot be distinguished from one that is: its endpoints are to be probed. */
  markUp(host: number): void {
    if (!this.#endResolution(host)) return;
    this.#remember(host, "up");
    if (!this.#held.has(host)) return;
    this.#ready.add(host);
    this.#readyCount += this.#held.countOf(host);
  }

  /**
   * No host has the address, or the interface has no link.
   * @returns the endpoints that were held: they need no probe
   */
  markDown(host: number, state: "absent" | "link-down"): readonly number[] {
    if (!this.#endResolution(host)) return [];
    this.#remember(host, state);
    const endpoints: number[] = [];
    while (this.#held.has(host)) endpoints.push(this.#held.take(host));
    return endpoints;
  }

  /** No host was found, but packets get lost: the host is to be resolved again, by a probe of this endpoint. */
  resolveAgain(host: number, endpoint: number): void {
    const failures = this.failuresOf(host) + 1;
    if (!this.#endResolution(host)) return;
    this.#held.add(host, endpoint);
    this.#waiting.set(host, failures);
  }

  /** The endpoints that are held. */
  [Symbol.iterator](): Iterator<number> {
    return this.#held[Symbol.iterator]();
  }

  /** Releases all slots; for the end of a scan. */
  release(): void {
    for (const host of [...this.#pending.keys()]) this.#endResolution(host);
  }

  #hasSlot(now: number): boolean {
    return this.#pending.size < this.#options.maxPending && this.#options.slots.hasFree(now);
  }

  #takeSlot(now: number): boolean {
    return this.#pending.size < this.#options.maxPending && this.#options.slots.take(now);
  }

  #endResolution(host: number): boolean {
    if (!this.#pending.delete(host)) return false;
    this.#options.slots.release();
    return true;
  }

  #remember(host: number, state: HostState): void {
    if (this.#states.size >= maxKnown) {
      for (const oldest of this.#states.keys()) {
        this.#states.delete(oldest);
        break;
      }
    }
    this.#states.set(host, state);
    if (state === "up") this.#upCount += 1;
    else this.#downCount += 1;
  }
}
