import { type AddressRange, AddressSet, intersectRanges, rangeSize } from "../../../core/network.ts";
import type { TargetSpace } from "../targets/target-space.ts";
import type { LossEstimator } from "./loss-estimator.ts";
import type { NeighbourSlots } from "./neighbour-slots.ts";
import type { NeighbourTable } from "./neighbours.ts";
import { OnLinkHosts } from "./on-link-hosts.ts";
import { neighbourFailureMs, type ProbeTimeouts } from "./probe-timeouts.ts";

export interface AddressResolutionOptions {
  readonly space: TargetSpace;
  /** The ranges that `space` numbers. */
  readonly ranges: readonly AddressRange[];
  readonly table: NeighbourTable;
  readonly slots: NeighbourSlots;
  readonly timeouts: ProbeTimeouts;
  readonly loss: LossEstimator;
  /** Probes that may be in flight. */
  readonly capacity: number;
  /** Endpoints of the scan. */
  readonly endpoints: number;
}

/**
 * - `absent`: no host has the address; this many endpoints are unreachable.
 * - `retry`: packets get lost, so the host is resolved once more.
 * - `link-down`: the interface has no link; these endpoints could not be probed.
 */
export type Verdict =
  | { readonly kind: "absent"; readonly count: number }
  | { readonly kind: "retry" }
  | { readonly kind: "link-down"; readonly endpoints: readonly number[] };

/** ARP and neighbour discovery do not fail sooner, with a margin for inexact clocks. */
const minFailureMs = 2_500;
/** How often the neighbour table is read while hosts are pending. */
const readEveryMs = 100;
/** Endpoints held, at most. */
const maxHeld = 65_536;
/** Requests for a MAC address before a probe fails: they count as attempts. */
const requestsPerAttempt = 3;
const maxAttemptsPerHost = 4;

/**
 * Decides whether a host on the own link is up, from the outcome of its first probe and from the neighbour table (ARP, RFC 826; neighbour
 * discovery, RFC 4861). {@link OnLinkHosts} remembers the result.
 */
export class AddressResolution {
  readonly hosts: OnLinkHosts;
  /** How many hosts of the scan are on the own link. */
  readonly onLink: number;
  readonly #options: AddressResolutionOptions;
  #readAt = Number.NEGATIVE_INFINITY;
  /** The neighbour table has had entries for pending hosts; on Linux it has for IPv4. */
  #hasTableEntries = false;

  constructor(options: AddressResolutionOptions) {
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
      // Where all endpoints can be in flight at once, pending hosts take no place from other probes.
      maxPending: capacity >= endpoints ? capacity : Math.max(1, Math.floor(capacity / 2)),
      room: set.isEmpty ? 1 : Math.min(maxHeld, Math.max(1, endpoints)),
    });
  }

  /** How long it takes until a host is known to be absent. */
  get absenceTakesMs(): number {
    return this.#hasTableEntries ? this.#options.timeouts.unresolvedMs() : neighbourFailureMs;
  }

  /** Whether the probe of this endpoint shows if its host is up, and that is not yet known. */
  isPending(endpoint: number): boolean {
    return this.hosts.pending > 0 && endpoint >= 0 && this.hosts.isResolvedBy(this.#hostOf(endpoint), endpoint);
  }

  /** An answer came from the host, or its neighbour entry has a MAC address. */
  hostIsUp(endpoint: number): void {
    if (this.hosts.pending > 0) this.hosts.markUp(this.#hostOf(endpoint));
  }

  /**
   * Whether `EHOSTUNREACH` means that no host has the address. Many firewalls send the same for a single port
   * ("host prohibited", Linux `icmp_err_convert`): then the host is up, and the neighbour table has its MAC address.
   */
  meansNoHost(endpoint: number, waitedMs: number): boolean {
    const state = this.#options.table.read()?.get(this.#options.space.hostKeyAt(this.#hostOf(endpoint)));
    return state === undefined ? waitedMs >= minFailureMs : state === "unresolved";
  }

  /**
   * No host was found at the address: what that means for its endpoints, this one included.
   * @param wasLinkDown the interface had no link meanwhile: an unplugged cable looks like a network without hosts
   */
  failed(endpoint: number, wasLinkDown: boolean): Verdict {
    const host = this.#hostOf(endpoint);
    if (wasLinkDown) return { kind: "link-down", endpoints: [endpoint, ...this.hosts.markDown(host, "link-down")] };
    const attempts = this.hosts.failuresOf(host) + 1;
    const isDoubtful = this.#options.loss.isRetryWorthwhile(attempts * requestsPerAttempt);
    if (isDoubtful && attempts < maxAttemptsPerHost) {
      this.hosts.resolveAgain(host, endpoint);
      return { kind: "retry" };
    }
    return { kind: "absent", count: 1 + this.hosts.markDown(host, "absent").length };
  }

  /** Reads the neighbour table every 100 ms while hosts are pending: a host with a MAC address is up, even if it is silent. */
  update(now: number): void {
    if (this.hosts.pending > 0 && now - this.#readAt >= readEveryMs) this.#read(now);
  }

  /** Reads the table unless it was read at `now`: before a verdict, since a busy process may have read it long ago. */
  refresh(now: number): void {
    if (now > this.#readAt) this.#read(now);
  }

  #read(now: number): void {
    this.#readAt = now;
    const states = this.#options.table.read();
    if (states === undefined) return;
    for (const host of [...this.hosts.pendingHosts()]) {
      const state = states.get(this.#options.space.hostKeyAt(host));
      if (state === "resolved") this.hosts.markUp(host);
      else if (state === "unresolved") this.hosts.markUnresolved(host);
      this.#hasTableEntries ||= state !== undefined;
    }
  }

  /** The time-out of the probe of `endpoint`, and whether silence means that no host has the address. */
  silenceOf(endpoint: number): { readonly afterMs: number; readonly isAbsent: boolean } {
    const { timeouts } = this.#options;
    if (!this.isPending(endpoint)) return { afterMs: timeouts.firstLongMs(), isAbsent: false };
    // EHOSTUNREACH comes late, and on Linux not always, because it is rate-limited; the table has the same information.
    const isAbsent = this.hosts.isUnresolved(this.#hostOf(endpoint));
    return { afterMs: isAbsent ? timeouts.unresolvedMs() : neighbourFailureMs, isAbsent };
  }

  #hostOf(endpoint: number): number {
    return endpoint % this.#options.space.size;
  }
}
