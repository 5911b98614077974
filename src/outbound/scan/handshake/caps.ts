import type { AddressRange } from "../../../core/network.ts";
import { loopbackRanges, subtractRanges } from "../../../core/network.ts";
import type { ScanLimits } from "../schema.ts";
import type { TargetSpace } from "../targets/target-space.ts";
import { KeyedPace, Pace } from "./pace.ts";

/** The caps of a scan: how fast it may probe. */
export interface Caps {
  /** Milliseconds until the next probe may be sent, to any address. */
  waitMs(now: number): number;
  /** One probe is sent. */
  spend(now: number): void;
  /** Reserves a moment for a probe to this address. @returns that moment, on the clock of `now` */
  reserve(space: TargetSpace, index: number, now: number): number;
}

/** No caps, for scans that do not leave this machine. */
export const noCaps: Caps = { waitMs: () => 0, spend() {}, reserve: (_space, _index, now) => now };

/** Hosts and networks that are tracked at once; 16 bytes each. */
const hostSlots = 65_536;
const networkSlots = 16_384;

/** The caps of all scans of one engine together, in constant memory. */
export class SharedCaps implements Caps {
  readonly #all: Pace;
  readonly #hosts: KeyedPace;
  readonly #networks: KeyedPace;

  constructor(limits: ScanLimits) {
    const { maxRate, maxRatePerHost, maxRatePerNetwork } = limits;
    // Bursts: 25 ms' worth of all probes, 100 ms' worth to a host, 250 ms' worth to a network.
    this.#all = new Pace({ perSecond: maxRate, burst: Math.max(1, maxRate / 40) });
    this.#hosts = new KeyedPace({
      perSecond: maxRatePerHost,
      burst: Math.max(1, maxRatePerHost / 10),
      slots: hostSlots,
    });
    this.#networks = new KeyedPace({
      perSecond: maxRatePerNetwork,
      burst: Math.max(1, maxRatePerNetwork / 4),
      slots: networkSlots,
    });
  }

  waitMs(now: number): number {
    return this.#all.waitMs(now);
  }

  spend(now: number): void {
    this.#all.spend(now);
  }

  reserve(space: TargetSpace, index: number, now: number): number {
    const host = this.#hosts.reserve(space.hostKeyAt(index), now);
    return Math.max(host, this.#networks.reserve(space.networkKeyAt(index), now));
  }
}

export function isLoopbackOnly(ranges: readonly AddressRange[], own: readonly AddressRange[]): boolean {
  return subtractRanges(ranges, [...loopbackRanges, ...own]).length === 0;
}
