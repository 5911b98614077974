import { type AddressRange, AddressSet, intersectRanges, rangeSize } from "../../../core/network.ts";
import type { TargetSpace } from "../targets/target-space.ts";
import type { LossEstimator } from "./loss-estimator.ts";
import type { NeighbourSlots } from "./neighbour-slots.ts";
import type { NeighbourTable } from "./neighbours.ts";
import { OnLinkHosts } from "./on-link-hosts.ts";
import { neighbourGivesUpMs, type ProbeTimeouts } from "./probe-timeouts.ts";

export interface HostQuestionsOptions {
  readonly space: TargetSpace;
  /** What `space` numbers. */
  readonly ranges: readonly AddressRange[];
  readonly table: NeighbourTable;
  readonly slots: NeighbourSlots;
  readonly timeouts: ProbeTimeouts;
  readonly loss: LossEstimator;
  /** Connections that there are for all probes. */
  readonly capacity: number;
  /** Endpoints of the scan. */
  readonly endpoints: number;
}

/**
 * - `absent`: so many endpoints are unreachable.
 * - `asked-again`: requests get lost here, so the host is asked for once more.
 * - `cut-off`: the interface has no link; these endpoints could not be asked.
 */
export type Verdict =
  | { readonly kind: "absent"; readonly count: number }
  | { readonly kind: "asked-again" }
  | { readonly kind: "cut-off"; readonly endpoints: readonly number[] };

/** ARP and neighbour discovery do not fail sooner, but for what a clock may be off. */
const leastFailureMs = 2_500;
/** How often the neighbour table is read while hosts are in question. */
const readEveryMs = 100;
/** Endpoints of hosts in question, at most. */
const heldRoom = 65_536;
/** Requests for a MAC address before a question fails: as good as so many looks. */
const requestsPerQuestion = 3;
const maxQuestionsPerHost = 4;

/** Decides what the first probe of a host on the own link says of it: from its outcome, and from the neighbour table. */
export class HostQuestions {
  readonly hosts: OnLinkHosts;
  /** Hosts of the scan that are on the own link. */
  readonly onLink: number;
  readonly #options: HostQuestionsOptions;
  #readAt = Number.NEGATIVE_INFINITY;
  /** The neighbour table has told of hosts in question; it does of IPv4 on Linux. */
  #isTableTelling = false;

  constructor(options: HostQuestionsOptions) {
    const { space, ranges, table, slots, capacity, endpoints } = options;
    this.#options = options;
    const near = intersectRanges(ranges, table.onLink);
    const set = new AddressSet(near);
    this.onLink = Number(near.reduce((sum, range) => sum + rangeSize(range), 0n));
    const isOnLink = (host: number) => {
      const key = space.hostKeyAt(host);
      return key >= 0 ? set.hasIpv4(key) : set.has(space.addressAt(host));
    };
    this.hosts = new OnLinkHosts({
      isOnLink: set.isEmpty ? () => false : isOnLink,
      slots,
      // Where there are connections for all endpoints at once, questions cannot be in anybody's way.
      maxQuestions: capacity >= endpoints ? capacity : Math.max(1, Math.floor(capacity / 2)),
      room: set.isEmpty ? 1 : Math.min(heldRoom, Math.max(1, endpoints)),
    });
  }

  /** How long it takes until a host is known to be absent. */
  get takesMs(): number {
    return this.#isTableTelling ? this.#options.timeouts.unresolvedMs() : neighbourGivesUpMs;
  }

  /** Whether the probe of this endpoint is the question to its host, and still open. */
  isOpen(endpoint: number): boolean {
    return this.hosts.questions > 0 && endpoint >= 0 && this.hosts.isQuestion(this.#hostOf(endpoint), endpoint);
  }

  /** Something came back from the host, or from on the way to it. */
  isThere(endpoint: number): void {
    if (this.hosts.questions > 0) this.hosts.isThere(this.#hostOf(endpoint));
  }

  /**
   * Whether `EHOSTUNREACH` for the question means that nobody has the address. Many firewalls answer the same for a port
   * ("host prohibited", Linux `icmp_err_convert`): then the host is there, and the neighbour table has its MAC address.
   */
  isNobody(endpoint: number, waitedMs: number): boolean {
    const state = this.#options.table.read()?.get(this.#options.space.hostKeyAt(this.#hostOf(endpoint)));
    return state === undefined ? waitedMs >= leastFailureMs : state === "unresolved";
  }

  /**
   * Nobody answered for the address: what that says of its endpoints, this one included.
   * @param wasCutOff the interface had no link meanwhile: an unplugged cable looks like a network without hosts
   */
  nobodyAt(endpoint: number, wasCutOff: boolean): Verdict {
    const host = this.#hostOf(endpoint);
    if (wasCutOff) return { kind: "cut-off", endpoints: [endpoint, ...this.hosts.isNotThere(host, "cut-off")] };
    const questions = this.hosts.failuresOf(host) + 1;
    const isDoubtful = this.#options.loss.deservesAnotherLook(questions * requestsPerQuestion);
    if (isDoubtful && questions < maxQuestionsPerHost) {
      this.hosts.askAgain(host, endpoint);
      return { kind: "asked-again" };
    }
    return { kind: "absent", count: 1 + this.hosts.isNotThere(host, "absent").length };
  }

  /** Reads the neighbour table from time to time: who has a MAC address is there, however silent. */
  update(now: number): void {
    if (this.hosts.questions > 0 && now - this.#readAt >= readEveryMs) this.#read(now);
  }

  /** Reads the table unless it was read at `now` already: before a verdict, since a busy process may have read it long ago. */
  refresh(now: number): void {
    if (now > this.#readAt) this.#read(now);
  }

  #read(now: number): void {
    this.#readAt = now;
    const states = this.#options.table.read();
    if (states === undefined) return;
    for (const host of [...this.hosts.hostsInQuestion()]) {
      const state = states.get(this.#options.space.hostKeyAt(host));
      if (state === "resolved") this.hosts.isThere(host);
      else if (state === "unresolved") this.hosts.sawUnresolved(host);
      this.#isTableTelling ||= state !== undefined;
    }
  }

  /** How long the probe of `endpoint` may stay silent, and whether silence means that nobody has the address. */
  silenceOf(endpoint: number): { readonly afterMs: number; readonly isAbsent: boolean } {
    const { timeouts } = this.#options;
    if (!this.isOpen(endpoint)) return { afterMs: timeouts.firstLongMs(), isAbsent: false };
    // The system says EHOSTUNREACH late, and Linux not always, for it limits how often; its table says the same.
    const isAbsent = this.hosts.isUnresolved(this.#hostOf(endpoint));
    return { afterMs: isAbsent ? timeouts.unresolvedMs() : neighbourGivesUpMs, isAbsent };
  }

  #hostOf(endpoint: number): number {
    return endpoint % this.#options.space.size;
  }
}
