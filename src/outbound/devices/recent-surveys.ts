import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import { type AddressRange, AddressSet, subtractRanges } from "../../core/network.ts";

/**
 * A network that was surveyed for one watch is not surveyed for another one for ten minutes: each device is announced once, and a
 * sleeping one is not missed by five watches in five minutes. The same watch always surveys again.
 */
const sharedForMs = 10 * 60_000;

interface Survey {
  readonly watch: string;
  /** On the monotonic clock. */
  readonly at: number;
  readonly ranges: readonly AddressRange[];
  readonly probed: readonly AddressRange[];
}

/** Runs one survey at a time, and remembers what the last ones covered. */
export class RecentSurveys {
  readonly #clock: Clock;
  /** The last of each watch. */
  readonly #last = new Map<string, Survey>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits until no other survey is running: it may cover what the next one needs. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** The part of `ranges` that was not surveyed recently for another watch. */
  uncovered(watch: string, ranges: readonly AddressRange[]): AddressRange[] {
    return subtractRanges(
      ranges,
      this.#others(watch).flatMap((survey) => survey.ranges),
    );
  }

  /** Whether an address was surveyed recently for another watch. */
  probedForOthers(watch: string): (address: Address) => boolean {
    const probed = new AddressSet(this.#others(watch).flatMap((survey) => survey.probed));
    return (address) => probed.has(address);
  }

  add(survey: Omit<Survey, "at">): void {
    this.#last.set(survey.watch, { ...survey, at: this.#clock.monotonic() });
  }

  #others(watch: string): Survey[] {
    const oldest = this.#clock.monotonic() - sharedForMs;
    return [...this.#last.values()].filter((survey) => survey.watch !== watch && survey.at >= oldest);
  }
}
