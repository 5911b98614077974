import type { Clock, Random } from "../../core/clock.ts";

/** Numbers for arrivals that no other listener and no other run gives; in order of arrival as text. */
export class ArrivalNumbers {
  readonly #prefix: string;
  /** The prefix with all digits but the last two, which change seldom. */
  #beginning = "";
  #count = 0;

  constructor(clock: Clock, random: Random) {
    const chance = Math.floor(random.next() * 36 ** 8).toString(36);
    this.#prefix = `${clock.now().toString(36)}-${chance.padStart(8, "0")}-`;
  }

  next(): string {
    this.#count += 1;
    const low = this.#count % endings.length;
    if (low === 0 || this.#beginning === "") {
      this.#beginning =
        this.#prefix +
        Math.floor(this.#count / endings.length)
          .toString(36)
          .padStart(5, "0");
    }
    return this.#beginning + endings[low];
  }
}

/** The last two digits of numbers to base 36. */
const endings = Array.from({ length: 36 ** 2 }, (_, number) => number.toString(36).padStart(2, "0"));
