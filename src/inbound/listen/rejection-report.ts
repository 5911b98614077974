import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Port } from "../../core/ports.ts";
import { type RejectedConnections, RejectionCount } from "./rejected-connections.ts";

/** How often connections that were turned away are told. */
const rejectionPeriodMs = 10_000;

/** So many of a period's turned-away connections are recorded one by one. */
const maxRecorded = 10;

export interface RejectionReportOptions {
  readonly listener: string;
  readonly clock: Clock;
  /** Told every {@link rejectionPeriodMs} and at the end, while there is something to tell. */
  readonly onRejected: (counts: readonly RejectedConnections[]) => void;
}

/** Of what was turned away the first of each period are recorded one by one, and the others are told in sums. */
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

  /** @returns whether one more is to be recorded; it counts as recorded then */
  recordOne(): boolean {
    if (this.#recordedThisPeriod >= maxRecorded) return false;
    this.#recordedThisPeriod += 1;
    this.#reporting ??= this.#report();
    return true;
  }

  /** @param address absent for a connection that vanished */
  count(localPort: Port, address: Address | undefined): void {
    this.#counts.add(localPort, address);
    this.#reporting ??= this.#report();
  }

  /** Tells what is left. */
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
