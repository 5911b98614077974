import type { Address } from "../../core/address.ts";
import type { Clock } from "../../core/clock.ts";
import { type AddressRange, AddressSet, subtractRanges } from "../../core/network.ts";

/**
 * What one watch looked at, another one need not look at again for a while: a device is announced once, and one that sleeps is
 * not missed by five watches in five minutes. A watch itself always looks again.
 */
const sharedForMs = 10 * 60_000;

interface Survey {
  readonly watch: string;
  /** On the monotonic clock. */
  readonly at: number;
  readonly ranges: readonly AddressRange[];
  readonly asked: readonly AddressRange[];
}

/** One survey at a time, and what the last ones of all watches covered. */
export class RecentSurveys {
  readonly #clock: Clock;
  /** The last of each watch. */
  readonly #last = new Map<string, Survey>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits until no other survey is under way: the one that ends may have covered what the next one wants. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** The part of `ranges` that no other watch has looked at lately. */
  uncovered(watch: string, ranges: readonly AddressRange[]): AddressRange[] {
    return subtractRanges(
      ranges,
      this.#others(watch).flatMap((survey) => survey.ranges),
    );
  }

  /** Whether another watch has asked an address lately. */
  askedByOthers(watch: string): (address: Address) => boolean {
    const asked = new AddressSet(this.#others(watch).flatMap((survey) => survey.asked));
    return (address) => asked.has(address);
  }

  add(survey: Omit<Survey, "at">): void {
    this.#last.set(survey.watch, { ...survey, at: this.#clock.monotonic() });
  }

  #others(watch: string): Survey[] {
    const oldest = this.#clock.monotonic() - sharedForMs;
    return [...this.#last.values()].filter((survey) => survey.watch !== watch && survey.at >= oldest);
  }
}
