import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import type { Port } from "../../core/ports.ts";
import { type RejectedConnections, RejectionCount } from "./rejected-connections.ts";

/** How often connections that were turned away are told. */
export const turnedAwayPeriodMs = 10_000;

/** So many of a period's turned-away connections are recorded one by one. */
const recordedOneByOne = 10;

export interface RejectionReportOptions {
  readonly listener: string;
  readonly clock: Clock;
  /** Told every {@link turnedAwayPeriodMs} and at the end, while there is something to tell. */
  readonly onTurnedAway: (counts: readonly RejectedConnections[]) => void;
}

/** Of what was turned away the first of each period are recorded one by one, and the others are told in sums. */
export class RejectionReport {
  readonly #options: RejectionReportOptions;
  readonly #counts: RejectionCount;
  readonly #stopping = new AbortController();
  #recordedThisPeriod = 0;
  #telling: Promise<void> | undefined;

  constructor(options: RejectionReportOptions) {
    this.#options = options;
    this.#counts = new RejectionCount(options.listener);
  }

  /** @returns whether one more is to be recorded; it counts as recorded then */
  recordOne(): boolean {
    if (this.#recordedThisPeriod >= recordedOneByOne) return false;
    this.#recordedThisPeriod += 1;
    this.#telling ??= this.#tell();
    return true;
  }

  /** @param address absent for a connection that vanished */
  count(localPort: Port, address: Address | undefined): void {
    this.#counts.add(localPort, address);
    this.#telling ??= this.#tell();
  }

  /** Tells what is left. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#telling;
  }

  async #tell(): Promise<void> {
    await this.#options.clock.sleep(turnedAwayPeriodMs, this.#stopping.signal);
    this.#telling = undefined;
    this.#recordedThisPeriod = 0;
    if (!this.#counts.isEmpty) this.#options.onTurnedAway(this.#counts.take());
  }
}
