import { HeldEndpoints } from "./held-endpoints.ts";
import type { NeighbourSlots } from "./neighbour-slots.ts";

export interface OnLinkHostsOptions {
  /** Whether a host is reached without a router. */
  readonly isOnLink: (host: number) => boolean;
  readonly slots: NeighbourSlots;
  /** First questions under way at once, at most: each has a connection. */
  readonly maxQuestions: number;
  /** Endpoints that wait for what is learnt of their host, at most. */
  readonly room: number;
}

/**
 * What to do with an endpoint.
 * - `go`: probe it; its host is behind a router.
 * - `question`: probe it and wait for what it says of its host.
 * - `held`: it waits for what is learnt of its host, or for its turn.
 * - `absent`: its host was asked for, and nobody has the address.
 * - `cut-off`: its host could not be asked for, because the interface has no link.
 */
export type Admission = "go" | "question" | "held" | "absent" | "cut-off";

type HostState = "present" | "absent" | "cut-off";

/** Hosts whose state is kept, at most: those of a /15. What is forgotten is asked again. */
const maxKnown = 131_072;

interface Question {
  readonly endpoint: number;
  /** How often ARP or neighbour discovery found nobody. */
  readonly failures: number;
  /** The neighbour table has had the address without a MAC address. */
  isUnresolved: boolean;
}

/**
 * Which hosts of the own link are there. For each of them the first probe is a question to the whole host: before it
 * leaves, this machine must learn the MAC address, and for an address that nobody has that fails after three requests in
 * three seconds (EHOSTUNREACH), whatever the port. So one endpoint of each host goes first, the others are held. Those
 * of a host that answers, by whatever, go on at once; those of an absent one need not be asked.
 *
 * Questions take a {@link NeighbourSlots slot} each, since the neighbour table is small. Hosts are numbers, as in
 * `TargetSpace`.
 */
export class OnLinkHosts {
  readonly #options: OnLinkHostsOptions;
  readonly #held: HeldEndpoints;
  readonly #states = new Map<number, HostState>();
  readonly #questions = new Map<number, Question>();
  /** Hosts that wait for a slot, first come first served, with the number of failures so far. */
  readonly #waiting = new Map<number, number>();
  /** Hosts that are there and have endpoints held. */
  readonly #ready = new Set<number>();
  #readyCount = 0;
  #presentCount = 0;
  #absentCount = 0;

  constructor(options: OnLinkHostsOptions) {
    this.#options = options;
    // A question that is asked again needs a place, too.
    this.#held = new HeldEndpoints(options.room + options.maxQuestions);
  }

  /** Hosts in question. */
  get questions(): number {
    return this.#questions.size;
  }

  /** Hosts asked for so far, and how many of them are there; both without those in question. */
  get known(): { readonly present: number; readonly absent: number } {
    return { present: this.#presentCount, absent: this.#absentCount };
  }

  /** Endpoints held. */
  get held(): number {
    return this.#held.length;
  }

  /** Those of them whose host is there. */
  get ready(): number {
    return this.#readyCount;
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** No endpoint can be taken in: new ones must wait. */
  get isFull(): boolean {
    return this.#held.length >= this.#options.room;
  }

  /** Hosts wait for their question. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** A host can be asked for now: {@link takeQuestion} has one. */
  hasQuestion(now: number): boolean {
    return this.#waiting.size > 0 && this.#hasSlot(now);
  }

  /** {@link takeReady} has one. */
  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  admit(host: number, endpoint: number, now: number): Admission {
    if (!this.#options.isOnLink(host)) return "go";
    const state = this.#states.get(host);
    if (state === "absent" || state === "cut-off") return state;
    if (state === "present") {
      this.#ready.add(host);
      this.#readyCount += 1;
    } else if (!this.#questions.has(host) && !this.#waiting.has(host)) {
      if (this.#waiting.size === 0 && this.#takeSlot(now)) {
        this.#questions.set(host, { endpoint, failures: 0, isUnresolved: false });
        return "question";
      }
      this.#waiting.set(host, 0);
    }
    this.#held.add(host, endpoint);
    return "held";
  }

  /** The first question to a host, to be probed; {@link hasQuestion} must have said that there is one. */
  takeQuestion(now: number): number {
    for (const [host, failures] of this.#waiting) {
      if (!this.#takeSlot(now)) break;
      this.#waiting.delete(host);
      const endpoint = this.#held.take(host);
      this.#questions.set(host, { endpoint, failures, isUnresolved: false });
      return endpoint;
    }
    throw new RangeError("no host can be asked for");
  }

  /** An endpoint that was held, of a host that is there; {@link hasReady} must have said that there is one. */
  takeReady(): number {
    for (const host of this.#ready) {
      const endpoint = this.#held.take(host);
      this.#readyCount -= 1;
      // To the end of the row, so that no host is asked for all its ports at a time.
      this.#ready.delete(host);
      if (this.#held.has(host)) this.#ready.add(host);
      return endpoint;
    }
    throw new RangeError("nothing is ready");
  }

  isQuestion(host: number, endpoint: number): boolean {
    return this.#questions.get(host)?.endpoint === endpoint;
  }

  /** The hosts in question. */
  hostsInQuestion(): Iterable<number> {
    return this.#questions.keys();
  }

  /** How often nobody was found at the address of a host in question. */
  failuresOf(host: number): number {
    return this.#questions.get(host)?.failures ?? 0;
  }

  /** The neighbour table has the address of a host in question, without a MAC address. */
  sawUnresolved(host: number): void {
    const question = this.#questions.get(host);
    if (question !== undefined) question.isUnresolved = true;
  }

  /** Whether {@link sawUnresolved} was told since the question began. */
  isUnresolved(host: number): boolean {
    return this.#questions.get(host)?.isUnresolved === true;
  }

  /** The host is there, or cannot be told from one that is: its endpoints are to be probed. */
  isThere(host: number): void {
    if (!this.#endQuestion(host)) return;
    this.#remember(host, "present");
    if (!this.#held.has(host)) return;
    this.#ready.add(host);
    this.#readyCount += this.#held.countOf(host);
  }

  /**
   * Nobody answers for the address, and that is believed; or nobody can, because the interface has no link.
   * @returns the endpoints that were held: settled thereby
   */
  isNotThere(host: number, state: "absent" | "cut-off"): readonly number[] {
    if (!this.#endQuestion(host)) return [];
    this.#remember(host, state);
    const endpoints: number[] = [];
    while (this.#held.has(host)) endpoints.push(this.#held.take(host));
    return endpoints;
  }

  /** Nobody answers for the address, yet requests get lost here: it is to be asked again, by this endpoint. */
  askAgain(host: number, endpoint: number): void {
    const failures = this.failuresOf(host) + 1;
    if (!this.#endQuestion(host)) return;
    this.#held.add(host, endpoint);
    this.#waiting.set(host, failures);
  }

  /** The endpoints that are held. */
  [Symbol.iterator](): Iterator<number> {
    return this.#held[Symbol.iterator]();
  }

  /** Gives back all slots; for the end of a scan. */
  release(): void {
    for (const host of [...this.#questions.keys()]) this.#endQuestion(host);
  }

  #hasSlot(now: number): boolean {
    return this.#questions.size < this.#options.maxQuestions && this.#options.slots.hasFree(now);
  }

  #takeSlot(now: number): boolean {
    return this.#questions.size < this.#options.maxQuestions && this.#options.slots.take(now);
  }

  #endQuestion(host: number): boolean {
    if (!this.#questions.delete(host)) return false;
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
    if (state === "present") this.#presentCount += 1;
    else this.#absentCount += 1;
  }
}
