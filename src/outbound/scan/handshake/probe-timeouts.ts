import type { ScanLimits } from "../schema.ts";
import { RoundTrip } from "./round-trip.ts";

/** Linux repeats an unanswered SYN after this time (RFC 6298 section 2.1), within the same connect. */
export const kernelRetryMs = 1000;

/** The third and last request for a MAC address goes out after this long (RFC 4861 section 10; Linux does the same for ARP). */
const lastRequestMs = 2000;

/** When the system gives up resolving a MAC address: a second after the last request, with a margin. */
export const neighbourFailureMs = 3200;

/** Time that a scan may add to make its second attempts wait longer than the minimum. */
const thoroughMs = 2400;

/**
 * The time-outs of probes. A first probe whose place others need waits only as long as answers are likely to take. When no other
 * needs its place it waits past the system's own repetition of the SYN, and then counts as two attempts. A repeated probe
 * waits longer, and the fewer there are for each free connection, the longer.
 */
export class ProbeTimeouts {
  readonly roundTrip: RoundTrip;
  readonly #limits: ScanLimits;

  constructor(limits: ScanLimits) {
    this.#limits = limits;
    this.roundTrip = new RoundTrip({ floorMs: limits.minTimeoutMs, ceilingMs: limits.connectTimeoutMs });
  }

  /** For a first probe while others wait for its place. */
  firstMs(): number {
    return this.roundTrip.timeoutMs;
  }

  /** For a first probe whose place nothing else needs. */
  firstLongMs(): number {
    const { connectTimeoutMs, minRetryTimeoutMs } = this.#limits;
    if (connectTimeoutMs < kernelRetryMs) return connectTimeoutMs;
    return kernelRetryMs + Math.min(kernelRetryMs, Math.max(minRetryTimeoutMs, this.firstMs()));
  }

  /**
   * After this time an address of the own link whose MAC address is still unknown counts as not in use. The last request gets the
   * time-out of a repeated probe; a sleeping host has had two seconds by then.
   */
  unresolvedMs(): number {
    const lastWaitMs = Math.max(this.#limits.minRetryTimeoutMs, 2 * this.firstMs());
    return Math.min(neighbourFailureMs, lastRequestMs + lastWaitMs);
  }

  /** @param waves how many times all connections are used for all second attempts */
  repeatedMs(waves: number): number {
    const { connectTimeoutMs, minRetryTimeoutMs } = this.#limits;
    const wanted = Math.max(minRetryTimeoutMs, 2 * this.firstMs(), thoroughMs / Math.max(1, waves));
    return Math.min(connectTimeoutMs, wanted);
  }
}
