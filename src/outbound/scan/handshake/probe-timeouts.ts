import type { ScanLimits } from "../schema.ts";
import { RoundTrip } from "./round-trip.ts";

/** Linux repeats an unanswered SYN after this long (RFC 6298 section 2.1), within the same connect. */
export const kernelRetryMs = 1000;

/** The third and last request for a MAC address goes out after this long (RFC 4861 section 10; Linux does the same for ARP). */
const lastRequestMs = 2000;

/** When the system has given up to learn a MAC address: a second after the last request, and a reserve. */
export const neighbourGivesUpMs = 3200;

/** Time that a scan may spend on giving its second looks more than the least wait. */
const thoroughMs = 2400;

/**
 * How long silence is waited for. A first look that holds up others waits only as long as answers are likely to take;
 * with nothing else to do it waits past the system's own repetition of the SYN, which makes it two looks. A second look
 * waits longer, the longer the fewer of them there are for each free connection.
 */
export class ProbeTimeouts {
  readonly roundTrip: RoundTrip;
  readonly #limits: ScanLimits;

  constructor(limits: ScanLimits) {
    this.#limits = limits;
    this.roundTrip = new RoundTrip({ floorMs: limits.minTimeoutMs, ceilingMs: limits.connectTimeoutMs });
  }

  /** While others wait for the connection. */
  firstMs(): number {
    return this.roundTrip.timeoutMs;
  }

  /** With no other use for the connection. */
  firstLongMs(): number {
    const { connectTimeoutMs, minRetryTimeoutMs } = this.#limits;
    if (connectTimeoutMs < kernelRetryMs) return connectTimeoutMs;
    return kernelRetryMs + Math.min(kernelRetryMs, Math.max(minRetryTimeoutMs, this.firstMs()));
  }

  /**
   * When an address of the own link whose MAC address is still unknown is nobody's: the last request is given what a
   * repeated look is given. Hosts that sleep have had two seconds by then.
   */
  unresolvedMs(): number {
    const lastWaitMs = Math.max(this.#limits.minRetryTimeoutMs, 2 * this.firstMs());
    return Math.min(neighbourGivesUpMs, lastRequestMs + lastWaitMs);
  }

  /** @param waves how many times all connections are used for all second looks */
  repeatedMs(waves: number): number {
    const { connectTimeoutMs, minRetryTimeoutMs } = this.#limits;
    const wanted = Math.max(minRetryTimeoutMs, 2 * this.firstMs(), thoroughMs / Math.max(1, waves));
    return Math.min(connectTimeoutMs, wanted);
  }
}
