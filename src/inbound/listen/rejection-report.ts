import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Port } from "../../core/ports.ts";
import { type RejectedConnections, RejectionCount } from "./rejected-connections.ts";

/** How often rejected connections are reported. */
const rejectionPeriodMs = 10_000;

/** Rejected connections of one period that are recorded one by one. */
const maxRecorded = 10;

export interface RejectionReportOptions {
  readonly listener: string;
  readonly clock: Clock;
  /** Called every {@link rejectionPeriodMs} and at the end, if there is something to report. */
  readonly onRejected: (counts: readonly RejectedConnections[]) => void;
}

/** The first rejected connections of each period are recorded one by one, the others are reported as sums. */
export class RejectionReport {
  readonly #options: RejectionReportOptions;
  readonly #counts: RejectionCount;
  readonly #stopping = new AbortController();
  #recordedThisPeriod = 0;
  #reporting: Promise<void> | undefined;

  constructor(options: RejectionReportOptions) {
    this.#options = options;
    this.#counts = new RejectionCount(options.listener);
  }

  /** @returns whether one more is to be recorded; it then counts as recorded */
  recordOne(): boolean {
    if (this.#recordedThisPeriod >= maxRecorded) return false;
    this.#recordedThisPeriod += 1;
    this.#reporting ??= this.#report();
    return true;
  }

  /** @param address absent for an aborted connection */
  count(localPort: Port, address: Address | undefined): void {
    this.#counts.add(localPort, address);
    this.#reporting ??= this.#report();
  }

  /** Reports the remaining sums. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#reporting;
  }

  async #report(): Promise<void> {
    await this.#options.clock.sleep(rejectionPeriodMs, this.#stopping.signal);
    this.#reporting = undefined;
    this.#recordedThisPeriod = 0;
    if (!this.#counts.isEmpty) this.#options.onRejected(this.#counts.take());
  }
}
